import type { Request, Response } from 'express';
import { Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { EmailAddress, FullName, LoginName, Password } from '../../domain/account/person.ts';
import { decode } from '../../domain/codec.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { TurnedAway } from '../../ports/access.ts';
import type { Enrolment } from '../../ports/enrolment.ts';
import { crossSite } from './cross-site.ts';
import { field, readForm, sendPage } from './form-body.ts';
import { sendProblem } from './problem.ts';
import { linkPage, onItsWayPage, registerPage, resetPage } from './views/enrolment-pages.ts';
import type { Instance } from './views/instance.ts';
import { addressOf } from './visitor.ts';
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
    enrolment.offers().registration ? sendPage(res, registerPage(instance)) : sendProblem(req, res, 404, [notOffered]),
  );
  router.get('/mini_buildd/reset', (_req, res) => sendPage(res, resetPage(instance, enrolment.offers())));
  router.get('/mini_buildd/link', (req, res) => showLink(parts, req, res));
  router.post('/mini_buildd/register', read, (req: Request, res: Response) => register(parts, req, res));
  router.post('/mini_buildd/reset', read, (req: Request, res: Response) => reset(parts, req, res));
  router.post('/mini_buildd/link', read, (req: Request, res: Response) => takeLink(parts, req, res));
  return router;
};

const register = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const login = decode(LoginName, field(req, 'login'));
  const email = decode(EmailAddress, field(req, 'email'));
  const fullName = decode(FullName, field(req, 'name'));
  if (isLeft(login)) return sendProblem(req, res, 400, [bad('login', login.left)]);
  if (isLeft(email)) return sendProblem(req, res, 400, [bad('email', email.left)]);
  if (email.right === '') return sendProblem(req, res, 400, [bad('email', ['it is missing'])]);
  if (isLeft(fullName)) return sendProblem(req, res, 400, [bad('name', fullName.left)]);
  const asked = { login: login.right, email: email.right, fullName: fullName.right };
  const refused = await parts.enrolment.register(asked, addressOf(req));
  if (isLeft(refused)) return refuse(parts, refused.left, req, res);
  onItsWay(parts, req, res);
};

const reset = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const who = field(req, 'who');
  if (who === '') return sendProblem(req, res, 400, [bad('who', ['it is missing'])]);
  const refused = await parts.enrolment.resetPassword(who, addressOf(req));
  if (isLeft(refused)) return refuse(parts, refused.left, req, res);
  onItsWay(parts, req, res);
};

/** Looking does not use a link up: mail programs look at links before their readers do. */
const showLink = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const secret = String(req.query.secret ?? '');
  const link = await parts.enrolment.readLink(secret, addressOf(req));
  if (isLeft(link)) return refuse(parts, link.left, req, res);
  sendPage(res, linkPage(parts.instance, link.right.login, secret));
};

const takeLink = async (parts: EnrolmentParts, req: Request, res: Response): Promise<void> => {
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const password = decode(Password, field(req, 'password'));
  // What is wrong is not repeated: it was meant to be a secret.
  if (isLeft(password))
    return sendProblem(req, res, 400, [bad('password', ['it takes 10 to 200 characters, on one line'])]);
  const used = await parts.enrolment.useLink(field(req, 'secret'), password.right, addressOf(req));
  if (isLeft(used)) return refuse(parts, used.left, req, res);
  res.set('Cache-Control', 'no-store');
  if (wanted(req) === 'html') res.redirect(303, '/mini_buildd/login');
  else res.json({ login: used.right.login });
};

const onItsWay = ({ instance }: EnrolmentParts, req: Request, res: Response): void => {
  res.status(202).set('Cache-Control', 'no-store');
  if (wanted(req) === 'html') sendPage(res, onItsWayPage(instance));
  else res.json({ mail: 'on its way, if what was said is right' });
};

const refuse = (
  { turnedAway }: EnrolmentParts,
  { because, retryAfter }: TurnedAway,
  req: Request,
  res: Response,
): void => {
  turnedAway(because.rule, addressOf(req));
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  sendProblem(req, res, retryAfter === undefined ? 403 : 429, [because]);
};

const bad = (name: string, faults: readonly string[]): Refusal =>
  refusal('bad-argument', `"${name}": ${faults.join('; ')}`, `correct ${name}`);

const notOffered = refusal(
  'registration-closed',
  'nobody registers here by themself',
  'ask an administrator of this instance for an account',
);
