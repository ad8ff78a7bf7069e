import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cost, Order } from '../alone/watched.ts';
import { atMost, type Bench, type Figure, onlyShown, type Row, shown } from '../row.ts';
import { median, ninetyNinth } from '../turns.ts';

const followers = 100;
const growth = { do: 'grow', megabytes: 100, seconds: 10 } as const;
const viewers = 2000;
/** Of all viewers: they open a stream and read nothing of it. */
const oneInNeverReads = 20;
const changing = { do: 'change', times: 20, everyMs: 500 } as const;

/** Many who look at the same at once, in this process; what it costs the daemon, in another. */
export const viewersRow: Row = {
  name: 'viewers',
  about: `${followers} followers of a log that grows to ${growth.megabytes} MB, ${viewers.toLocaleString('en')} viewers of the home page`,
  seconds: 180,
  run: async (bench) => [...(await following(bench)), ...(await viewing(bench))],
};

const following = async (bench: Bench): Promise<readonly Figure[]> => {
  const measure = async (kind: 'ours' | 'bare') => {
    const daemon = await watched(bench, kind);
    const path = `/mini_buildd/builds/${daemon.build}/log/live`;
    bench.say(kind);
    const crowd = await crowdOf(followers, daemon.port, path, /(\d{13}) x+/g);
    const cost = await daemon.order(growth);
    await crowd.settled();
    bench.say(`${kind}: ${JSON.stringify(cost)} ${shown(crowd.bytes() / 1e6)} MB`);
    crowd.leave();
    await daemon.stop();
    return { cost, lags: crowd.lags(), megabytes: crowd.bytes() / 1e6 };
  };
  const ours = await measure('ours');
  const bare = await measure('bare');
  const what = `${followers} followers of a log that grows by ${growth.megabytes} MB in ${growth.seconds} s`;
  const peer = (value: string): string => `bare node that sends its last lines: ${value}`;
  const told = `${shown(ours.megabytes)} MB delivered`;
  return [
    {
      what: `${what}, event loop late (p99)`,
      ours: told,
      peer: peer(`${shown(bare.megabytes)} MB, ${shown(bare.cost.delay)} ms`),
      ...atMost(20, ours.cost.delay, 'ms'),
    },
    {
      what: `${what}, memory`,
      ours: `${shown(ours.cost.processor)} s of processor`,
      peer: peer(`${shown(bare.cost.memory)} MB, ${shown(bare.cost.processor)} s`),
      ...atMost(64, ours.cost.memory, 'MB'),
    },
    {
      what: `${what}, from written to received`,
      ours: `median ${shown(median(ours.lags))} ms, p99`,
      peer: peer(`median ${shown(median(bare.lags))} ms, p99 ${shown(ninetyNinth(bare.lags))} ms`),
      ...atMost(1000, ninetyNinth(ours.lags), 'ms'),
    },
  ];
};

const viewing = async (bench: Bench): Promise<readonly Figure[]> => {
  const measure = async (kind: 'ours' | 'bare') => {
    const daemon = await watched(bench, kind);
    const before = daemon.rss();
    const crowd = await crowdOf(viewers, daemon.port, '/mini_buildd/live', /at (\d{13})\./g, oneInNeverReads);
    await pause(1000);
    const cost = await daemon.order(changing);
    await crowd.settled();
    bench.say(`${kind}: ${JSON.stringify(cost)} ${shown(crowd.bytes() / 1e6)} MB`);
    const held = daemon.rss() - before;
    crowd.leave();
    await daemon.stop();
    return { cost, lags: crowd.lags(), held };
  };
  const ours = await measure('ours');
  const bare = await measure('bare');
  const what = `${viewers.toLocaleString('en')} viewers of the home page, one in ${oneInNeverReads} never reads`;
  return [
    {
      what: `${what}, event loop late (p99)`,
      ours: `${shown(ours.cost.processor)} s of processor for ${changing.times} changes`,
      peer: `bare node ${shown(bare.cost.delay)} ms, ${shown(bare.cost.processor)} s`,
      ...atMost(20, ours.cost.delay, 'ms'),
    },
    {
      what: `${what}, from changed to received`,
      ours: `median ${shown(median(ours.lags))} ms, p99`,
      peer: `bare node median ${shown(median(bare.lags))} ms, p99 ${shown(ninetyNinth(bare.lags))} ms`,
      ...atMost(2000, ninetyNinth(ours.lags), 'ms'),
    },
    {
      what: `${what}, memory of each`,
      ours: `${shown(ours.held)} MB for all`,
      peer: `bare node ${shown((bare.held * 1000) / viewers)} kB`,
      ...onlyShown((ours.held * 1000) / viewers, 'kB'),
    },
  ];
};

type Watched = {
  readonly port: number;
  readonly build: string;
  /** As it was told last. MB. */
  readonly rss: () => number;
  readonly order: (order: Order) => Promise<Cost>;
  readonly stop: () => Promise<void>;
};

const watched = async (bench: Bench, kind: 'ours' | 'bare'): Promise<Watched> => {
  const child = fork(join(import.meta.dirname, '..', 'alone', 'watched.ts'), [kind, await bench.folder('watched')]);
  bench.atEnd(() => child.kill('SIGKILL'));
  let rss = 0;
  const heard = async (): Promise<Told> => {
    const [told] = (await once(child, 'message')) as [Told];
    rss = told.rss;
    return told;
  };
  const { port = 0, build = '' } = await heard();
  return {
    port,
    build,
    rss: () => rss,
    order: async (order) => {
      child.send(order);
      const { cost } = await heard();
      if (cost === undefined) throw new Error('the watched one does not say what it cost');
      return cost;
    },
    stop: () => gone(child),
  };
};

type Told = { readonly rss: number; readonly port?: number; readonly build?: string; readonly cost?: Cost };

const gone = async (child: ChildProcess): Promise<void> => {
  const closed = once(child, 'exit');
  child.kill('SIGKILL');
  await closed;
};

/** Many sockets that ask for one stream and note how late what they receive is: `moment` finds in it when it was said. */
const crowdOf = async (
  count: number,
  port: number,
  path: string,
  moment: RegExp,
  oneInIsDeaf = Number.POSITIVE_INFINITY,
) => {
  const lags: number[] = [];
  let bytes = 0;
  let last = Date.now();
  const sockets: Socket[] = [];
  for (let n = 0; n < count; n += 1) {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (n % 50)}` });
    sockets.push(socket);
    await once(socket, 'connect');
    socket.on('error', () => {});
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    if (n % oneInIsDeaf === oneInIsDeaf - 1) {
      socket.pause();
      continue;
    }
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      last = Date.now();
      const said = [...chunk.subarray(-1000).toString('latin1').matchAll(moment)].at(-1)?.[1];
      if (said !== undefined) lags.push(last - Number(said));
    });
  }
  return {
    lags: () => lags,
    bytes: () => bytes,
    settled: async () => {
      while (Date.now() - last < 1000) await pause(100);
    },
    leave: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
};
