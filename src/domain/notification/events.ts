import * as t from 'io-ts';
import { AccountId } from '../account/events.ts';
import { EventId } from '../ids.ts';
import { WebhookId } from '../webhook/events.ts';

/**
 * Who is told, and why. Accounts by their id; who made an upload and who maintains its package by what they are to it, since
 * their addresses stand in the `.changes` alone. Programs by the id of their webhook.
 */
export const Recipient = t.union(
  [
    t.strict({
      reason: t.keyof({
        instance: null,
        repository: null,
        uploader: null,
        subscription: null,
        administrator: null,
        'key-owner': null,
        asker: null,
      }),
      account: AccountId,
    }),
    t.strict({ reason: t.keyof({ 'changed-by': null, maintainer: null }) }),
    t.strict({ reason: t.literal('webhook'), webhook: WebhookId }),
  ],
  'Recipient',
);
export type Recipient = t.TypeOf<typeof Recipient>;

/** They were told of the event `about`: whoever took the message answers for it from here. */
export const NotificationSent = t.strict(
  { type: t.literal('NotificationSent'), about: EventId, to: Recipient },
  'NotificationSent',
);
export type NotificationSent = t.TypeOf<typeof NotificationSent>;

/** They are not told: they have no address, may not be written to, or were told for another reason. */
export const NotificationSkipped = t.strict(
  { type: t.literal('NotificationSkipped'), about: EventId, to: Recipient, fact: t.string },
  'NotificationSkipped',
);
export type NotificationSkipped = t.TypeOf<typeof NotificationSkipped>;

/** Something keeps messages from being taken; they are tried again. Said once for all that suffer from the same. */
export const NotificationDelayed = t.strict(
  { type: t.literal('NotificationDelayed'), about: EventId, to: Recipient, fact: t.string },
  'NotificationDelayed',
);
export type NotificationDelayed = t.TypeOf<typeof NotificationDelayed>;

/** Given up. */
export const NotificationFailed = t.strict(
  { type: t.literal('NotificationFailed'), about: EventId, to: Recipient, fact: t.string },
  'NotificationFailed',
);
export type NotificationFailed = t.TypeOf<typeof NotificationFailed>;

export type NotificationEvent = NotificationSent | NotificationSkipped | NotificationDelayed | NotificationFailed;

/** What tells recipients of one event apart. */
export const recipientKey = (to: Recipient): string => {
  if ('account' in to) return to.account;
  return 'webhook' in to ? `webhook-${to.webhook}` : to.reason;
};

/** Recipients that are written to; the others are called. */
export type Reader = Exclude<Recipient, { reason: 'webhook' }>;

export const isReader = (to: Recipient): to is Reader => to.reason !== 'webhook';
