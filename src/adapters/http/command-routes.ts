import type { IncomingHttpHeaders } from 'node:http';
import express, { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { denied } from '../../domain/account/caller.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type Answer, type CommandDescription, changesSomething, wantsConfirmation } from '../../ports/api.ts';
import { addressOf } from './client-address.ts';
import { filledForm, refusedForm } from './command-forms.ts';
import { commandIndex } from './command-index.ts';
import { act } from './command-page-routes.ts';
import type { CommandParts } from './command-parts.ts';
import { crossSite } from './cross-site.ts';
import { sendPage } from './form-body.ts';
import { forged } from './form-token.ts';
import { givenArguments } from './given-arguments.ts';
import { inFull } from './in-full.ts';
import { openApi } from './open-api.ts';
import { sendProblem } from './problem.ts';
import { progressOf } from './progress-routes.ts';
import { statusOf, unknownCommand } from './refusal-status.ts';
import { askWhoYouAre, turnAway } from './turn-away.ts';
import { commandIndexPage, commandUrl } from './views/command-index-page.ts';
import { answerPage } from './views/deed-pages.ts';
import type { Visitor } from './visitor.ts';
import { wanted } from './wanted.ts';

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
    res
      .set('Cache-Control', 'no-cache')
      .json(openApi(commandIndex(parts.api, parts.instance.name), parts.version, parts.api.commands));
  });
  router.all('/mini_buildd/api/:command', readBody, (req: Request, res: Response) =>
    run(parts, String(req.params.command), req, res),
  );
  return router;
};

const sendIndex = ({ api, instance }: CommandParts, req: Request, res: Response): void => {
  const index = commandIndex(api, instance.name);
  switch (wanted(req)) {
    case 'json':
      res.set('Cache-Control', 'no-cache').vary('Accept').json(index);
      return;
    case 'plain':
      res.set('Cache-Control', 'no-cache').vary('Accept').type('text/plain');
      res.send(index.commands.map(({ name, summary }) => `${name}: ${summary}\n`).join(''));
      return;
    case 'html':
      sendPage(res, commandIndexPage(api.commands, instance));
  }
};

const run = async (parts: CommandParts, name: string, req: Request, res: Response): Promise<void> => {
  const { api, instance } = parts;
  const command = api.commands.find((command) => command.name === name);
  if (command === undefined) return sendProblem(req, res, 404, [unknownCommand(name, api)]);
  const isPage = wanted(req) === 'html';
  if (command.changes && isPage && req.method === 'GET') return res.redirect(303, formUrl(name, req));
  if (command.changes && isPage && req.method === 'POST' && !isUnread(req)) return act(parts, command, req, res);
  const isLook = !changesSomething(command, singlesIn(req));
  const allowed = isLook ? ['GET', 'HEAD', 'POST'] : ['POST'];
  if (!allowed.includes(req.method)) return refuseMethod(req, res, allowed.join(', '));
  const foreign = command.changes && req.method === 'POST' ? crossSite(req) : undefined;
  if (foreign !== undefined) return sendProblem(req, res, 403, [foreign]);
  const visitor = await admitted(parts, command, req, res);
  if (visitor === undefined) return;
  if (isUnread(req)) return sendProblem(req, res, 415, [unreadBody]);
  const asked = [...Object.entries(req.query), ...Object.entries((req.body ?? {}) as Record<string, unknown>)];
  const given = givenArguments(name, command.arguments, asked);
  const refuse = async (refusals: readonly Refusal[]): Promise<void> =>
    isPage
      ? sendPage(
          res.status(statusOf(refusals[0]?.rule ?? '')),
          await refusedForm(api, instance, command, isLeft(given) ? {} : given.right, visitor, refusals),
        )
      : sendRefusals(req, res, refusals);
  if (isLeft(given)) return refuse(given.left);
  const isDeed = changesSomething(command, given.right);
  // A body may say otherwise than the address did.
  if (isDeed && req.method !== 'POST') return refuseMethod(req, res, 'POST');
  if (
    wantsConfirmation(command, given.right) &&
    !asked.some(([name, value]) => name === 'confirm' && value === command.name)
  ) {
    return askConfirmation(command, req, res);
  }
  parts.ran(name, visitor.caller.actor);
  const result = await api.run(name, given.right, visitor.caller, planNamed(req.headers));
  if (isLeft(result)) return refuse(result.left);
  if (isPage) {
    const filled = await filledForm(api, command, given.right, visitor);
    sendPage(res, answerPage(instance, filled, result.right, await progressOf(api, result.right.follow ?? [])));
  } else sendAnswer(req, res, result.right);
};

/**
 * The plan that is to be carried out, and nothing else (RFC 9110 §13.1.1): a dry run names it as the tag of its answer. What is compared
 * is what it would come to, not the bytes that said so: a tag that a compressing proxy made weak names the same plan. `*` names none.
 */
export const planNamed = (headers: Pick<IncomingHttpHeaders, 'if-match'>): string | undefined => {
  const said = headers['if-match']?.trim();
  if (said === undefined || said === '*') return undefined;
  return (/^(?:W\/)?"([^"]*)"$/.exec(said)?.[1] ?? said).slice(0, 100);
};

/** Where a person may say what a changing command is to do. */
const formUrl = (name: string, req: Request): string =>
  commandUrl(name, Object.fromEntries(new URLSearchParams(req.originalUrl.split('?')[1] ?? '')));

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
  const next = req.method === 'GET' ? req.originalUrl : commandUrl(command.name);
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
  const refused =
    because ?? (command.changes && req.method === 'POST' && session !== undefined ? forged(req, session) : undefined);
  if (refused !== undefined) return void sendProblem(req, res, 403, [refused]);
  return found.right;
};

/** What the address says, each once: of what is said twice nobody knows what is meant. */
const singlesIn = ({ query }: Request): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

const isUnread = (req: Request): boolean =>
  Array.isArray(req.body) || (req.body === undefined && Number(req.headers['content-length'] ?? 0) > 0);

const sendAnswer = (req: Request, res: Response, answer: Answer): void => {
  res.set('Cache-Control', 'no-store').vary('Accept');
  if (answer.sum !== undefined) res.set('ETag', `"${answer.sum}"`);
  if (answer.follow !== undefined) res.set('X-Mini-Buildd-Follow', answer.follow.join(' '));
  const { json, plain } = inFull(answer);
  if (wanted(req) === 'plain') res.type('text/plain').send(plain);
  else res.json(json);
};

const sendRefusals = (req: Request, res: Response, refusals: readonly Refusal[]): void => {
  const [first = refusal('refused', 'the command was refused', 'see the log'), ...others] = refusals;
  sendProblem(req, res, statusOf(first.rule), [first, ...others]);
};

const askConfirmation = ({ name }: CommandDescription, req: Request, res: Response): void =>
  sendProblem(req, res, 428, [
    refusal('needs-confirmation', `"${name}" cannot be undone`, `repeat it with confirm=${name}`),
  ]);

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

const unreadBody = refusal(
  'unreadable-body',
  'the body is neither a JSON object nor a form',
  'send Content-Type application/json or application/x-www-form-urlencoded',
);
