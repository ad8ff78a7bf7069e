import { realBuilds } from '../real-builds.ts';
import { atMost, type Row, Skipped, shown } from '../row.ts';
import { door } from '../signed-uploads.ts';
import { median } from '../turns.ts';

const rounds = 15;

/** How long an idle builder stays idle although there is something to build. */
export const start: Row = {
  name: 'start',
  about: 'UploadAccepted to sbuild running, on an idle builder',
  prepare: (bench) => Promise.all([door(bench), orSkipped(realBuilds(bench))]),
  run: async (bench) => {
    const { next } = await door(bench);
    const times: number[] = [];
    for (let n = 0; n < rounds && Date.now() < bench.until(); n += 1) {
      const { accepted, begun } = await next();
      times.push(begun - accepted);
    }
    const builder = {
      what: 'until the builder is called',
      ours: `${shown(median(times))} ms`,
      peer: `${times.length} times`,
      ...atMost(100, median(times), 'ms'),
    };
    const builds = await orSkipped(realBuilds(bench));
    if (builds === undefined) return [builder];
    const started = builds.map((build) => build.toSbuild).filter(Number.isFinite);
    return [
      builder,
      {
        what: 'until the process of sbuild starts',
        ours: `${shown(median(started))} ms`,
        peer: `${started.length} times`,
        ...atMost(100, median(started), 'ms'),
      },
    ];
  },
};

/** Without root the first half of the answer stands alone. */
const orSkipped = async <A>(work: Promise<A>): Promise<A | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Skipped) return undefined;
    throw error;
  }
};
