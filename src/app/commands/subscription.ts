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
    summary: 'Lists, adds, changes and removes what you are told of by mail',
    arguments: {
      action: action(['list', 'add', 'change', 'remove'], 'What to do'),
      subscription: wanted('PACKAGE:DISTRIBUTION; what is left out is any (list and remove: all that fit)'),
      to: becomes,
    },
    privilege: 'login',
    plan: async (given, actor) => {
      const account = actor.name as AccountId;
      const say = await sentences(account, people);
      if (given.action === 'add') return add(account, given.subscription, say);
      if (given.action === 'change') return change(account, given, { say, world });
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
    saying(undefined, [{ command: 'AddSubscription', account, ...asked }], (said, isDone) => {
      const isNew = said.length > 0;
      const word = isNew ? (isDone ? 'Added' : 'Would be added') : 'Exists';
      return {
        json: { subscription: subscriptionText(asked), added: isDone && isNew },
        plain: `${word}: ${say(asked)}\n`,
      };
    }),
  );

/** The new one comes first: whatever happens in between, nothing is missed. */
const change = (
  account: AccountId,
  { subscription: from, to }: { readonly subscription: Subscription; readonly to: Subscription | undefined },
  { say, world }: { readonly say: Say; readonly world: World },
): Planned => {
  if (to === undefined) return left(becomesNothing);
  const own = [...(world.accounts.get(account)?.subscriptions.values() ?? [])];
  const meant = own.filter((each) => subscriptionText(each) === subscriptionText(from));
  if (meant.length === 0) return left(noSuch(from));
  const isSame = subscriptionText(from) === subscriptionText(to);
  const says = isSame
    ? []
    : [
        { command: 'AddSubscription' as const, account, ...to },
        { command: 'RemoveSubscription' as const, account, ...from },
      ];
  return right(
    saying(own.map(subscriptionText), says, (_, isDone) => ({
      json: { subscription: subscriptionText(to), changed: isDone && !isSame },
      plain: isSame
        ? `Exists: ${say(to)}\n`
        : `${isDone ? 'Added' : 'Would be added'}: ${say(to)}\n${isDone ? 'Removed' : 'Would be removed'}: ${say(from)}\n`,
      ends: isDone || isSame ? undefined : endingOfSubscriptions(account, { own, meant }, world.notices),
    })),
  );
};

const becomesNothing = refusal(
  'bad-argument',
  'nothing is said of what it is to become',
  'say it as --to=PACKAGE:DISTRIBUTION, or remove it',
);

const noSuch = (asked: Subscription) =>
  refusal(
    'no-subscription',
    `No matching subscriptions (${subscriptionText(asked)})`,
    'subscription list shows those you have',
  );

const remove = (
  account: AccountId,
  { own, meant }: { readonly own: readonly Subscription[]; readonly meant: readonly Subscription[] },
  asked: Subscription,
  say: Say,
  { notices }: World,
): Planned =>
  meant.length === 0
    ? left(noSuch(asked))
    : right(
        saying(
          meant.map(subscriptionText),
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

const becomes: ArgumentOf<Subscription | undefined> = {
  codec: new t.Type<Subscription | undefined, string, unknown>(
    'MaybeSubscription',
    (input): input is Subscription | undefined => input === undefined || typeof input === 'object',
    (input, context) => (input === '' ? t.success(undefined) : wanted('').codec.validate(input, context)),
    (value) => (value === undefined ? '' : subscriptionText(value)),
  ),
  positional: false,
  short: 't',
  fallback: '',
  summary: 'With change: PACKAGE:DISTRIBUTION that it becomes',
  with: ['change'],
};
