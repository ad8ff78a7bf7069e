import type { Instant } from '../../../domain/codec.ts';

/** One attempt: who made it and why they, and what came of it. */
export type BuildAttempt = {
  readonly attempt: number;
  readonly builder: string;
  readonly because: string | undefined;
  readonly startedAt: Instant;
  readonly ended:
    | {
        readonly at: Instant;
        readonly word: 'built' | 'failed' | 'skipped' | 'dep-wait' | 'given back' | 'cancelled';
        readonly fact: string | undefined;
        /** Seconds; 0 where it is not known. */
        readonly times: { readonly install: number; readonly build: number; readonly total: number } | undefined;
      }
    | undefined;
};
