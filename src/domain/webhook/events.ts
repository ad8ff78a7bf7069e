import * as t from 'io-ts';
import { text } from '../codec.ts';
import { DistributionName } from '../debian/distribution.ts';
import { SourceName } from '../debian/names.ts';

/** Names a webhook, and calls nothing. */
export const WebhookId = text('WebhookId', /^[0-9a-f]{16}$/, '16 hexadecimal digits');
export type WebhookId = t.TypeOf<typeof WebhookId>;

/** A program elsewhere wants to be told. Address and secret stand beside the log; here is only at which host it is, and of what it is told (`null`: any). */
export const WebhookAdded = t.strict(
  {
    type: t.literal('WebhookAdded'),
    webhook: WebhookId,
    host: t.string,
    package: t.union([SourceName, t.null]),
    distribution: t.union([DistributionName, t.null]),
  },
  'WebhookAdded',
);
export type WebhookAdded = t.TypeOf<typeof WebhookAdded>;

export const WebhookRemoved = t.strict({ type: t.literal('WebhookRemoved'), webhook: WebhookId }, 'WebhookRemoved');
export type WebhookRemoved = t.TypeOf<typeof WebhookRemoved>;

export type WebhookEvent = WebhookAdded | WebhookRemoved;
