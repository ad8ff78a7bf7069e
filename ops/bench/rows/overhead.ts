import { realBuilds } from '../real-builds.ts';
import { type Figure, type Row, shown } from '../row.ts';
import { median } from '../turns.ts';

/** What an attempt costs beside sbuild: shutting it in, its log, its products. */
export const overhead: Row = {
  name: 'overhead',
  about: 'BuildStarted to BuildSucceeded, over the same sbuild command by hand',
  prepare: realBuilds,
  run: async (bench) => {
    const builds = await realBuilds(bench);
    const more = median(builds.map(({ attempt, sbuildByHand }) => attempt - sbuildByHand));
    const byHand = median(builds.map(({ sbuildByHand }) => sbuildByHand));
    return [
      {
        what: `small package, ${builds.length} times`,
        ours: `${shown(median(builds.map(({ attempt }) => attempt)))} ms`,
        peer: `sbuild ${shown(byHand)} ms`,
        value: `${more < 0 ? '' : '+'}${shown(more)} ms (${shown((100 * more) / byHand)} %)`,
        bound: '≤ 150 ms or 2 %',
        isMet: more <= 150 || more <= 0.02 * byHand,
      } satisfies Figure,
    ];
  },
};
