import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { Password } from '../../domain/account/person.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import { type Api, saidBeyond } from '../../ports/api.ts';
import type { SignOn } from '../../ports/sign-on.ts';
import { cameFrom, home, safeNext, withNext } from './came-from.ts';
import { addressOf } from './client-address.ts';
import { crossSite } from './cross-site.ts';
import { field, readForm, sendPage } from './form-body.ts';
import { formToken, formTokenName } from './form-token.ts';
import { givenArguments } from './given-arguments.ts';
import { isWhole, type Kept, keptIn } from './kept-form.ts';
import type { LivePages } from './live-pages.ts';
import { ownAccount } from './own-account.ts';
import { notLoggedIn, ownSession } from './own-session.ts';
import { sendProblem } from './problem.ts';
import { readerOf } from './reader.ts';
import type { SessionCookie } from './session-cookie.ts';
import { turnAway } from './turn-away.ts';
import { loginPage } from './views/account-pages.ts';
import { commandUrl } from './views/command-index-page.ts';
import { formAddress } from './views/deed-pages.ts';
import type { Instance } from './views/instance.ts';
import { type Around, ownAccountPage, ownAccountParts } from './views/own-account-page.ts';
import { loggedOutPage } from './views/signed-on-page.ts';
import type { Visitor, visitors } from './visitor.ts';
import { wanted } from './wanted.ts';

export type AccountParts = {
  readonly access: Access;
  readonly cookie: SessionCookie;
  readonly signOn: Pick<SignOn, 'name' | 'issuer' | 'leave'> | undefined;
  readonly visitor: ReturnType<typeof visitors>;
  readonly instance: Instance;
  readonly api: Api;
  readonly live: LivePages;
  readonly bodyBytes: number;
  /** Hears of everybody who was turned away, by which rule, and where they came from. */
  readonly turnedAway: (rule: string, from: string) => void;
};

/** Logging in and out in a browser, and one's own password. */
export const accountRoutes = (parts: AccountParts): Router => {
  const router = Router();
  const readBody = readForm(parts.bodyBytes);
  router.get('/mini_buildd/login', (req, res) =>
    sendPage(res, loginPage(parts.instance, { next: safeNext(String(req.query.next ?? '')) ?? cameFrom(req) ?? home })),
  );
  // What was typed into a form of ours comes with it, written once more.
  router.post('/mini_buildd/login', readForm(12 * parts.bodyBytes), (req: Request, res: Response) =>
    logIn(parts, req, res),
  );
  router.post('/mini_buildd/logout', readBody, (req: Request, res: Response) => logOut(parts, req, res));
  router.get('/mini_buildd/account', (req, res) => showAccount(parts, req, res));
  router.get('/mini_buildd/account/live', (req, res) => followAccount(parts, req, res));
  router.post('/mini_buildd/account/password', readBody, (req: Request, res: Response) =>
    changePassword(parts, req, res),
  );
  return router;
};

const logIn = async (parts: AccountParts, req: Request, res: Response): Promise<void> => {
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const next = safeNext(field(req, 'next')) ?? home;
  const kept = keptIn(req);
  const session = await parts.access.logIn(field(req, 'login'), field(req, 'password'), addressOf(req));
  if (isLeft(session)) {
    const { because, retryAfter } = session.left;
    parts.turnedAway(because.rule, addressOf(req));
    if (wanted(req) !== 'html') return turnAway(req, res, parts.instance, session.left, next);
    if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
    return sendPage(
      res.status(retryAfter === undefined ? 401 : 429),
      loginPage(parts.instance, { next, because, kept, login: field(req, 'login') }),
    );
  }
  // A session of before ends: nobody shall go on with what somebody else put into this browser.
  const before = parts.cookie.read(req);
  if (before !== undefined) await parts.access.logOut(before);
  parts.cookie.set(req, res, session.right);
  if (kept !== undefined && wanted(req) === 'html') {
    const { status, address } = wayBack(parts.api, next, kept);
    return res.set('Cache-Control', 'no-store').redirect(status, address);
  }
  answer(req, res, next, { [formTokenName]: formToken(session.right) });
};

/**
 * To the form at `next`, which is shown there filled in as it was; who logged in looks at it before it is sent. What its address has room
 * for is said there; else the browser sends what was kept on to it (RFC 9110 §15.4.8).
 */
const wayBack = (api: Api, next: string, kept: Kept): { readonly status: 303 | 307; readonly address: string } => {
  if (isWhole(kept)) return { status: isOfAdministration(next) ? 307 : 303, address: next };
  const command = api.commands.find(({ name }) => next === commandUrl(name));
  const given = command && givenArguments(command.name, command.arguments, Object.entries(kept));
  if (command === undefined || given === undefined || isLeft(given)) return { status: 303, address: next };
  const { address, isWhole: isAll } = formAddress(command, saidBeyond(command, given.right));
  return isAll ? { status: 303, address } : { status: 307, address: next };
};

const isOfAdministration = (path: string): boolean => path.startsWith('/mini_buildd/administration/');

const logOut = async (parts: AccountParts, req: Request, res: Response): Promise<void> => {
  const session = ownSession(parts, req, res);
  if (session === undefined) return;
  await parts.access.logOut(session);
  parts.cookie.clear(req, res);
  if (parts.signOn === undefined || field(req, 'there') === '')
    return answer(req, res, safeNext(field(req, 'next')) ?? home, {});
  const there = await parts.signOn.leave();
  if (there !== undefined) res.set('Refresh', `0; url=${there}`);
  sendPage(res, loggedOutPage(parts.instance, parts.signOn.name, there));
};

const showAccount = async (parts: AccountParts, req: Request, res: Response): Promise<void> => {
  const session = parts.cookie.read(req);
  const caller = session && (await parts.access.bySession(session));
  const next = cameFrom(req);
  if (!caller) return res.redirect(303, withNext('/mini_buildd/login', next ?? '/mini_buildd/account'));
  sendPage(res, await accountPage(parts, { caller, session }, { next }));
};

/** Keys and tokens come to their end by the clock, the rest is events. Milliseconds. */
const often = 60_000;

const followAccount = async (parts: AccountParts, req: Request, res: Response): Promise<void> => {
  const session = parts.cookie.read(req);
  const caller = session && (await parts.access.bySession(session));
  if (!caller) return sendProblem(req, res, 401, [notLoggedIn.because]);
  const fresh = async (visitor: Visitor) =>
    ownAccountParts(await ownAccount(parts.api, visitor.caller), readerOf(parts.api, visitor));
  await parts.live(req, res, { visitor: { caller, session }, key: req.path, parts: fresh, often });
};

const accountPage = async (
  { api, instance, signOn }: AccountParts,
  visitor: Visitor,
  around: Around,
): Promise<string> =>
  ownAccountPage(instance, await ownAccount(api, visitor.caller), readerOf(api, visitor), {
    ...around,
    issuer: signOn?.issuer,
  });

const changePassword = async (parts: AccountParts, req: Request, res: Response): Promise<void> => {
  const session = ownSession(parts, req, res);
  if (session === undefined) return;
  const next = field(req, 'next');
  if (!Password.is(next)) return refusePassword(parts, session, 400, shortPassword, req, res);
  const changed = await parts.access.changePassword(session, field(req, 'present'), next);
  if (isLeft(changed)) {
    const { because, retryAfter } = changed.left;
    parts.turnedAway(because.rule, addressOf(req));
    if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
    return refusePassword(parts, session, retryAfter === undefined ? 401 : 429, because, req, res);
  }
  parts.cookie.clear(req, res);
  answer(req, res, withNext('/mini_buildd/login', '/mini_buildd/account'), {});
};

/** What was wrong is said where it was typed. */
const refusePassword = async (
  parts: AccountParts,
  session: string,
  status: number,
  because: Refusal,
  req: Request,
  res: Response,
): Promise<void> => {
  const caller = await parts.access.bySession(session);
  if (wanted(req) === 'html' && caller !== undefined)
    sendPage(res.status(status), await accountPage(parts, { caller, session }, { refused: because }));
  else sendProblem(req, res, status, [because]);
};

const answer = (req: Request, res: Response, next: string, json: Readonly<Record<string, string>>): void => {
  res.set('Cache-Control', 'no-store');
  if (wanted(req) === 'html') res.redirect(303, next);
  else res.json(json);
};

const shortPassword = refusal(
  'bad-argument',
  'the new password does not fit',
  'it takes 10 to 200 characters, on one line',
);
