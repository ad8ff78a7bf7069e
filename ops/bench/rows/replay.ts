import { join } from 'node:path';
import { run } from '../../../test/system/support/programs.ts';
import { longLog } from '../long-log.ts';
import { atLeast, onlyShown, type Row, shown } from '../row.ts';
import { inTurns, median, timesLonger } from '../turns.ts';

type Ran = { readonly events: number; readonly seconds: number; readonly rss: number };

/** How fast a start gets through history: every record is read, held against the chain, decoded and folded. */
export const replay: Row = {
  name: 'replay',
  about: 'replay of 1,000,000 events, decoded and verified, over reading and JSON.parse of the same records',
  seconds: 120,
  prepare: longLog,
  run: async (bench) => {
    const { home, events } = await longLog(bench);
    let [rss, count] = [0, 0];
    const alone = async (program: string): Promise<number> => {
      const said = await run(process.execPath, [join(import.meta.dirname, '..', 'alone', program), join(home, 'log')]);
      const ran = JSON.parse(said) as Ran;
      if (program === 'replay.ts') [rss, count] = [ran.rss, ran.events];
      return ran.seconds;
    };
    const began = Date.now();
    const pairs = await inTurns(
      { say: bench.say, until: () => began + 40_000 },
      3,
      () => alone('replay.ts'),
      () => alone('parse.ts'),
    );
    if (count !== events) throw new Error(`${count} of ${events} events were folded`);
    const perSecond = events / median(pairs.ours);
    return [
      {
        what: `${shown(events)} events, opening included`,
        ours: `${shown(median(pairs.ours))} s`,
        peer: `SQLite + JSON.parse ${shown(events / median(pairs.theirs))} events/s (ours ${shown(1 / timesLonger(pairs))} × of it)`,
        ...atLeast(150_000, perSecond, 'events/s'),
      },
      { what: 'memory of that process', ours: 'RSS', peer: 'only shown', ...onlyShown(rss / 1e6, 'MB') },
    ];
  },
};
