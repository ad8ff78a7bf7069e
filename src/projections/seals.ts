import { signersOf } from '../domain/archive-key/archive-keys.ts';
import type { Instant } from '../domain/codec.ts';
import type { Configuration } from '../domain/configuration/configuration.ts';
import type { LogSealed } from '../domain/seal/events.ts';
import type { Position } from '../ports/event-log.ts';
import type { Recorded } from './recorded.ts';

/** How far the log is sealed. Folded in place: ask, do not keep. */
export type Seals = {
  last: { readonly sealed: LogSealed; readonly position: Position } | undefined;
  /** When the first event came that no seal stands for; a seal alone needs no other. */
  unsealedSince: Instant | undefined;
};

/** What of the world is asked. */
type Sealable = { readonly seals: Seals; readonly configuration: Configuration };

export const noSeals = (): Seals => ({ last: undefined, unsealedSince: undefined });

/** `place`: that of the event in the log, counted from 1. */
export const foldSeals = (seals: Seals, { event, position, recordedAt }: Recorded, place: number): void => {
  if (event.type === 'LogSealed') {
    seals.last = { sealed: event, position };
    seals.unsealedSince = event.last + 1 < place ? recordedAt : undefined;
  } else {
    seals.unsealedSince ??= recordedAt;
  }
};

const hourInMs = 3_600_000;

/** The log grew, and the last seal is an hour old; or it is of a time that our clock does not know yet, since it was set back. */
export const isSealDue = (world: Sealable, now: number): boolean =>
  canBeSealed(world) && isOld(world.seals, now, hourInMs);

/** Nobody would have had to wait so long. */
export const isSealOverdue = (world: Sealable, now: number): boolean => isOld(world.seals, now, 3 * hourInMs);

/** Whether there is something to seal, and somebody who signs it. */
export const canBeSealed = ({ seals, configuration }: Sealable): boolean =>
  seals.unsealedSince !== undefined && configuration.instance !== undefined && signersOf(configuration).length > 0;

export const nextSeal = ({ last }: Seals): number => (last?.sealed.seal ?? 0) + 1;

/** The time of a seal is that of our clock, while recorded times never go back: so a clock that is put right seals at once. */
const isOld = ({ last, unsealedSince }: Seals, now: number, bound: number): boolean =>
  unsealedSince !== undefined && Math.abs(now - Date.parse(last?.sealed.sealedAt ?? unsealedSince)) >= bound;
