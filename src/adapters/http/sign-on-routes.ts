import { type Request, type Response, Router } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../domain/account/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access, TurnedAway } from '../../ports/access.ts';
import type { Identity, SignOn } from '../../ports/sign-on.ts';
import { home, safeNext } from './came-from.ts';
import { addressOf } from './client-address.ts';
import { field, readForm, sendPage } from './form-body.ts';
import { formTokenField } from './form-token.ts';
import { notLoggedIn, ownSession } from './own-session.ts';
import { sendProblem } from './problem.ts';
import type { SessionCookie } from './session-cookie.ts';
import { signOnCookie } from './sign-on-cookie.ts';
import { turnAway } from './turn-away.ts';
import { loginPage } from './views/account-pages.ts';
import type { Instance } from './views/instance.ts';
import { leavingPage, linkPage, signedOnPage } from './views/signed-on-page.ts';

/** Sign-on by an identity provider, and how who it vouches for is let in. */
export type SignOnDoor = SignOn & {
  readonly enter: (identity: Identity) => Promise<Either<Refusal, string>>;
  /** Makes it the account of who came from there, or that no more. */
  readonly link: (account: AccountId, identity: Identity) => Promise<Either<Refusal, undefined>>;
  readonly part: (account: AccountId) => Promise<Either<Refusal, undefined>>;
  readonly paced: (way: 'leaving' | 'back', from: string) => TurnedAway | undefined;
};

export type SignOnParts = {
  /** `undefined`: people log in by password alone. */
  readonly signOn: SignOnDoor | undefined;
  readonly access: Pick<Access, 'logOut' | 'bySession' | 'nameOf' | 'confirm'>;
  readonly cookie: SessionCookie;
  readonly instance: Instance;
  readonly bodyBytes: number;
  readonly turnedAway: (rule: string, from: string) => void;
  /** Hears whose account is somebody's elsewhere from now on, or that no more. */
  readonly linked: (account: AccountId, is: boolean) => void;
};

/** Leaving for the identity provider, and coming back. */
export const signOnRoutes = (parts: SignOnParts): Router => {
  const router = Router();
  const { signOn, instance } = parts;
  if (signOn === undefined) return router;
  const attempts = signOnCookie(() => instance.name, Date.now);
  router.get('/mini_buildd/sign-on', async (req, res) => {
    const next = safeNext(String(req.query.next ?? ''));
    const wait = signOn.paced('leaving', addressOf(req));
    if (wait !== undefined) return toWait(parts, req, res, wait, next);
    const begun = await signOn.begin();
    if (isLeft(begun)) return turnedAway(parts, req, res, 503, begun.left, next);
    // A session of before ends, as with any login: on the way back browsers do not show it, since another site leads here.
    const before = parts.cookie.read(req);
    if (before !== undefined) {
      await parts.access.logOut(before);
      parts.cookie.clear(req, res);
    }
    attempts.keep(req, res, { attempt: begun.right.attempt, next });
    res.set('Cache-Control', 'no-store').redirect(303, begun.right.address);
  });
  router.get('/mini_buildd/sign-on/back', async (req, res) => {
    const wait = signOn.paced('back', addressOf(req));
    if (wait !== undefined) return toWait(parts, req, res, wait, undefined);
    const underway = attempts.take(req, res);
    if (underway === undefined) return turnedAway(parts, req, res, 401, nothingBegun, undefined);
    const { attempt, next, account } = underway;
    const identity = await signOn.finish(new URL(req.originalUrl, 'http://here').search.slice(1), attempt);
    if (account !== undefined) {
      if (isLeft(identity)) return sendProblem(req, res, 409, [identity.left]);
      attempts.keepLink(req, res, account, identity.right);
      return goOn(parts, res, '/mini_buildd/sign-on/link');
    }
    const session = isLeft(identity) ? identity : await signOn.enter(identity.right);
    if (isLeft(session)) return turnedAway(parts, req, res, 401, session.left, next);
    parts.cookie.set(req, res, session.right);
    goOn(parts, res, next ?? home);
  });
  linkRoutes(parts, signOn, attempts, router);
  return router;
};

/** Of who is logged in here by a form of ours; what comes back from another site shows no session, so they say once more that it is them. */
const linkRoutes = (parts: SignOnParts, signOn: SignOnDoor, attempts: Attempts, router: Router): void => {
  const { instance, access } = parts;
  const readBody = readForm(parts.bodyBytes);
  const ofOwner =
    (act: (account: AccountId, req: Request, res: Response, session: string) => Promise<void> | void) =>
    async (req: Request, res: Response): Promise<void> => {
      const session = ownSession(parts, req, res);
      if (session === undefined) return;
      const caller = await access.bySession(session);
      if (caller === undefined) turnAway(req, res, instance, notLoggedIn, '/mini_buildd/account');
      else await act(caller.actor.name as AccountId, req, res, session);
    };
  const done = (
    req: Request,
    res: Response,
    account: AccountId,
    is: boolean,
    said: Either<Refusal, undefined>,
  ): void => {
    if (isLeft(said)) {
      sendProblem(req, res, 409, [said.left]);
      return;
    }
    parts.linked(account, is);
    res.set('Cache-Control', 'no-store').redirect(303, '/mini_buildd/account#sign-on');
  };
  router.get('/mini_buildd/sign-on/link', async (req, res) => {
    const session = parts.cookie.read(req);
    const caller = session && (await access.bySession(session));
    if (!caller) return turnAway(req, res, instance, notLoggedIn, '/mini_buildd/account');
    const { sealed, link } = attempts.keptLink(req) ?? {};
    if (sealed === undefined || link?.account !== caller.actor.name) return sendProblem(req, res, 409, [nothingBegun]);
    const about = { provider: signOn.name, login: (await access.nameOf(caller)) ?? '', sealed };
    sendPage(res, linkPage(instance, { ...about, token: formTokenField(session) }, link.identity));
  });
  router.post(
    '/mini_buildd/sign-on/link',
    readBody,
    ofOwner(async (account, req, res, session) => {
      const wait = signOn.paced('leaving', addressOf(req));
      if (wait !== undefined) return toWait(parts, req, res, wait, '/mini_buildd/account');
      // Whom it is linked to goes on to be let in when the session has ended: who only found a browser shall not link themselves.
      const confirmed = await access.confirm(session, field(req, 'present'));
      if (isLeft(confirmed)) return unconfirmed(parts, req, res, confirmed.left);
      const begun = await signOn.begin();
      if (isLeft(begun)) return sendProblem(req, res, 503, [begun.left]);
      attempts.keep(req, res, { attempt: begun.right.attempt, next: undefined, account });
      res.set('Refresh', `0; url=${begun.right.address}`);
      sendPage(res, leavingPage(instance, signOn.name, begun.right.address));
    }),
  );
  router.post(
    '/mini_buildd/sign-on/linked',
    readBody,
    ofOwner(async (account, req, res) => {
      const link = attempts.linkIn(field(req, 'sealed'));
      if (link?.account !== account) return sendProblem(req, res, 409, [nothingBegun]);
      done(req, res, account, true, await signOn.link(account, link.identity));
    }),
  );
  router.post(
    '/mini_buildd/sign-on/part',
    readBody,
    ofOwner(async (account, req, res) => done(req, res, account, false, await signOn.part(account))),
  );
};

type Attempts = ReturnType<typeof signOnCookie>;

/** Cookies of a session go along only from a page of ours: so one comes in between. */
const goOn = ({ instance }: SignOnParts, res: Response, next: string): void => {
  res.set('Refresh', `0; url=${next}`);
  sendPage(res, signedOnPage(instance, next));
};

const unconfirmed = (parts: SignOnParts, req: Request, res: Response, { because, retryAfter }: TurnedAway): void => {
  parts.turnedAway(because.rule, addressOf(req));
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  sendProblem(req, res, retryAfter === undefined ? 401 : 429, [because]);
};

const toWait = (
  parts: SignOnParts,
  req: Request,
  res: Response,
  { because, retryAfter }: TurnedAway,
  next: string | undefined,
): void => {
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  turnedAway(parts, req, res, 429, because, next);
};

const turnedAway = (
  { instance, turnedAway: heard }: SignOnParts,
  req: Request,
  res: Response,
  status: number,
  because: Refusal,
  next: string | undefined,
): void => {
  heard(because.rule, addressOf(req));
  sendPage(res.status(status), loginPage(instance, { next: next ?? home, because }));
};

const nothingBegun = refusal(
  'no-sign-on',
  'this browser has not begun to sign on, or more than ten minutes ago, or the daemon was started anew',
  'begin again',
);
