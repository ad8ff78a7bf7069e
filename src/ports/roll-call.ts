import type { NodeName } from '../domain/node/events.ts';

/** Which nodes said that they live, and when last, as long as this life lasts. The log only holds what came of it. */
export interface RollCall {
  /** When this life began to listen, or was last seen without its log, away from which nodes do not call either; milliseconds. */
  readonly since: () => number;
  /** When the process that holds `token` was heard last; `undefined` when it was not. */
  readonly heard: (node: NodeName, token: number) => { readonly at: number } | undefined;
  readonly answered: (node: NodeName, token: number, now: number) => void;
  /** The process that holds `token` lives, and can record nothing, for this reason: it counts as silent. */
  readonly held: (node: NodeName, token: number, reason: string) => void;
  /** Why it said last that it can record nothing; `undefined` when it has said that it lives since, or nothing at all. */
  readonly heldBy: (node: NodeName, token: number) => string | undefined;
}
