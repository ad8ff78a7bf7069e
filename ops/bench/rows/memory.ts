import { run } from '../../../test/system/support/programs.ts';
import { longLog } from '../long-log.ts';
import { atMost, type Bench, type Row, shown } from '../row.ts';
import { environment, program, serving } from '../serving.ts';
import { binariesEach, sources } from '../stories.ts';

/** What is garbage after the start is gone by then. */
const settling = 10_000;

/** What a daemon at rest holds of the machine's memory. */
export const memory: Row = {
  name: 'memory',
  about: 'resident memory of `serve` at rest, on a new instance and with 1,000,000 events',
  seconds: 150,
  prepare: longLog,
  run: async (bench) => {
    const empty = await bench.folder('empty');
    await run(process.execPath, [program, 'setup'], { env: environment(empty) });
    const idle = await residentMegabytes(bench, empty);
    bench.say(`new instance: ${shown(idle)} MB`);
    const { home, events } = await longLog(bench);
    const full = await residentMegabytes(bench, home);
    const packages = Math.min(sources, Math.floor(events / 8)) * binariesEach;
    return [
      { what: 'new instance', ours: 'RSS at rest', peer: 'absolute', ...atMost(120, idle, 'MB') },
      {
        what: `${shown(events)} events, ${shown(packages)} packages`,
        ours: 'RSS at rest',
        peer: 'absolute',
        ...atMost(300, full, 'MB'),
      },
    ];
  },
};

/** What it holds when it has settled. */
const residentMegabytes = async (bench: Bench, home: string): Promise<number> => {
  const daemon = await serving(bench, home);
  try {
    await new Promise((resolve) => setTimeout(resolve, settling));
    return await daemon.residentMegabytes();
  } finally {
    await daemon.stop();
  }
};
