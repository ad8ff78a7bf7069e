import { hookOf } from '../../domain/webhook/address.ts';
import type { WebhookCaller } from '../../ports/webhooks.ts';

/** Programs of this host are run, all others are called by HTTP. */
export const callerByAddress = (elsewhere: WebhookCaller, here: WebhookCaller): WebhookCaller => ({
  call: (call) => (hookOf(call.target.url) === undefined ? elsewhere : here).call(call),
});
