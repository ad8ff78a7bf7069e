import type { Position as StorePosition } from '@eventstore/db-client';
import type { Position } from '../../ports/event-log.ts';

/** The commit position in twenty digits, as many as 2⁶⁴ has, so that order is string order. */
export const position = (commit: bigint): Position => commit.toString().padStart(20, '0') as Position;

/** The other way: what is written over gRPC is its own commit, so prepare and commit position are one. */
export const storePosition = (position: Position): StorePosition => {
  const commit = BigInt(position);
  return { commit, prepare: commit };
};
