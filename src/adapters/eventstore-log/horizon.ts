import type { Instant } from '../../domain/codec.ts';
import type { LogState, Position, RecordedEvent } from '../../ports/event-log.ts';

/** What this process knows of the store: how far it has seen the log, and whether its last call got through. */
export type Horizon = {
  readonly state: () => LogState;
  /** The latest time seen recorded. */
  readonly latest: () => Instant | undefined;
  readonly saw: (event: RecordedEvent) => void;
  readonly reached: () => void;
  readonly missed: (reason: string) => void;
  /** Told once, however often it is met. */
  readonly notice: (text: string) => void;
};

export const horizon = (): Horizon => {
  let head: Position | undefined;
  let latest: Instant | undefined;
  let unreachable: string | undefined = 'The event store has not answered yet';
  const notices = new Set<string>();
  return {
    state: () =>
      unreachable === undefined
        ? { status: 'writable', head, notices: [...notices] }
        : { status: 'unreachable', head, reason: unreachable },
    latest: () => latest,
    saw: ({ position, recordedAt }) => {
      if (head === undefined || position > head) head = position;
      if (latest === undefined || recordedAt > latest) latest = recordedAt;
    },
    reached: () => {
      unreachable = undefined;
    },
    missed: (reason) => {
      unreachable = `The event store does not answer (${reason}); check that it runs and that MINI_BUILDD_LOG names it`;
    },
    notice: (text) => {
      if (notices.size < mostNotices) notices.add(text);
    },
  };
};

const mostNotices = 20;
