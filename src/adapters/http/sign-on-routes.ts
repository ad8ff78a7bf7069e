import { type Request, type Response, Router } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access, TurnedAway } from '../../ports/access.ts';
import type { Identity, SignOn } from '../../ports/sign-on.ts';
import { home, safeNext } from './came-from.ts';
import { addressOf } from './client-address.ts';
import { sendPage } from './form-body.ts';
import type { SessionCookie } from './session-cookie.ts';
import { signOnCookie } from './sign-on-cookie.ts';
import { loginPage } from './views/account-pages.ts';
import type { Instance } from './views/instance.ts';
import { signedOnPage } from './views/signed-on-page.ts';

/** Sign-on by an identity provider, and how who it vouches for is let in. */
export type SignOnDoor = SignOn & {
  readonly enter: (identity: Identity) => Promise<Either<Refusal, string>>;
  readonly paced: (way: 'leaving' | 'back', from: string) => TurnedAway | undefined;
};

export type SignOnParts = {
  /** `undefined`: people log in by password alone. */
  readonly signOn: SignOnDoor | undefined;
  readonly access: Pick<Access, 'logOut'>;
  readonly cookie: SessionCookie;
  readonly instance: Instance;
  readonly turnedAway: (rule: string, from: string) => void;
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
    const { attempt, next } = underway;
    const identity = await signOn.finish(new URL(req.originalUrl, 'http://here').search.slice(1), attempt);
    const session = isLeft(identity) ? identity : await signOn.enter(identity.right);
    if (isLeft(session)) return turnedAway(parts, req, res, 401, session.left, next);
    parts.cookie.set(req, res, session.right);
    // Cookies of a session go along only from a page of ours: so one comes in between.
    res.set('Refresh', `0; url=${next ?? home}`);
    sendPage(res, signedOnPage(instance, next ?? home));
  });
  return router;
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
