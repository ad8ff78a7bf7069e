/**
 * `watched.ts ours|bare FOLDER`: a web server that is watched, in a process of its own: `ours` with a build's log that grows and a home page that changes, or `bare`
 * node that sends as much to as many. `FOLDER` is for the log. Told by messages what to
 * do; tells what it cost.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { HomeModel } from '../../../src/adapters/http/views/home-model.ts';
import { type BuildLog, openBuildLog } from '../../../src/adapters/sbuild/build-log.ts';
import { buildId } from '../../../src/domain/ids.ts';
import { idleHome, serve } from '../../../test/adapters/http/served.ts';
import { amd64 } from '../../../test/support/fixed-examples.ts';
import { storyOf } from '../stories.ts';

export type Order =
  /** Writes so much in so many pieces a second; each line says when it was written. */
  | { readonly do: 'grow'; readonly megabytes: number; readonly seconds: number }
  /** The home page reads otherwise, so often. */
  | { readonly do: 'change'; readonly times: number; readonly everyMs: number };

/** `delay` in milliseconds, `memory` in MB: most beyond what it was before. `processor` in seconds. */
export type Cost = {
  readonly delay: number;
  readonly longest: number;
  readonly memory: number;
  readonly processor: number;
};

const log = await openBuildLog(join(process.argv[3] ?? '', 'build.log'), 1e9);
const build = buildId(storyOf(1).accepted.upload, amd64);

const grow = async (of: BuildLog, megabytes: number, seconds: number): Promise<void> => {
  const pieces = seconds * 20;
  const bytes = (megabytes * 1e6) / pieces;
  const filler = 'x'.repeat(80);
  for (let n = 0, next = performance.now(); n < pieces; n += 1) {
    const line = `${Date.now()} ${filler}\n`;
    await of.write(Buffer.from(line.repeat(Math.ceil(bytes / line.length))));
    next += 50;
    await pause(Math.max(0, next - performance.now()));
  }
};

/** A home page of some size, of which one part says when it changed. */
const homeAt = (): HomeModel => ({
  ...idleHome,
  engine: { state: 'running', note: `at ${Date.now()}.` },
  recent: Array.from({ length: 20 }, (_, n) => ({
    upload: '01JD8W0R5X2Y3Z4A5B6C7D8E9F' as HomeModel['recent'][number]['upload'],
    changes: `package-${n}_source.changes`,
    source: `package-${n}`,
    version: '1.0-1',
    distribution: 'trixie-acme-unstable',
    repository: 'acme',
    at: '2026-11-22T10:15:00.000Z' as HomeModel['recent'][number]['at'],
    state: 'installed',
    note: undefined,
    results: [],
  })),
});

const ours = async () => {
  let home = homeAt();
  const { port, changes$ } = await serve({ after: () => {} } as never, { liveLog: () => log.live, home: () => home });
  return {
    port,
    change: () => {
      home = homeAt();
      changes$.next();
    },
  };
};

/** To all who watch the log its last lines, four times a second; to everybody else one event of some size for each change. */
const bare = async () => {
  const viewers = new Set<ServerResponse>();
  const followers = new Set<ServerResponse>();
  const server = createServer((req, res) => {
    const all = req.url?.includes('/log') === true ? followers : viewers;
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.flushHeaders();
    all.add(res);
    res.once('close', () => all.delete(res));
  });
  const say = (to: ReadonlySet<ServerResponse>, data: unknown): void => {
    const said = Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
    for (const each of to) each.write(said);
  };
  let told = 0;
  setInterval(async () => {
    const size = log.live.size();
    if (size === told) return;
    const from = Math.max(told, size - lastLines);
    told = size;
    say(followers, (await log.live.read(from, size - from)).toString('utf8'));
  }, 250).unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = 'x'.repeat(pageSize);
  return {
    port: (server.address() as AddressInfo).port,
    change: () => say(viewers, { engine: `at ${Date.now()}.`, page }),
  };
};

/** Bytes: what our own server says at once. */
const lastLines = 70_000;
const pageSize = 500;

const measured = async (work: () => Promise<void>): Promise<Cost> => {
  const before = process.memoryUsage.rss();
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 100);
  const delays = monitorEventLoopDelay({ resolution: 5 });
  const used = process.cpuUsage();
  delays.enable();
  await work();
  delays.disable();
  clearInterval(looking);
  const { user, system } = process.cpuUsage(used);
  return {
    delay: delays.percentile(99) / 1e6,
    longest: delays.max / 1e6,
    memory: (most - before) / 1e6,
    processor: (user + system) / 1e6,
  };
};

const { port, change } = process.argv[2] === 'bare' ? await bare() : await ours();

const obey = async (order: Order): Promise<void> => {
  if (order.do === 'grow') return grow(log, order.megabytes, order.seconds);
  for (let n = 0; n < order.times; n += 1) {
    change();
    await pause(order.everyMs);
  }
};

process.on('message', (order: Order) => {
  void measured(() => obey(order)).then((cost) => process.send?.({ cost, rss: process.memoryUsage.rss() / 1e6 }));
});
process.send?.({ port, build, rss: process.memoryUsage.rss() / 1e6 });
