import type { BuildTimes } from '../../domain/build/events.ts';
import type { Instant } from '../../domain/codec.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import type { Recorded } from '../../projections/recorded.ts';

/** One attempt at a build: who made it and why they, and what came of it. */
export type Attempt = {
  readonly attempt: number;
  readonly builder: string;
  /** Why this builder. */
  readonly because: string | undefined;
  readonly startedAt: Instant;
  readonly ended: Ending | undefined;
};

type Ending = {
  readonly at: Instant;
  readonly word: 'built' | 'failed' | 'skipped' | 'dep-wait' | 'given back' | 'cancelled';
  readonly fact: string | undefined;
  readonly times: BuildTimes | undefined;
};

/** The attempts that a build's events tell of, the first one first. */
export const attemptsOf = (events: readonly Recorded[]): readonly Attempt[] => {
  const attempts: Attempt[] = [];
  let because: string | undefined;
  for (const { event, recordedAt: at } of events) {
    const ended = endingOf(event, at);
    const last = attempts.at(-1);
    if (event.type === 'BuildAssigned') because = event.because;
    if (event.type === 'BuildStarted')
      attempts.push({ attempt: event.attempt, builder: event.builder, because, startedAt: at, ended: undefined });
    if (ended !== undefined && last !== undefined && last.ended === undefined)
      attempts[attempts.length - 1] = { ...last, ended };
  }
  return attempts;
};

const endingOf = (event: DaemonEvent, at: Instant): Ending | undefined => {
  switch (event.type) {
    case 'BuildSucceeded':
      return { at, word: 'built', fact: undefined, times: event.times };
    case 'BuildFailed':
      return { at, word: 'failed', fact: `${event.class} in ${event.stage}: ${event.fact}`, times: event.times };
    case 'BuildSkipped':
      return { at, word: 'skipped', fact: 'nothing is to be built for this architecture', times: undefined };
    case 'BuildDepWaited':
      return { at, word: 'dep-wait', fact: event.fact, times: event.times };
    case 'BuildGivenBack':
    case 'BuildWithdrawn':
    case 'BuildInterrupted':
      return { at, word: 'given back', fact: event.reason, times: undefined };
    case 'BuildCancelled':
      return { at, word: 'cancelled', fact: event.reason, times: undefined };
    default:
      return undefined;
  }
};
