import type { Ending } from '../../ports/api.ts';
import type { BuildStory } from '../../projections/build-queue.ts';
import { buildInWords } from './ending-of-builds.ts';
import { some } from './words.ts';

/** What removing a node puts an end to. */
export const endingOfNode = (node: string, builds: readonly BuildStory[]): Ending => ({
  goes: [`${node}, and its secret: it fetches no file, and is given nothing.`],
  depends: some(builds.map((build) => `${buildInWords(build)} is taken back from it, and built elsewhere.`)),
  stays: ['What it built before.', 'Its history. Added again, it gets another secret.'],
});
