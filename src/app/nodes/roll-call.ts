import type { NodeName } from '../../domain/node/events.ts';
import type { RollCall } from '../../ports/roll-call.ts';

/** `takesEvents`: whether the log does, as far as is known here. */
export const rollCall = (now: () => number, takesEvents: () => boolean): RollCall => {
  let since = now();
  const heard = new Map<NodeName, { readonly token: number; readonly at: number }>();
  const reasons = new Map<NodeName, { readonly token: number; readonly reason: string }>();
  return {
    since: () => {
      // A clock that was set back has come this far at least.
      since = takesEvents() ? Math.min(since, now()) : now();
      return since;
    },
    heard: (node, token) => {
      const last = heard.get(node);
      return last?.token === token ? last : undefined;
    },
    // Whoever was replaced may call for a while.
    answered: (node, token, at) => {
      if (token >= (heard.get(node)?.token ?? token)) heard.set(node, { token, at });
      if (token >= (reasons.get(node)?.token ?? token)) reasons.delete(node);
    },
    held: (node, token, reason) => {
      if (token >= (reasons.get(node)?.token ?? token)) reasons.set(node, { token, reason });
    },
    heldBy: (node, token) => {
      const last = reasons.get(node);
      return last?.token === token ? last.reason : undefined;
    },
  };
};
