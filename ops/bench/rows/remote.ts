import { type Bench, type Figure, onlyShown, type Row, shown } from '../row.ts';
import { send } from '../send.ts';
import { signedUpload, uploader } from '../signed-upload.ts';
import { inTurns, median, type Pairs, timesLonger } from '../turns.ts';
import { type Moment, twoDaemons } from '../two-daemons.ts';

/** What it costs to have something built elsewhere, beside building it here. */
export const remote: Row = {
  name: 'remote',
  about: 'BuildRequested to BuildSucceeded of a build by another instance, over one here; both take no time',
  seconds: 120,
  run: async (bench) => {
    const build = await builds(bench);
    for (let n = 0; n < untilKnown; n += 1) await build('arm64');
    await build('amd64');
    const processor = { ours: [] as number[], theirs: [] as number[] };
    const measured = async (architecture: string, used: number[]): Promise<number> => {
      const { at, processor: milliseconds } = await build(architecture);
      used.push(milliseconds);
      return at;
    };
    const pairs = await inTurns(
      bench,
      10,
      () => measured('arm64', processor.ours),
      () => measured('amd64', processor.theirs),
    );
    return [
      figure('a build of 1 MB of source by another instance on the loopback', pairs),
      figure('the same, processor of both', processor),
    ];
  },
};

/** They look at each other every five seconds: by then each knows where the other one is. */
const untilKnown = 3;

const figure = (what: string, pairs: Pairs): Figure => ({
  what,
  ours: `${shown(median(pairs.ours))} ms, ${shown(median(pairs.ours) - median(pairs.theirs))} ms more`,
  peer: `a build here ${shown(median(pairs.theirs))} ms`,
  ...onlyShown(timesLonger(pairs)),
});

/** Uploads another source for one architecture, and tells what its build took: arm64 is built elsewhere. */
const builds = async (bench: Bench): Promise<(architecture: string) => Promise<Moment>> => {
  const someone = uploader(bench);
  const folder = await bench.folder('remote');
  const daemons = await twoDaemons(folder, someone.keyring);
  bench.atEnd(daemons.stop);
  let uploads = 0;
  return async (architecture) => {
    uploads += 1;
    const upload = await signedUpload(folder, `bench-${uploads}`, someone, architecture);
    await send(daemons.ftpPort, [...upload.files, upload.changes]);
    const requested = await daemons.moment('BuildRequested', upload.source);
    const succeeded = await daemons.moment('BuildSucceeded', upload.source);
    return { at: succeeded.at - requested.at, processor: succeeded.processor - requested.processor };
  };
};
