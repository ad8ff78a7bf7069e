import type { AccountId } from '../domain/account/events.ts';
import { subscriptionText } from '../domain/account/subscription.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { SourceName } from '../domain/debian/names.ts';
import type { Accounts } from './accounts.ts';
import type { Recorded } from './recorded.ts';

/** Who wants to be told of what, by `PACKAGE:DISTRIBUTION`: found without looking at everybody. Folded in place. */
export type Subscribers = Map<string, Set<AccountId>>;

export const noSubscribers = (): Subscribers => new Map();

export const foldSubscribers = (subscribers: Subscribers, { event }: Recorded): void => {
  if (event.type === 'SubscriptionAdded') {
    const key = subscriptionText(event);
    subscribers.set(key, (subscribers.get(key) ?? new Set()).add(event.account));
  }
  if (event.type === 'SubscriptionRemoved') subscribers.get(subscriptionText(event))?.delete(event.account);
};

/** Accounts in use that want to be told of this. Of who was erased only the id is left, which is in use no more. */
export const subscribersOf = (
  subscribers: Subscribers,
  accounts: Accounts,
  source: SourceName,
  distribution: DistributionName | undefined,
): readonly AccountId[] => {
  const wishes = [source, null].flatMap((package_) =>
    [distribution ?? null, null].map((where) => subscriptionText({ package: package_, distribution: where })),
  );
  const found = new Set(wishes.flatMap((wish) => [...(subscribers.get(wish) ?? [])]));
  return [...found].filter((account) => accounts.get(account)?.status === 'active');
};
