import type { Outcome } from '../domain/build/build.ts';
import { instant } from '../domain/codec.ts';
import type { BuildOrder, BuildResult } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';

/** How long a build waits for dependencies before it has failed. */
const longestDepWaitMs = 14 * 86_400_000;

/** What a build's result is on record, wherever it was built. */
export const outcomeOf = (
  { build, attempt }: Pick<BuildOrder, 'build' | 'attempt'>,
  result: BuildResult,
  clock: Clock,
): Outcome => {
  switch (result.outcome) {
    case 'succeeded': {
      const { binaries, records, log, times } = result;
      return { type: 'BuildSucceeded', build, attempt, binaries, records, log, times };
    }
    case 'skipped':
      return { type: 'BuildSkipped', build, attempt, log: result.log };
    case 'dep-wait': {
      const { missing: waitsFor, fact, log, times } = result;
      const until = instant(clock.now() + longestDepWaitMs);
      return { type: 'BuildDepWaited', build, attempt, waitsFor, until, fact, log, times };
    }
    case 'failed': {
      const { class: kind, stage, fact, log, times } = result;
      return { type: 'BuildFailed', build, attempt, class: kind, stage, fact, log, times };
    }
  }
};
