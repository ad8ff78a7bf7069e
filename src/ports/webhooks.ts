import type { WebhookId } from '../domain/webhook/events.ts';

/** Where a webhook is called, and what its calls are signed with. */
export type WebhookTarget = { readonly url: string; readonly secret: string };

/** Addresses and secrets of webhooks, kept beside the log. What resolved is durable. */
export interface WebhookTargets {
  readonly put: (webhook: WebhookId, target: WebhookTarget) => Promise<void>;
  readonly get: (webhook: WebhookId) => Promise<WebhookTarget | undefined>;
  /** Nobody there is no fault. */
  readonly drop: (webhook: WebhookId) => Promise<void>;
}

/** One call. The same `id` is the same message: who is called twice can tell. */
export type WebhookCall = { readonly target: WebhookTarget; readonly id: string; readonly body: string };

/**
 * Calls programs elsewhere by HTTP, never an address of a private network unless that host is allowed by name, and follows no redirect. Resolves when
 * the other side took the call; rejects with `CallFailed`.
 */
export interface WebhookCaller {
  readonly call: (call: WebhookCall) => Promise<void>;
}

/** Why a call was not taken. The message holds no path and no secret, so it may be put on record. */
export class CallFailed extends Error {}
