import { isMeant, type Subscription } from '../domain/account/subscription.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { SourceName } from '../domain/debian/names.ts';
import type { WebhookId } from '../domain/webhook/events.ts';
import type { Recorded } from './recorded.ts';

/** Programs elsewhere that are told. Folded in place. */
export type Webhooks = Map<WebhookId, { readonly host: string; readonly wanted: Subscription }>;

export const noWebhooks = (): Webhooks => new Map();

export const foldWebhooks = (webhooks: Webhooks, { event }: Recorded): void => {
  if (event.type === 'WebhookAdded') {
    const { webhook, host, package: source, distribution } = event;
    webhooks.set(webhook, { host, wanted: { package: source, distribution } });
  }
  if (event.type === 'WebhookRemoved') webhooks.delete(event.webhook);
};

/** Those that want to be told of this. */
export const webhooksFor = (
  webhooks: Webhooks,
  source: SourceName,
  distribution: DistributionName | undefined,
): readonly WebhookId[] =>
  [...webhooks].flatMap(([webhook, { wanted }]) => (isMeant(wanted, source, distribution) ? [webhook] : []));
