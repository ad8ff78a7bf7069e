import type { Either } from 'fp-ts/lib/Either.js';
import type { Refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { World } from '../../projections/world.ts';
import type { HeldThen } from '../snapshots/past-states.ts';
import type { PastStatesByTime } from '../snapshots/snapshots.ts';

export type SnapshotParts = {
  readonly world: World;
  readonly past: PastStatesByTime;
  readonly heldThen: HeldThen;
  /** That in which retention decides what goes, and says it. */
  readonly inTurn: InTurn;
  readonly now: () => number;
};

export type Told = Promise<Either<Refusal, Answer>>;
