import express, { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Actor } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer, Api, CommandDescription } from '../../ports/api.ts';
import { commandIndex } from './command-index.ts';
import { answerPage, commandsPage, confirmationPage } from './command-pages.ts';
import { crossSite } from './cross-site.ts';
import { givenArguments } from './given-arguments.ts';
import { nearest } from './nearest.ts';
import { sendProblem } from './problem.ts';
import { wanted } from './wanted.ts';

/**
 * `/mini_buildd/api`: the command table over HTTP. Reading commands by GET or POST, changing ones by POST only.
 * `ran` hears of every command that was let through.
 */
export const commandRoutes = (
  api: Api,
  instance: string,
  bodyBytes: number,
  ran: (command: string, caller: Actor) => void,
): Router => {
  const router = Router();
  const readBody = [
    express.json({ limit: bodyBytes }),
    express.urlencoded({ extended: false, limit: bodyBytes, parameterLimit: 100 }),
  ];
  router.all('/mini_buildd/api', readBody, (req: Request, res: Response) => {
    const command = req.query.command;
    if (typeof command === 'string' && command !== '') return run(api, command, instance, ran, req, res);
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    return isRead ? sendIndex(api, instance, req, res) : refuseMethod(req, res, 'GET, HEAD');
  });
  router.all('/mini_buildd/api/:command', readBody, (req: Request, res: Response) =>
    run(api, String(req.params.command), instance, ran, req, res),
  );
  return router;
};

const sendIndex = (api: Api, instance: string, req: Request, res: Response): void => {
  res.set('Cache-Control', 'no-cache').vary('Accept');
  const index = commandIndex(api, instance);
  switch (wanted(req)) {
    case 'json':
      res.json(index);
      return;
    case 'plain':
      res.type('text/plain').send(index.commands.map(({ name, summary }) => `${name}: ${summary}\n`).join(''));
      return;
    case 'html':
      res.type('html').send(commandsPage(index));
  }
};

/** Accounts are not known here yet: whoever asks is anonymous. */
const anonymous: Actor = { kind: 'anonymous', name: 'anonymous' };

const run = async (
  api: Api,
  name: string,
  instance: string,
  ran: (command: string, caller: Actor) => void,
  req: Request,
  res: Response,
): Promise<void> => {
  const command = api.commands.find((command) => command.name === name);
  if (command === undefined) return sendProblem(req, res, 404, [unknownCommand(name, api)]);
  const allowed = command.changes ? ['POST'] : ['GET', 'HEAD', 'POST'];
  if (!allowed.includes(req.method)) return refuseMethod(req, res, allowed.join(', '));
  const barred = barrier(command, req);
  if (barred !== undefined) return sendProblem(req, res, barred.status, [barred.because]);
  const asked = [...Object.entries(req.query), ...Object.entries((req.body ?? {}) as Record<string, unknown>)];
  const given = givenArguments(name, command.arguments, asked);
  if (isLeft(given)) return sendRefusals(req, res, given.left);
  if (command.needsConfirmation && !asked.some(([name, value]) => name === 'confirm' && value === command.name)) {
    return askConfirmation(command, given.right, instance, req, res);
  }
  ran(name, anonymous);
  const result = await api.run(name, given.right, anonymous);
  if (isLeft(result)) return sendRefusals(req, res, result.left);
  sendAnswer(req, res, command, instance, result.right);
};

const barrier = (
  command: CommandDescription,
  req: Request,
): { readonly status: number; readonly because: Refusal } | undefined => {
  const foreign = command.changes ? crossSite(req) : undefined;
  if (foreign !== undefined) return { status: 403, because: foreign };
  if (command.privilege !== 'none') return { status: 401, because: needsAccount(command) };
  if (Array.isArray(req.body) || (req.body === undefined && Number(req.headers['content-length'] ?? 0) > 0)) {
    return { status: 415, because: unreadBody };
  }
  return undefined;
};

const sendAnswer = (
  req: Request,
  res: Response,
  command: CommandDescription,
  instance: string,
  answer: Answer,
): void => {
  res.set('Cache-Control', 'no-store').vary('Accept');
  switch (wanted(req)) {
    case 'json':
      res.json(answer.json);
      return;
    case 'plain':
      res.type('text/plain').send(answer.plain);
      return;
    case 'html':
      res.type('html').send(answerPage(command, instance, answer));
  }
};

const sendRefusals = (req: Request, res: Response, refusals: readonly Refusal[]): void => {
  const [first = refusal('refused', 'the command was refused', 'see the log'), ...others] = refusals;
  sendProblem(req, res, statusOf(first.rule), [first, ...others]);
};

/** 4xx for what was asked wrongly, 404 for what is not there (rules `no-…`), 409 for what the state of things forbids. */
const statusOf = (rule: string): number => {
  switch (rule) {
    case 'unknown-command':
      return 404;
    case 'bad-argument':
    case 'unknown-argument':
    case 'missing-argument':
      return 400;
    case 'needs-engine':
      return 503;
    default:
      return rule.startsWith('no-') ? 404 : 409;
  }
};

const askConfirmation = (
  command: CommandDescription,
  given: Readonly<Record<string, string>>,
  instance: string,
  req: Request,
  res: Response,
): void => {
  if (wanted(req) === 'html') {
    res
      .status(428)
      .type('html')
      .send(confirmationPage(command, instance, given));
    return;
  }
  const remedy = `repeat it with confirm=${command.name}`;
  sendProblem(req, res, 428, [refusal('needs-confirmation', `"${command.name}" cannot be undone`, remedy)]);
};

const refuseMethod = (req: Request, res: Response, allowed: string): void => {
  res.set('Allow', allowed);
  sendProblem(req, res, 405, [
    refusal(
      'wrong-method',
      `${req.method} is not how this is asked for`,
      `use ${allowed.replace(/, (?=\w+$)/, ' or ')}`,
    ),
  ]);
};

const unknownCommand = (name: string, { commands }: Api): Refusal => {
  const meant = nearest(
    name,
    commands.map((command) => command.name),
  );
  return refusal(
    'unknown-command',
    `there is no command "${name.slice(0, 80)}"`,
    meant === undefined ? 'see /mini_buildd/api for all commands' : `did you mean "${meant}"?`,
  );
};

const needsAccount = ({ name, privilege }: CommandDescription): Refusal =>
  refusal(
    'needs-privilege',
    `"${name}" needs the privilege "${privilege}", and the caller is anonymous`,
    'ask an administrator of this instance',
  );

const unreadBody = refusal(
  'unreadable-body',
  'the body is neither a JSON object nor a form',
  'send Content-Type application/json or application/x-www-form-urlencoded',
);
