import type { NodeName } from '../../domain/node/events.ts';
import type { RollCall } from '../../ports/roll-call.ts';

export const rollCall = (since: number): RollCall => {
  const heard = new Map<NodeName, { readonly token: number; readonly at: number }>();
  return {
    since,
    heard: (node, token) => {
      const last = heard.get(node);
      return last?.token === token ? last.at : undefined;
    },
    // Whoever was replaced may call for a while.
    answered: (node, token, now) => {
      if (token >= (heard.get(node)?.token ?? token)) heard.set(node, { token, at: now });
    },
  };
};
