import type { AccountId } from '../../domain/account/events.ts';
import { type Subscription, subscriptionText, subscriptionWords } from '../../domain/account/subscription.ts';
import { type Recipient, recipientKey } from '../../domain/notification/events.ts';
import type { WebhookId } from '../../domain/webhook/events.ts';
import type { Ending } from '../../ports/api.ts';
import type { Notice } from '../../projections/notice.ts';
import type { Notices } from '../../projections/notices.ts';
import type { World } from '../../projections/world.ts';
import { counted, ifAny, some } from './words.ts';

/** What somebody, or a program, has not been told yet. */
export const owedTo = (to: Recipient, { owed }: Notices): readonly Notice[] =>
  [...owed.values()].filter(({ open }) => open.has(recipientKey(to))).map(({ notice }) => notice);

/** What removing subscriptions puts an end to. */
export const endingOfSubscriptions = (
  account: AccountId,
  { own, meant }: { readonly own: readonly Subscription[]; readonly meant: readonly Subscription[] },
  notices: Notices,
): Ending => {
  const others = own.length - meant.length;
  return {
    goes: some(meant.map((each) => `The subscription ${subscriptionText(each)}.`)),
    depends: owedTo({ reason: 'subscription', account }, notices).map(
      (notice) => `The mail about ${inWords(notice)} waits, and is sent all the same.`,
    ),
    stays: ['Mails about your own uploads.', ...ifAny(others, `${counted(others, 'other subscription')}.`)],
  };
};

/** What removing a webhook puts an end to; also of one of which only the secret is left. */
export const endingOfWebhook = (id: WebhookId, { webhooks, notices }: World): Ending => {
  const known = webhooks.get(id);
  const others = webhooks.size - (known === undefined ? 0 : 1);
  return {
    goes: [
      known === undefined
        ? `The secret of the webhook ${id}.`
        : `The webhook ${id}: ${known.host} is told no more of ${subscriptionWords(known.wanted)}. Its address and its secret.`,
    ],
    depends: some(
      owedTo({ reason: 'webhook', webhook: id }, notices).map(
        (notice) => `The call about ${inWords(notice)} waits, and is not made.`,
      ),
    ),
    stays: ['What it was told before.', ...ifAny(others, `${counted(others, 'other webhook')}.`)],
  };
};

const inWords = ({ kind, source, version, distribution }: Notice): string =>
  [source, version, kind, distribution].filter((word) => word !== undefined && word !== '').join(' ');
