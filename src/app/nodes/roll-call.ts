import type { NodeName } from '../../domain/node/events.ts';
import type { RollCall } from '../../ports/roll-call.ts';

/** `takesEvents`: whether the log does, as far as is known here. */
export const rollCall = (now: () => number, takesEvents: () => boolean): RollCall => {
  let since = now();
  const heard = new Map<NodeName, { readonly token: number; readonly at: number }>();
  return {
    since: () => {
      if (!takesEvents()) since = now();
      return since;
    },
    heard: (node, token) => {
      const last = heard.get(node);
      return last?.token === token ? last.at : undefined;
    },
    // Whoever was replaced may call for a while.
    answered: (node, token, at) => {
      if (token >= (heard.get(node)?.token ?? token)) heard.set(node, { token, at });
    },
  };
};
