import express, { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { anonymous, denied } from '../../domain/account/caller.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { CommandDescription } from '../../ports/api.ts';
import { addressOf } from './client-address.ts';
import { filledForm, refusedForm } from './command-forms.ts';
import type { CommandParts } from './command-parts.ts';
import { crossSite } from './cross-site.ts';
import { deed } from './deed.ts';
import { field, sendPage } from './form-body.ts';
import { forged } from './form-token.ts';
import { givenArguments } from './given-arguments.ts';
import { keptIn, readFormOrKept } from './kept-form.ts';
import { sendProblem } from './problem.ts';
import { progressOf } from './progress-routes.ts';
import { statusOf, unknownCommand } from './refusal-status.ts';
import { turnAway } from './turn-away.ts';
import { commandIndexPage, commandUrl } from './views/command-index-page.ts';
import { answerPage, formPage, planPage } from './views/deed-pages.ts';
import type { Visitor } from './visitor.ts';

/** `/mini_buildd/commands`: what there is to do, a form for each command, and the way from a form to the deed. */
export const commandPageRoutes = (parts: CommandParts): Router => {
  const router = Router();
  const readBody = readFormOrKept(parts.bodyBytes, 100);
  router.get('/mini_buildd/commands', (_req, res) =>
    sendPage(res, commandIndexPage(parts.api.commands, parts.instance)),
  );
  router.get('/mini_buildd/commands/:command', (req, res) => showForm(parts, req, res));
  router.post('/mini_buildd/commands/:command', readBody, (req: Request, res: Response) => {
    const command = commandNamed(parts, req);
    return command === undefined ? notThere(parts, req, res) : act(parts, command, req, res);
  });
  router.post('/mini_buildd/commands/:command/check', express.json({ limit: parts.bodyBytes }), (req, res) =>
    check(parts, req, res),
  );
  return router;
};

const commandNamed = ({ api }: CommandParts, req: Request): CommandDescription | undefined =>
  api.commands.find(({ name }) => name === req.params.command);

const notThere = ({ api }: CommandParts, req: Request, res: Response): void =>
  sendProblem(req, res, 404, [unknownCommand(String(req.params.command), api)]);

const showForm = async (parts: CommandParts, req: Request, res: Response): Promise<void> => {
  const { api, instance, visitor } = parts;
  const command = commandNamed(parts, req);
  if (command === undefined) return notThere(parts, req, res);
  const found = await visitor(req);
  if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
  const given = givenArguments(command.name, command.arguments, Object.entries(req.query));
  const asked = isLeft(given) ? {} : given.right;
  const present = await api.present(command.name, asked, found.right.caller);
  const filled = await filledForm(api, command, { ...present, ...asked }, found.right);
  sendPage(res, formPage(instance, filled, isLeft(given) ? given.left : []));
};

/**
 * What a form sends. Whatever stands in the way, nothing that was typed is lost: who has to log in first gets the form again
 * afterwards, and a refusal stands above the form as it was filled in.
 */
export const act = async (
  parts: CommandParts,
  command: CommandDescription,
  req: Request,
  res: Response,
): Promise<void> => {
  const { api, instance, pace, turnedAway } = parts;
  const foreign = crossSite(req);
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const found = await parts.visitor(req);
  if (isLeft(found)) {
    turnedAway(found.left.because.rule, addressOf(req));
    return turnAway(req, res, instance, found.left, commandUrl(command.name));
  }
  const visitor = found.right;
  const kept = keptIn(req);
  const asked = [
    ...Object.entries(req.query),
    ...Object.entries(kept ?? ((req.body ?? {}) as Record<string, unknown>)),
  ];
  const read = givenArguments(command.name, command.arguments, asked);
  const given = isLeft(read) ? {} : read.right;
  const again = async (status: number, refusals: readonly Refusal[]): Promise<void> =>
    sendPage(res.status(status), await refusedForm(api, instance, command, given, visitor, refusals));
  if (isLeft(read)) return again(400, read.left);
  const paced = pace(visitor.caller, addressOf(req));
  if (paced !== undefined) {
    turnedAway(paced.because.rule, addressOf(req));
    if (paced.retryAfter !== undefined) res.set('Retry-After', String(paced.retryAfter));
    return again(429, [paced.because]);
  }
  const because = denied(command, visitor.caller);
  if (because !== undefined && visitor.caller.privilege === 'none') {
    return turnAway(req, res, instance, { because, retryAfter: undefined }, commandUrl(command.name), given);
  }
  if (because !== undefined) return again(403, [because]);
  const isSent = kept === undefined;
  if (isSent && visitor.session !== undefined && forged(req, visitor.session) !== undefined)
    return again(403, [otherSession]);
  if (!isSent || field(req, 'change_it') !== '')
    return sendPage(res, formPage(instance, await filledForm(api, command, given, visitor)));
  const confirmed = (field(req, 'confirm') === command.name && field(req, 'plan_seen')) || undefined;
  return carryOut(parts, { command, given, confirmed }, visitor, res, again);
};

const otherSession = refusal(
  'cross-site',
  'nothing was done: the form is none of this session',
  'perhaps somebody logged in anew meanwhile: look at it, and send it again',
);

const carryOut = async (
  { api, instance, ran }: CommandParts,
  asked: Parameters<typeof deed>[1],
  visitor: Visitor,
  res: Response,
  again: (status: number, refusals: readonly Refusal[]) => Promise<void>,
): Promise<void> => {
  const { command, given } = asked;
  const came = await deed(api, asked, visitor.caller);
  const filled = await filledForm(api, command, given, visitor);
  switch (came.kind) {
    case 'refused':
      return again(statusOf(came.refusals[0]?.rule ?? ''), came.refusals);
    case 'planned':
      return sendPage(res.status(came.isStale ? 409 : 200), planPage(instance, filled, came));
    case 'done':
      ran(command.name, visitor.caller.actor);
      return sendPage(res, answerPage(instance, filled, came.answer, await progressOf(api, came.answer.follow ?? [])));
  }
};

/** What one argument is worth as it is typed: why it cannot be so, and what it may be as far as who asks may know. Nothing is run. */
const check = async (parts: CommandParts, req: Request, res: Response): Promise<void> => {
  const command = commandNamed(parts, req);
  const argument = command?.arguments.find(({ name }) => name === field(req, 'argument'));
  if (command === undefined || argument === undefined) return notThere(parts, req, res);
  const typed = field(req, 'value');
  const fault = typed === '' ? undefined : faultOf(parts, command.name, argument.name, typed);
  const found = await parts.visitor(req);
  const caller = isLeft(found) ? anonymous : found.right.caller;
  const known = await parts.api.known({ argument, typed, given: othersIn(req, command), caller });
  res.set('Cache-Control', 'no-store').json({ fault: fault ?? null, known });
};

/** What else stands in the form, as far as the script sent it. */
const othersIn = ({ body }: Request, { arguments: known }: CommandDescription): Readonly<Record<string, string>> => {
  const given: unknown = body?.given;
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => typeof value === 'string' && known.some((each) => each.name === name),
    ),
  );
};

const faultOf = ({ api }: CommandParts, command: string, name: string, value: string): Refusal | undefined =>
  api.faults(command, { [name]: value }).find(({ argument }) => argument === name)?.because;
