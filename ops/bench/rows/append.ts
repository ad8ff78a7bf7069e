import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog, NewEvent } from '../../../src/ports/event-log.ts';
import { atLeast, type Row, shown } from '../row.ts';
import { enveloped, storyOf } from '../stories.ts';
import { inTurns, median, type Pairs, timed, timesLonger } from '../turns.ts';

const batch = 256;

/** Events a second made durable by the embedded log, and by nothing but a file. */
export const append: Row = {
  name: 'append',
  about: 'durable appends in batches of 256, over write and fdatasync of the same events',
  run: async (bench) => {
    const folder = await bench.folder('append');
    const log = await openEmbeddedLog(join(folder, 'log'));
    const file = openSync(join(folder, 'raw'), 'a');
    try {
      const raw = async (): Promise<number> => {
        const events = newEvents();
        return timed(() => {
          writeSync(file, `${events.map((event) => JSON.stringify(event)).join('\n')}\n`);
          fdatasyncSync(file);
        });
      };
      for (const warm of [raw, () => oneAppend(log), () => manyAppends(log)]) await warm();
      const together = await inTurns(bench, 60, () => oneAppend(log), raw);
      const alone = await inTurns(bench, 60, () => manyAppends(log), raw);
      return [figure('one append of 256 events', together), figure('256 appends of one event', alone)];
    } finally {
      closeSync(file);
      await log.close();
    }
  },
};

/** Events as they follow each other in a life of the daemon. */
const newEvents = (): readonly NewEvent[] =>
  Array.from({ length: batch / 8 }, (_, n) => {
    const { received, reserved, accepted, built, installed } = storyOf(n);
    return [received, reserved, accepted, ...built, installed].map((event) => enveloped(event, received.upload));
  }).flat();

const oneAppend = (log: EventLog): Promise<number> => {
  const events = newEvents();
  return timed(() => appended(log, events));
};

const manyAppends = (log: EventLog): Promise<number> => {
  const events = newEvents();
  return timed(() => Promise.all(events.map((event) => appended(log, [event]))));
};

const appended = async (log: EventLog, events: readonly NewEvent[]): Promise<void> => {
  const done = await log.append(`bench-${events[0]?.id}` as StreamName, 'none', events);
  if (isLeft(done)) throw new Error('a new stream was there already');
};

const figure = (what: string, pairs: Pairs) => ({
  what,
  ours: `${shown((1000 * batch) / median(pairs.ours))} events/s`,
  peer: `write+fdatasync ${shown((1000 * batch) / median(pairs.theirs))} events/s`,
  ...atLeast(0.4, 1 / timesLonger(pairs)),
});
