import { countsInWords } from '../../domain/check/findings.ts';
import type { BuildId } from '../../domain/ids.ts';
import { checkAnswer } from '../../projections/check-results.ts';
import { checksOfBuild } from '../../projections/checks.ts';
import type { World } from '../../projections/world.ts';

/** What the checks of one build came to, as far as they are remembered: for badges that lead to their logs. */
export const checkResults = (world: World, build: BuildId) =>
  checksOfBuild(world.checks, build).map((check) => {
    const { tool, status, because, counts, log } = checkAnswer(check, world);
    const found = counts === null ? undefined : countsInWords(counts).join(', ');
    return { tool: tool as string, state: status, note: because ?? found, log: log?.path };
  });
