import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { AccountId } from '../../domain/account/events.ts';
import { type Subscription, subscriptionText } from '../../domain/account/subscription.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { SourceName } from '../../domain/debian/names.ts';
import type { Actor } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { People } from '../../ports/people.ts';
import type { Tell } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { action } from './account-arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';

/** `subscription`: what one wants to be told of by mail. Everybody looks after their own. */
export const subscription = (world: World, people: People, tell: Tell): Command =>
  command({
    name: 'subscription',
    summary: 'Lists, adds and removes what you are told of by mail',
    arguments: {
      action: action(['list', 'add', 'remove'], 'What to do'),
      subscription: wanted('PACKAGE:DISTRIBUTION; what is left out is any (list and remove: all that fit)'),
    },
    privilege: 'login',
    changes: true,
    run: async (given, actor) => {
      const account = actor.name as AccountId;
      const say = await sentences(account, people);
      if (given.action === 'add') return add(account, given.subscription, actor, say, tell);
      const own = [...(world.accounts.get(account)?.subscriptions.values() ?? [])];
      const meant = own.filter((each) => fits(each, given.subscription));
      return given.action === 'list'
        ? right(list(meant, say))
        : remove(account, meant, given.subscription, actor, say, tell);
    },
  });

type Say = (what: Subscription) => string;

/** Subscriptions as people read them. */
const sentences = async (account: AccountId, people: People): Promise<Say> => {
  const login = (await people.byAccount(account))?.login ?? account;
  return ({ package: source, distribution }) =>
    `User '${login}' subscribes to '${source ?? 'any package'}' in '${distribution ?? 'any distribution'}'`;
};

const fits = (own: Subscription, asked: Subscription): boolean =>
  (asked.package === null || asked.package === own.package) &&
  (asked.distribution === null || asked.distribution === own.distribution);

const list = (meant: readonly Subscription[], say: Say): Answer => ({
  json: meant.map((each) => ({ subscription: subscriptionText(each), ...each })),
  plain: meant.length === 0 ? 'no subscriptions\n' : meant.map((each) => `${say(each)}\n`).join(''),
});

const add = async (
  account: AccountId,
  asked: Subscription,
  actor: Actor,
  say: Say,
  tell: Tell,
): Promise<Either<Refusal, Answer>> => {
  const told = await tell({ command: 'AddSubscription', account, ...asked }, because(actor));
  if (isLeft(told)) return told;
  const isNew = told.right.length > 0;
  return right({
    json: { subscription: subscriptionText(asked), added: isNew },
    plain: `${isNew ? 'Added' : 'Exists'}: ${say(asked)}\n`,
  });
};

const remove = async (
  account: AccountId,
  meant: readonly Subscription[],
  asked: Subscription,
  actor: Actor,
  say: Say,
  tell: Tell,
): Promise<Either<Refusal, Answer>> => {
  if (meant.length === 0) {
    return left(
      refusal(
        'no-subscription',
        `No matching subscriptions (${subscriptionText(asked)})`,
        'subscription list shows those you have',
      ),
    );
  }
  for (const each of meant) {
    const told = await tell({ command: 'RemoveSubscription', account, ...each }, because(actor));
    if (isLeft(told)) return told;
  }
  return right({
    json: { removed: meant.map(subscriptionText) },
    plain: meant.map((each) => `Removed: ${say(each)}\n`).join(''),
  });
};

const because = (actor: Actor) => ({ actor, causedBy: undefined, correlation: randomUUID() });

const read = (input: unknown): Subscription | undefined => {
  const [, source, distribution] = /^([^:]*):([^:]*)$/.exec(String(input)) ?? [];
  const isRight =
    (source === '' || SourceName.is(source)) && (distribution === '' || DistributionName.is(distribution));
  if (source === undefined || distribution === undefined || !isRight) return undefined;
  return {
    package: source === '' ? null : (source as SourceName),
    distribution: distribution === '' ? null : (distribution as DistributionName),
  };
};

const wanted = (summary: string): ArgumentOf<Subscription> => ({
  codec: new t.Type<Subscription, string, unknown>(
    'Subscription',
    (input): input is Subscription => typeof input === 'object' && input !== null && 'package' in input,
    (input, context) => {
      const found = read(input);
      return found === undefined
        ? t.failure(input, context, 'Subscription: PACKAGE:DISTRIBUTION, either of which may be left out')
        : t.success(found);
    },
    subscriptionText,
  ),
  positional: true,
  short: undefined,
  fallback: ':',
  summary,
});
