import type { Either } from 'fp-ts/lib/Either.js';
import type { DaemonCommand } from '../domain/command.ts';
import type { Actor, EventId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RecordedEvent } from './event-log.ts';

/** Who wants it, which event made it necessary, and the upload or command that started it all. */
export type Because = {
  readonly actor: Actor;
  readonly causedBy: EventId | undefined;
  readonly correlation: string;
};

/**
 * Speaks a command. `right` holds the events it led to (none when all was said before), durable and folded; `left` why it
 * was refused. Rejects when the log cannot say what became of it: tell again.
 */
export type Tell = (command: DaemonCommand, because: Because) => Promise<Either<Refusal, readonly RecordedEvent[]>>;

/**
 * Speaks, and rehearses: each rehearsal is a `Tell` that decides as the real one does, sees what it said before, and leaves nothing
 * behind. Positions and times of its events mean nothing.
 */
export type Voice = {
  readonly tell: Tell;
  readonly rehearsal: () => Tell;
  /**
   * To be called right before an effect that comes before the first word: throws when something else was said since the plan was compared.
   * From then on the deed has begun, and no word of it comes too late.
   */
  readonly begin?: () => void;
};

/** A duty's own voice. */
export const duty = (name: string, correlation: string, causedBy?: EventId): Because => ({
  actor: { kind: 'duty', name },
  causedBy,
  correlation,
});
