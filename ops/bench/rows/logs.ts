import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isLeft } from 'fp-ts/lib/Either.js';
import { firstValueFrom, skip, take } from 'rxjs';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { indexedLog } from '../../../src/adapters/history-index/indexed-log.ts';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog, NewEvent } from '../../../src/ports/event-log.ts';
import { unstable } from '../../../test/support/fixed-examples.ts';
import { atMost, type Bench, type Figure, onlyShown, type Row, shown } from '../row.ts';
import { enveloped, storyOf } from '../stories.ts';
import { median, ninetyNinth, timed } from '../turns.ts';

const stories = 2_500;
/** Of a life from upload to installation. */
const eventsOfStory = 8;
const oneByOne = 300;
const questions = 300;

/** The same work on each log there is, in the same run. */
export const logs: Row = {
  name: 'logs',
  about: 'appends, catching up, and history, by where the log stands: memory, embedded, event store on the loopback',
  seconds: 150,
  run: async (bench) => {
    const folder = await bench.folder('logs');
    const memory = openMemoryLog();
    const embedded = await openEmbeddedLog(join(folder, 'log'));
    const store = await eventStore(bench);
    const eventstore = indexedLog(await openEventStoreLog(store), join(folder, 'index'));
    bench.atEnd(() => Promise.all([embedded.close(), eventstore.close()]));
    const figures: Figure[] = [];
    for (const [name, log] of Object.entries({ memory, embedded, 'event store': eventstore })) {
      bench.say(name);
      figures.push(...(await appending(name, log)), await following(name, log));
      if (log !== memory) figures.push(await asking(name, log));
    }
    const started = indexedLog(await openEventStoreLog(store), join(folder, 'index'));
    figures.push(
      await replaying('event store, from its index', started),
      await replaying('event store, by itself', await openEventStoreLog(store)),
    );
    await started.close();
    return figures;
  },
};

/** In a process of its own, ended with the run; where it is. */
const eventStore = async (bench: Bench): Promise<string> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'alone', 'event-store.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bench.atEnd(() => child.kill());
  const [line] = await once(createInterface(child.stdout), 'line');
  return String(line);
};

const eventsOf = (n: number): readonly NewEvent[] => {
  const { received, reserved, accepted, built, installed } = storyOf(n);
  return [received, reserved, accepted, ...built, installed].map((event) => enveloped(event, received.upload));
};

const append = async (log: EventLog, stream: string, events: readonly NewEvent[]): Promise<void> => {
  if (isLeft(await log.append(stream as StreamName, 'none', events))) throw new Error(`${stream} was there already`);
};

const appending = async (name: string, log: EventLog): Promise<readonly Figure[]> => {
  const alone: number[] = [];
  for (let n = 0; n < oneByOne; n += 1) {
    const [event] = eventsOf(stories + n);
    alone.push(await timed(() => append(log, `one-${n}`, event ? [event] : [])));
  }
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < stories) await append(log, `story-${next}`, eventsOf(next++));
  };
  const together = await timed(() => Promise.all(Array.from({ length: 32 }, write)));
  const perSecond = (stories * eventsOfStory * 1000) / together;
  return [
    figure(
      `${name}: one event after the other`,
      `median ${shown(median(alone))} ms`,
      1000 / median(alone),
      'appends/s',
    ),
    figure(`${name}: 32 at once, ${eventsOfStory} events each`, `${shown(together / 1000)} s`, perSecond, 'events/s'),
  ];
};

const following = async (name: string, log: EventLog): Promise<Figure> => {
  const events = stories * eventsOfStory;
  const taken = await timed(() => firstValueFrom(log.follow(undefined).pipe(take(events), skip(events - 1))));
  return figure(`${name}: catching up by following`, `${shown(taken / 1000)} s`, (events * 1000) / taken, 'events/s');
};

const replaying = async (name: string, log: EventLog): Promise<Figure> => {
  let events = 0;
  const taken = await timed(async () => {
    for (let page = await log.readAll(undefined, 500); page.length > 0; ) {
      events += page.length;
      page = await log.readAll(page.at(-1)?.position, 500);
    }
  });
  await log.close();
  return figure(`${name}: replay in pages`, `${shown(taken / 1000)} s`, (events * 1000) / taken, 'events/s');
};

const asking = async (name: string, log: EventLog): Promise<Figure> => {
  const times: number[] = [];
  const processor: number[] = [];
  await log.query({ limit: 1 });
  for (let n = 0; n < questions; n += 1) {
    const asked = [
      {},
      { package: `package-${(n * 7919) % stories}` },
      { distribution: unstable },
      { type: 'BuildSucceeded' },
      { stream: `story-${n}` as StreamName },
    ][n % 5];
    const before = process.cpuUsage();
    times.push(await timed(() => log.query({ ...asked, limit: 50 })));
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1000);
  }
  return {
    what: `${name}: history of ${shown(stories * eventsOfStory)} events`,
    ours: `median ${shown(median(times))} ms, ${shown(median(processor))} ms of processor (p99 ${shown(ninetyNinth(processor))} ms)`,
    peer: 'p99',
    ...atMost(10, ninetyNinth(times), 'ms'),
  };
};

const figure = (what: string, ours: string, value: number, unit: string): Figure => ({
  what,
  ours,
  peer: 'only shown',
  ...onlyShown(value, unit),
});
