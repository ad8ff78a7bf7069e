import { describe, it } from 'node:test';
import { type AccountCommand, accountDecider } from '../../../src/domain/account/account.ts';
import type { AccountEvent } from '../../../src/domain/account/events.ts';
import { activated, disabled, enabled, erased, oscar, registered } from '../../support/account-examples.ts';
import { hello, source, unstable } from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(accountDecider);

const wish = { account: oscar, package: hello, distribution: null };
const subscribe: AccountCommand = { command: 'AddSubscription', ...wish };
const unsubscribe: AccountCommand = { command: 'RemoveSubscription', ...wish };
const added: AccountEvent = { type: 'SubscriptionAdded', ...wish };
const removed: AccountEvent = { type: 'SubscriptionRemoved', ...wish };

describe('A subscription', () => {
  it('is added and removed, each once', () => {
    given(registered, activated).when(subscribe).thenSaid(added);
    given(registered, activated, added).when(subscribe).thenNothing();
    given(registered, activated, added).when(unsubscribe).thenSaid(removed);
    given(registered, activated, added, removed).when(unsubscribe).thenNothing();
    given(registered, activated, added, removed).when(subscribe).thenSaid(added);
  });

  it('of a package is another than that of the package in one distribution', () => {
    given(registered, activated, added)
      .when({ ...subscribe, distribution: unstable })
      .thenSaid({ ...added, distribution: unstable });
    given(registered, activated, added)
      .when({ ...unsubscribe, distribution: unstable })
      .thenNothing();
  });

  it('is added to an account in use alone', () => {
    given().when(subscribe).thenRefused('no-account');
    given(registered).when(subscribe).thenRefused('account-inactive');
    given(registered, activated, disabled).when(subscribe).thenRefused('account-disabled');
    given(registered, activated, disabled, erased).when(subscribe).thenRefused('no-account');
  });

  it('outlives that its account is disabled for a while, and may be removed meanwhile', () => {
    given(registered, activated, added, disabled, enabled).when(subscribe).thenNothing();
    given(registered, activated, added, disabled).when(unsubscribe).thenSaid(removed);
  });

  it('is one of so many that an event can be held against all', () => {
    const many = Array.from({ length: 500 }, (_, n): AccountEvent => ({ ...added, package: source(`hello${n}`) }));
    given(registered, activated, ...many)
      .when(subscribe)
      .thenRefused('too-many-subscriptions');
    given(registered, activated, ...many.slice(1))
      .when(subscribe)
      .thenSaid(added);
  });
});
