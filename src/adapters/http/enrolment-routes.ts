import type { Request, Response } from 'express';
import { Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { EmailAddress, FullName, LoginName, Password } from '../../domain/account/person.ts';
import { decode } from '../../domain/codec.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { TurnedAway } from '../../ports/access.ts';
import type { Enrolment } from '../../ports/enrolment.ts';
import { cameFrom, safeNext, withNext } from './came-from.ts';
import { addressOf } from './client-address.ts';
import { crossSite } from './cross-site.ts';
import { field, readForm, sendPage } from './form-body.ts';
import { goesOnTo } from './goes-on-to.ts';
import { sendProblem } from './problem.ts';
import {
  linkPage,
  onItsWayPage,
  registerPage,
  resetPage,
  sameRegistration,
  sameReset,
  untried,
} from './views/enrolment-pages.ts';
import type { Html } from './views/html.ts';
import type { Instance } from './views/instance.ts';
import { wanted } from './wanted.ts';

export type EnrolmentParts = {
  readonly enrolment: Enrolment;
  readonly instance: Instance;
  readonly bodyBytes: number;
  readonly turnedAway: (rule: string, from: string) => void;
};

/** Registering, asking for another password, and the links of the mails that come of it. */
export const enrolmentRoutes = (parts: EnrolmentParts): Router => {
  const { enrolment, instance } = parts;
  const router = Router();
  const read = readForm(parts.bodyBytes);
  router.get('/mini_buildd/register', (req, res) =>
    enrolment.offers().registration
      ? sendPage(res, registerPage(instance, { ...untried, next: nextOf(req) }))
      : sendProblem(req, res, 404, [notOffered]),
  );
  router.get('/mini_buildd/reset', (req, res) =>
    sendPage(res, resetPage(instance, enrolment.offers(), { ...untried, next: nextOf(req) })),
  );
  router.get('/mini_buildd/link', (req, res) => showLink(parts, req, res));
  router.post('/mini_buildd/register', read, (req: Request, res: Response) => register(parts, req, res));
  router.post('/mini_buildd/reset', read, (req: Request, res: Response) => reset(parts, req, res));
  router.post('/mini_buildd/link', read, (req: Request, res: Response) => takeLink(parts, req, res));
  return router;
};

const register = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const typed = { login: field(req, 'login'), email: field(req, 'email'), name: field(req, 'name') };
  const next = safeNext(field(req, 'next'));
  const again = (because: Refusal): string => registerPage(parts.instance, { typed, because, next });
  const login = decode(LoginName, typed.login);
  const email = decode(EmailAddress, typed.email);
  const fullName = decode(FullName, typed.name);
  if (isLeft(login)) return refuse(parts, wrong(bad('login', login.left)), again, req, res);
  if (isLeft(email)) return refuse(parts, wrong(bad('email', email.left)), again, req, res);
  if (email.right === '') return refuse(parts, wrong(bad('email', ['it is missing'])), again, req, res);
  if (isLeft(fullName)) return refuse(parts, wrong(bad('name', fullName.left)), again, req, res);
  const asked = { login: login.right, email: email.right, fullName: fullName.right };
  const refused = await parts.enrolment.register(asked, addressOf(req));
  if (isLeft(refused)) return refuse(parts, refused.left, again, req, res);
  onItsWay(parts.instance, sameRegistration(parts.instance, typed), req, res);
};

const reset = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const who = field(req, 'who');
  const next = safeNext(field(req, 'next'));
  const again = (because: Refusal): string =>
    resetPage(parts.instance, parts.enrolment.offers(), { typed: { who }, because, next });
  if (who === '') return refuse(parts, wrong(bad('who', ['it is missing'])), again, req, res);
  const refused = await parts.enrolment.resetPassword(who, addressOf(req));
  if (isLeft(refused)) return refuse(parts, refused.left, again, req, res);
  onItsWay(parts.instance, sameReset(parts.instance, { who }), req, res);
};

/** Looking does not use a link up: mail programs look at links before their readers do. */
const showLink = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const secret = String(req.query.secret ?? '');
  const link = await parts.enrolment.readLink(secret, addressOf(req));
  if (isLeft(link)) return refuse(parts, link.left, undefined, req, res);
  sendPage(res, linkPage(parts.instance, link.right.login, secret));
};

const takeLink = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const secret = field(req, 'secret');
  const password = decode(Password, field(req, 'password'));
  if (isLeft(password)) {
    // What is wrong is not repeated: it was meant to be a secret.
    const because = bad('password', ['it takes 10 to 200 characters, on one line']);
    const link = await parts.enrolment.readLink(secret, addressOf(req));
    const again = isLeft(link) ? undefined : () => linkPage(parts.instance, link.right.login, secret, because);
    return refuse(parts, wrong(because), again, req, res);
  }
  const used = await parts.enrolment.useLink(secret, password.right, addressOf(req));
  if (isLeft(used)) return refuse(parts, used.left, undefined, req, res);
  res.set('Cache-Control', 'no-store');
  if (wanted(req) === 'html')
    res.redirect(303, withNext('/mini_buildd/login', goesOnTo.take(parts.instance.name, req, res)));
  else res.json({ login: used.right.login });
};

/** Where they were about to go is kept by the browser until they come back by the link of the mail. */
const onItsWay = (instance: Instance, same: Html, req: Request, res: Response): void => {
  const next = safeNext(field(req, 'next'));
  if (next !== undefined) goesOnTo.keep(instance.name, res, next);
  res.status(202).set('Cache-Control', 'no-store');
  if (wanted(req) === 'html') sendPage(res, onItsWayPage(instance, same));
  else res.json({ mail: 'on its way, if what was said is right' });
};

/** `again` is the form as it was filled in, with the reason above it; for who has none, and for programs, only the reason is said. */
const refuse = (
  { turnedAway }: EnrolmentParts,
  { because, retryAfter, status = 403 }: TurnedAway & { readonly status?: number },
  again: ((because: Refusal) => string) | undefined,
  req: Request,
  res: Response,
): void => {
  if (status === 403) turnedAway(because.rule, addressOf(req));
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  const code = retryAfter === undefined ? status : 429;
  if (again === undefined || wanted(req) !== 'html') sendProblem(req, res, code, [because]);
  else sendPage(res.status(code), again(because));
};

const nextOf = (req: Request): string | undefined => safeNext(String(req.query.next ?? '')) ?? cameFrom(req);

const wrong = (because: Refusal) => ({ because, retryAfter: undefined, status: 400 });

const bad = (name: string, faults: readonly string[]): Refusal =>
  refusal('bad-argument', `"${name}": ${faults.join('; ')}`, `correct ${name}`);

const notOffered = refusal(
  'registration-closed',
  'nobody registers here by themself',
  'ask an administrator of this instance for an account',
);
