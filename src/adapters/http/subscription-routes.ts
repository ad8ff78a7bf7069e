import express, { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Api } from '../../ports/api.ts';
import { withNext } from './came-from.ts';
import { act } from './command-page-routes.ts';
import type { CommandParts } from './command-parts.ts';
import { field, sendPage } from './form-body.ts';
import { ownAccount } from './own-account.ts';
import { readerOf } from './reader.ts';
import { turnAway } from './turn-away.ts';
import { askedOfLists } from './views/administration/lists.ts';
import { subscriptionsPage, subscriptionsPath } from './views/subscriptions-page.ts';
import type { Visitor } from './visitor.ts';

/** `/mini_buildd/account/subscriptions`: what somebody is told of by mail. What its form says, the command `subscription` does. */
export const subscriptionRoutes = (parts: CommandParts): Router => {
  const router = Router();
  const readBody = express.urlencoded({ extended: false, limit: parts.bodyBytes, parameterLimit: 100 });
  router.get(subscriptionsPath, (req, res) => show(parts, req, res));
  router.post(subscriptionsPath, readBody, (req: Request, res: Response) => take(parts, req, res));
  return router;
};

const show = async ({ api, instance, visitor }: CommandParts, req: Request, res: Response): Promise<void> => {
  const found = await visitor(req);
  if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
  if (found.right.caller.privilege === 'none')
    return res.redirect(303, withNext('/mini_buildd/login', req.originalUrl));
  const { change, package: source } = req.query;
  const model = {
    account: await ownAccount(api, found.right.caller),
    change: typeof change === 'string' ? change.slice(0, 300) : undefined,
    source: typeof source === 'string' ? source.slice(0, 100) : '',
    offered: {
      package: await knownOf(api, 'history', 'package', found.right),
      distribution: await knownOf(api, 'history', 'distribution', found.right),
    },
  };
  sendPage(res, subscriptionsPage(instance, model, readerOf(api, found.right), askedOfLists(req.query)));
};

/** Values of one argument that a form offers. */
const mostOffered = 100;

const knownOf = async (
  api: Pick<Api, 'commands' | 'known'>,
  command: string,
  name: string,
  { caller }: Visitor,
): Promise<readonly string[]> => {
  const argument = api.commands.find((each) => each.name === command)?.arguments.find((each) => each.name === name);
  return argument === undefined
    ? []
    : (await api.known({ argument, typed: '', given: {}, caller })).slice(0, mostOffered);
};

const take = async (parts: CommandParts, req: Request, res: Response): Promise<void> => {
  const command = parts.api.commands.find(({ name }) => name === 'subscription');
  if (command === undefined) throw new Error('there is no command subscription');
  const wanted = `${field(req, 'package').trim()}:${field(req, 'distribution').trim()}`;
  const change = field(req, 'change');
  const { package: _, distribution: __, change: ___, ...rest } = (req.body ?? {}) as Readonly<Record<string, unknown>>;
  req.body = {
    ...rest,
    ...(change === ''
      ? { action: 'add', subscription: wanted }
      : { action: 'change', subscription: change, to: wanted }),
  };
  await act(parts, command, req, res);
};
