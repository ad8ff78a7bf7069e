import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { written } from '../../../src/adapters/embedded-log/chain.ts';
import { openEmbeddedLogReadOnly } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { type Pace, readRange } from '../../../src/app/seals/read-range.ts';
import { longLog } from '../long-log.ts';
import { atMost, type Row, shown } from '../row.ts';

const most = 30_000;

/** What the first seal of a long log does to everybody else: all of it is read on the event loop. */
export const sealing: Row = {
  name: 'sealing',
  about: `reading ${shown(most)} events to be sealed, at others' convenience and at once`,
  seconds: 120,
  prepare: longLog,
  run: async (bench) => {
    const { home, events } = await longLog(bench);
    const log = await openEmbeddedLogReadOnly(join(home, 'log'));
    const end = written(Math.min(most, events));
    const reading = async (pace: Pace) => {
      const delays = monitorEventLoopDelay({ resolution: 5 });
      const began = performance.now();
      delays.enable();
      await readRange(log, pace, undefined, end);
      delays.disable();
      const seconds = (performance.now() - began) / 1000;
      bench.say(`${pace}: ${shown(seconds)} s`);
      return { seconds, late: delays.percentile(99) / 1e6 };
    };
    const gently = await reading('gently');
    const atOnce = await reading('at-once');
    await log.close();
    return [
      {
        what: `${shown(Math.min(most, events))} events to be sealed, event loop late (p99)`,
        ours: `${shown(gently.seconds)} s`,
        peer: `at once ${shown(atOnce.late)} ms, ${shown(atOnce.seconds)} s`,
        ...atMost(20, gently.late, 'ms'),
      },
    ];
  },
};
