import type { LiveLog } from './builder.ts';

/** A log that somebody here writes and others look into meanwhile. */
export type WrittenLog = {
  readonly write: (bytes: Buffer) => Promise<void>;
  /** No more is written. Followers end. */
  readonly close: () => Promise<void>;
  readonly live: LiveLog;
  readonly remove: () => Promise<void>;
};

/** Opens a log of that name, empty, in a folder that may vanish. Bounded: of what is too long the middle is left out. */
export type OpenWrittenLog = (name: string) => Promise<WrittenLog>;
