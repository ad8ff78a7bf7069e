import type { WebhookId } from '../../src/domain/webhook/events.ts';
import {
  CallFailed,
  type WebhookCall,
  type WebhookCaller,
  type WebhookTarget,
  type WebhookTargets,
} from '../../src/ports/webhooks.ts';

export const memoryTargets = (): WebhookTargets => {
  const targets = new Map<WebhookId, WebhookTarget>();
  return {
    put: async (webhook, target) => void targets.set(webhook, target),
    get: async (webhook) => targets.get(webhook),
    drop: async (webhook) => void targets.delete(webhook),
  };
};

export type FakeCaller = WebhookCaller & {
  readonly taken: readonly WebhookCall[];
  /** From now on nothing is taken, for this reason; without one everything is again. */
  readonly fail: (fact?: string) => void;
};

/** The other side, which keeps what it takes. */
export const fakeCaller = (): FakeCaller => {
  const taken: WebhookCall[] = [];
  let failure: string | undefined;
  return {
    taken,
    fail: (fact) => {
      failure = fact;
    },
    call: async (call) => {
      if (failure !== undefined) throw new CallFailed(failure);
      taken.push(call);
    },
  };
};
