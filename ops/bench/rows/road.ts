import { realBuilds } from '../real-builds.ts';
import { atMost, type Row, shown } from '../row.ts';
import { median, timesLonger } from '../turns.ts';

/** Everything between a maintainer and a user of apt. */
export const road: Row = {
  name: 'road',
  about: 'first byte of an upload to visible to apt, over sbuild and reprepro include by hand',
  prepare: realBuilds,
  run: async (bench) => {
    const builds = await realBuilds(bench);
    const pairs = {
      ours: builds.map((build) => build.road),
      theirs: builds.map((build) => build.roadByHand),
    };
    return [
      {
        what: `small package, ${builds.length} times`,
        ours: `${shown(median(pairs.ours))} ms`,
        peer: `sbuild + reprepro include ${shown(median(pairs.theirs))} ms`,
        ...atMost(1.1, timesLonger(pairs)),
      },
    ];
  },
};
