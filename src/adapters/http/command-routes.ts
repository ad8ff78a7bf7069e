import express, { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { anonymous, denied } from '../../domain/account/caller.ts';
import type { Actor } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import type { Answer, Api, CommandDescription } from '../../ports/api.ts';
import { commandIndex } from './command-index.ts';
import { crossSite } from './cross-site.ts';
import { forged } from './form-token.ts';
import { givenArguments } from './given-arguments.ts';
import { nearest } from './nearest.ts';
import { openApi } from './open-api.ts';
import { sendProblem } from './problem.ts';
import { askWhoYouAre, turnAway } from './turn-away.ts';
import { answerPage, commandsPage, confirmationPage } from './views/command-pages.ts';
import type { Instance } from './views/instance.ts';
import { addressOf, type Visitor, type visitors } from './visitor.ts';
import { wanted } from './wanted.ts';

export type CommandParts = {
  readonly api: Api;
  readonly instance: Instance;
  readonly version: string;
  readonly bodyBytes: number;
  readonly visitor: ReturnType<typeof visitors>;
  readonly pace: Access['paced'];
  /** Hears of every command that was let through. */
  readonly ran: (command: string, actor: Actor) => void;
  /** Hears of everybody who was turned away, by which rule, and where they came from. */
  readonly turnedAway: (rule: string, from: string) => void;
};

/** `/mini_buildd/api`: the command table over HTTP. Reading commands by GET or POST, changing ones by POST only. */
export const commandRoutes = (parts: CommandParts): Router => {
  const router = Router();
  const readBody = [
    express.json({ limit: parts.bodyBytes }),
    express.urlencoded({ extended: false, limit: parts.bodyBytes, parameterLimit: 100 }),
  ];
  router.all('/mini_buildd/api', readBody, async (req: Request, res: Response) => {
    const command = req.query.command;
    if (typeof command === 'string' && command !== '') return run(parts, command, req, res);
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    return isRead ? sendIndex(parts, req, res) : refuseMethod(req, res, 'GET, HEAD');
  });
  router.get('/mini_buildd/api/openapi.json', (_req, res) => {
    res.set('Cache-Control', 'no-cache').json(openApi(commandIndex(parts.api, parts.instance.name), parts.version));
  });
  router.all('/mini_buildd/api/:command', readBody, (req: Request, res: Response) =>
    run(parts, String(req.params.command), req, res),
  );
  return router;
};

const sendIndex = async ({ api, instance, visitor }: CommandParts, req: Request, res: Response): Promise<void> => {
  const index = commandIndex(api, instance.name);
  switch (wanted(req)) {
    case 'json':
      res.set('Cache-Control', 'no-cache').vary('Accept').json(index);
      return;
    case 'plain':
      res.set('Cache-Control', 'no-cache').vary('Accept').type('text/plain');
      res.send(index.commands.map(({ name, summary }) => `${name}: ${summary}\n`).join(''));
      return;
    case 'html': {
      const found = await visitor(req);
      const { session } = isLeft(found) ? nobody : found.right;
      res
        .set('Cache-Control', 'no-store')
        .type('html')
        .send(commandsPage(index, instance, session));
    }
  }
};

const nobody: Visitor = { caller: anonymous, session: undefined };

const run = async (parts: CommandParts, name: string, req: Request, res: Response): Promise<void> => {
  const { api, instance } = parts;
  const command = api.commands.find((command) => command.name === name);
  if (command === undefined) return sendProblem(req, res, 404, [unknownCommand(name, api)]);
  const allowed = command.changes ? ['POST'] : ['GET', 'HEAD', 'POST'];
  if (!allowed.includes(req.method)) return refuseMethod(req, res, allowed.join(', '));
  const foreign = command.changes ? crossSite(req) : undefined;
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const visitor = await admitted(parts, command, req, res);
  if (visitor === undefined) return;
  if (isUnread(req)) return sendProblem(req, res, 415, [unreadBody]);
  const asked = [...Object.entries(req.query), ...Object.entries((req.body ?? {}) as Record<string, unknown>)];
  const given = givenArguments(name, command.arguments, asked);
  if (isLeft(given)) return sendRefusals(req, res, given.left);
  if (command.needsConfirmation && !asked.some(([name, value]) => name === 'confirm' && value === command.name)) {
    return askConfirmation(command, given.right, instance, visitor.session, req, res);
  }
  parts.ran(name, visitor.caller.actor);
  const result = await api.run(name, given.right, visitor.caller);
  if (isLeft(result)) return sendRefusals(req, res, result.left);
  sendAnswer(req, res, command, instance, result.right);
};

/**
 * Who asks, when they may; else says why not: 401 to who did not show who they are, 403 to who may not. The rights are the API's to
 * enforce; here they only come before questions about arguments and confirmation.
 */
const admitted = async (
  { visitor, instance, pace, turnedAway }: CommandParts,
  command: CommandDescription,
  req: Request,
  res: Response,
): Promise<Visitor | undefined> => {
  const next = req.method === 'GET' ? req.originalUrl : '/mini_buildd/api?output=html';
  const found = await visitor(req);
  if (isLeft(found)) {
    turnedAway(found.left.because.rule, addressOf(req));
    return void turnAway(req, res, instance, found.left, next);
  }
  const { caller, session } = found.right;
  const paced = pace(caller, addressOf(req));
  if (paced !== undefined) {
    turnedAway(paced.because.rule, addressOf(req));
    return void turnAway(req, res, instance, paced, next);
  }
  const because = denied(command, caller);
  if (because !== undefined && caller.privilege === 'none') return void askWhoYouAre(req, res, instance, because, next);
  const refused = because ?? (command.changes && session !== undefined ? forged(req, session) : undefined);
  if (refused !== undefined) return void sendProblem(req, res, 403, [refused]);
  return found.right;
};

const isUnread = (req: Request): boolean =>
  Array.isArray(req.body) || (req.body === undefined && Number(req.headers['content-length'] ?? 0) > 0);

const sendAnswer = (
  req: Request,
  res: Response,
  command: CommandDescription,
  instance: Instance,
  answer: Answer,
): void => {
  res.set('Cache-Control', 'no-store').vary('Accept');
  if (answer.follow !== undefined) res.set('X-Mini-Buildd-Follow', answer.follow.join(' '));
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
    case 'needs-privilege':
      return 403;
    case 'needs-engine':
      return 405;
    default:
      return rule.startsWith('no-') ? 404 : 409;
  }
};

const askConfirmation = (
  command: CommandDescription,
  given: Readonly<Record<string, string>>,
  instance: Instance,
  session: string | undefined,
  req: Request,
  res: Response,
): void => {
  if (wanted(req) === 'html') {
    res
      .status(428)
      .type('html')
      .send(confirmationPage(command, instance, given, session));
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

const unreadBody = refusal(
  'unreadable-body',
  'the body is neither a JSON object nor a form',
  'send Content-Type application/json or application/x-www-form-urlencoded',
);
