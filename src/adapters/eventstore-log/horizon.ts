import type { Instant } from '../../domain/codec.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { LogState, Position, RecordedEvent } from '../../ports/event-log.ts';
import { isDenied } from './faults.ts';

/** What this process knows of the store: how far it has seen the log, and whether its last call got through. */
export type Horizon = {
  readonly state: () => LogState;
  /** The latest time seen recorded. */
  readonly latest: () => Instant | undefined;
  readonly saw: (event: RecordedEvent) => void;
  readonly reached: () => void;
  readonly missed: (error: unknown) => void;
  /** An append was let in. */
  readonly admitted: () => void;
  /** An append was refused for want of rights: reading may go on, and nothing can be recorded until one is let in. */
  readonly denied: (error: unknown) => void;
  readonly isDenied: () => boolean;
  /** Told once, however often it is met. */
  readonly notice: (text: string) => void;
};

export const horizon = (): Horizon => {
  let head: Position | undefined;
  let latest: Instant | undefined;
  let unreachable: string | undefined = 'The event store has not answered yet';
  let denial: string | undefined;
  const notices = new Set<string>();
  return {
    state: () => {
      const reason = unreachable ?? denial;
      return reason === undefined
        ? { status: 'writable', head, notices: [...notices] }
        : { status: 'unreachable', head, reason };
    },
    latest: () => latest,
    saw: ({ position, recordedAt }) => {
      if (head === undefined || position > head) head = position;
      if (latest === undefined || recordedAt > latest) latest = recordedAt;
    },
    reached: () => {
      unreachable = undefined;
    },
    missed: (error) => {
      unreachable = isDenied(error)
        ? `The event store refuses us (${reasonOf(error)}); check the user, its password, and that it may read and write everything`
        : `The event store does not answer (${reasonOf(error)}); check that it runs and that MINI_BUILDD_LOG names it`;
    },
    admitted: () => {
      denial = undefined;
    },
    denied: (error) => {
      denial = `The event store refuses what we append (${reasonOf(error)}); give its user the right to write`;
    },
    isDenied: () => denial !== undefined,
    notice: (text) => {
      if (notices.size < mostNotices) notices.add(text);
    },
  };
};

const mostNotices = 20;
