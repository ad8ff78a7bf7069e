import { left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { AccountId } from '../../domain/account/events.ts';
import { type Subscription, subscriptionText } from '../../domain/account/subscription.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { SourceName } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { People } from '../../ports/people.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { endingOfSubscriptions } from '../endings/ending-of-notices.ts';
import { action } from './account-arguments.ts';
import type { ArgumentOf, Command } from './command.ts';
import { changingCommand, type Planned, saying } from './deed.ts';

/** `subscription`: what one wants to be told of by mail. Everybody looks after their own. */
export const subscription = (world: World, people: People, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'subscription',
    summary: 'Lists, adds and removes what you are told of by mail',
    arguments: {
      action: action(['list', 'add', 'remove'], 'What to do'),
      subscription: wanted('PACKAGE:DISTRIBUTION; what is left out is any (list and remove: all that fit)'),
    },
    privilege: 'login',
    plan: async (given, actor) => {
      const account = actor.name as AccountId;
      const say = await sentences(account, people);
      if (given.action === 'add') return add(account, given.subscription, say);
      const own = [...(world.accounts.get(account)?.subscriptions.values() ?? [])];
      const meant = own.filter((each) => fits(each, given.subscription));
      return given.action === 'list'
        ? right(list(meant, say))
        : remove(account, { own, meant }, given.subscription, say, world);
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

const add = (account: AccountId, asked: Subscription, say: Say): Planned =>
  right(
    saying([{ command: 'AddSubscription', account, ...asked }], (said, isDone) => {
      const isNew = said.length > 0;
      const word = isNew ? (isDone ? 'Added' : 'Would be added') : 'Exists';
      return {
        json: { subscription: subscriptionText(asked), added: isDone && isNew },
        plain: `${word}: ${say(asked)}\n`,
      };
    }),
  );

const remove = (
  account: AccountId,
  { own, meant }: { readonly own: readonly Subscription[]; readonly meant: readonly Subscription[] },
  asked: Subscription,
  say: Say,
  { notices }: World,
): Planned =>
  meant.length === 0
    ? left(
        refusal(
          'no-subscription',
          `No matching subscriptions (${subscriptionText(asked)})`,
          'subscription list shows those you have',
        ),
      )
    : right(
        saying(
          meant.map((each) => ({ command: 'RemoveSubscription', account, ...each })),
          (_, isDone) => ({
            json: { removed: meant.map(subscriptionText) },
            plain: meant.map((each) => `${isDone ? 'Removed' : 'Would be removed'}: ${say(each)}\n`).join(''),
            ends: isDone ? undefined : endingOfSubscriptions(account, { own, meant }, notices),
          }),
        ),
      );

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
        ? t.failure(input, context, 'PACKAGE:DISTRIBUTION, either of which may be left out')
        : t.success(found);
    },
    subscriptionText,
  ),
  positional: true,
  short: undefined,
  fallback: ':',
  summary,
});
