import { right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { WebhookAdded, WebhookEvent, WebhookId } from './events.ts';

/** Added once, removed once: another address is another webhook. */
export type Webhook = { readonly status: 'absent' | 'added' | 'removed' };

export type WebhookCommand =
  | { readonly command: 'AddWebhook'; readonly added: WebhookAdded }
  | { readonly command: 'RemoveWebhook'; readonly webhook: WebhookId };

export const webhookDecider: Decider<Webhook, WebhookCommand, WebhookEvent, never> = {
  initial: { status: 'absent' },
  evolve: (_, event) => ({ status: event.type === 'WebhookAdded' ? 'added' : 'removed' }),
  decide: (command, { status }) => {
    switch (command.command) {
      case 'AddWebhook':
        return right(status === 'absent' ? [command.added] : []);
      case 'RemoveWebhook':
        return right(status === 'added' ? [{ type: 'WebhookRemoved', webhook: command.webhook }] : []);
    }
  },
};
