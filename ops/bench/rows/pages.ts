import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  addAdministrator,
  administrators,
  daysAgo,
  everybodys,
  examplesOf,
  oneEvent,
  size,
  tokenFor,
} from '../asked-pages.ts';
import { firstByte } from '../first-byte.ts';
import { longLog } from '../long-log.ts';
import { atMost, type Bench, type Figure, onlyShown, type Row, shown } from '../row.ts';
import { serving } from '../serving.ts';
import { median, ninetyNinth } from '../turns.ts';

const rounds = 100;

/** Bytes of markup. */
const mostBytes = 60_000;

/** The main pages as a browser gets them from `serve`, for everybody and for an administrator. */
export const pages: Row = {
  name: 'pages',
  about: `first byte and size of the main pages, ${shown(size.events)} events, ${shown(size.sources)} source packages (BENCH_SIZE=full: a million, 100,000)`,
  seconds: 420,
  prepare: (bench) => longLog(bench, size),
  run: async (bench) => {
    const { home, events } = await longLog(bench, size);
    const password = 'bench bench bench';
    await addAdministrator(home, password);
    const daemon = await serving(bench, home);
    const bare = await readyPages(bench);
    bench.say('serving');
    const measured = await measure(bench, daemon.url, bare, await tokenFor(daemon.url, password), events);
    const past = await pastState(daemon.url);
    await daemon.stop();
    return [...measured, past];
  },
};

const readyPages = async (bench: Bench): Promise<string> => {
  const server = spawn(process.execPath, [join(import.meta.dirname, '..', 'alone', 'ready-pages.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bench.atEnd(() => server.kill());
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return `http://127.0.0.1:${String(port).trim()}`;
};

type Seen = { readonly ours: number[]; readonly bare: number[]; bytes: number };

const measure = async (
  bench: Bench,
  url: string,
  bare: string,
  token: string,
  events: number,
): Promise<readonly Figure[]> => {
  const asked = { ...everybodys(examplesOf(events, size.sources)), ...administrators, event: await oneEvent(url) };
  const seen = new Map(Object.keys(asked).map((name): [string, Seen] => [name, { ours: [], bare: [], bytes: 0 }]));
  for (let n = 0; n < rounds && (n < 5 || Date.now() < bench.until()); n += 1) {
    for (const [name, each] of seen) {
      const headers: Record<string, string> = name in administrators ? { Authorization: `Bearer ${token}` } : {};
      const { milliseconds, text } = await firstByte(
        `${url}/mini_buildd${asked[name as keyof typeof asked](n)}`,
        headers,
      );
      const bytes = Buffer.byteLength(text);
      each.ours.push(milliseconds);
      each.bytes = Math.max(each.bytes, bytes);
      each.bare.push((await firstByte(`${bare}/${bytes}`)).milliseconds);
    }
    if (n % 20 === 19) bench.say(`${n + 1} of ${rounds}`);
  }
  const each = [...seen].map(([name, { ours, bare: theirs, bytes }]) => ({
    what: `${name}, ${shown(events)} events`,
    ours: `median of ${ours.length} ${shown(median(ours))} ms, ${shown(bytes / 1000)} kB at most`,
    peer: `express with a ready page ${shown(median(theirs))} ms (${shown(median(ours) / median(theirs))} ×); p99`,
    ...atMost(100, ninetyNinth(ours), 'ms'),
  }));
  const [largest, { bytes }] = [...seen].reduce((one, other) => (other[1].bytes > one[1].bytes ? other : one));
  const most = {
    what: 'the largest page',
    ours: largest,
    peer: 'absolute',
    ...atMost(mostBytes / 1000, bytes / 1000, 'kB'),
  };
  return [...each, most];
};

/** What the half of the history comes to: read from the log when it is looked at first. */
const pastState = async (url: string): Promise<Figure> => {
  const time = `${daysAgo(350).replaceAll('-', '')}T000000Z`;
  const first = await firstByte(`${url}/snapshots/acme/${time}/dists/`);
  const again = await firstByte(`${url}/snapshots/acme/${time}/dists/`);
  return {
    what: 'a past state, half of the log ago',
    ours: 'first look',
    peer: `second look ${shown(again.milliseconds)} ms`,
    ...onlyShown(first.milliseconds / 1000, 's'),
  };
};
