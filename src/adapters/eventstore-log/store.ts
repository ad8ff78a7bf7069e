import type { EventStoreDBClient } from '@eventstore/db-client';
import type { Instant } from '../../domain/codec.ts';
import type { Horizon } from './horizon.ts';

/** One log's dealings with its store. */
export type Store = {
  readonly client: EventStoreDBClient;
  /** Resolves when the client has found a server to speak to. */
  readonly ready: () => Promise<void>;
  readonly patience: Patience;
  readonly horizon: Horizon;
  /** When what is appended was recorded elsewhere; without it the store says the time. */
  readonly recordedAt?: (() => Instant | undefined) | undefined;
  /** Aborted when the log closes and no append is under way any more. */
  readonly closing: AbortSignal;
};

/** How long we wait for the store; all in milliseconds. */
export type Patience = {
  /** For one answer, or between two parts of it. */
  readonly answerWithin: number;
  /** Before an outcome is left unknown. */
  readonly giveUpAfter: number;
  /** Before the first repeat; each further wait is twice as long. */
  readonly firstWait: number;
  readonly longestWait: number;
};
