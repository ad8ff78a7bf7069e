import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildId, type UploadId } from '../../../src/domain/ids.ts';
import { amd64 } from '../../../test/support/fixed-examples.ts';
import { firstByte } from '../first-byte.ts';
import { longLog } from '../long-log.ts';
import { piped } from '../piped.ts';
import { atMost, type Bench, type Figure, onlyShown, type Row, shown } from '../row.ts';
import { environment, program, serving } from '../serving.ts';
import { busySource, storyOf } from '../stories.ts';
import { median, ninetyNinth } from '../turns.ts';

const quick = { events: 100_000, sources: 10_000 };
const full = { events: 1_000_000, sources: 100_000 };
const size = process.env.BENCH_SIZE === 'full' ? full : quick;
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

const addAdministrator = async (home: string, password: string): Promise<void> => {
  const args = ['user', 'add', 'bench', '--role', 'admin', '--email', 'bench@localhost', '--name', 'Bench'];
  await piped(process.execPath, [program, ...args, '--password-stdin'], `${password}\n`, environment(home));
};

/** A password costs a hash at each request, by design. */
const tokenFor = async (url: string, password: string): Promise<string> => {
  const answer = await fetch(`${url}/mini_buildd/api/token?output=json`, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(`bench:${password}`).toString('base64')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ action: 'issue', scope: 'admin' }),
  });
  if (!answer.ok) throw new Error(`no token: ${await answer.text()}`);
  return ((await answer.json()) as { secret: string }).secret;
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
  const asked = { ...everybodys(examplesOf(events)), ...administrators, event: await oneEvent(url) };
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

const unstable = '/repositories/acme/trixie-acme-unstable';
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** Sources and uploads that there are, all over the log: another one for each `n`. */
type Examples = { readonly source: (n: number) => string; readonly upload: (n: number) => UploadId };

const examplesOf = (events: number): Examples => {
  const story = (n: number) => storyOf((n * 7919) % Math.min(size.sources, Math.floor(events / 9)), size.sources);
  return { source: (n) => story(n).reserved.source, upload: (n) => story(n).accepted.upload };
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

/** Where each page is, the `n`-th time. */
const everybodys = ({ source, upload }: Examples) => ({
  home: () => '/',
  'search, few found': (n: number) => `/packages?name=${source(n).slice(4)}`,
  'search, all found': () => '/packages?name=pack',
  package: (n: number) => `/packages/${source(n)}`,
  'its timeline, older': () => `/packages/${busySource}?before=00000000000000500000`,
  'package of many uploads': () => `/packages/${busySource}`,
  upload: (n: number) => `/uploads/${upload(n)}`,
  build: (n: number) => `/builds/${buildId(upload(n), amd64)}`,
  repository: (n: number) => `/repositories/acme?page=${n + 1}`,
  distribution: (n: number) => `${unstable}?page=${n * 10 + 1}`,
  'distribution by changes': (n: number) => `${unstable}?sort=changes&page=${n + 1}`,
  'distribution, name sought': (n: number) => `${unstable}?name=${source(n).slice(8)}`,
  'a rollback': (n: number) => `${unstable}-rollback0?page=${n + 1}`,
  'two suites': (n: number) =>
    `/repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-testing&page=${n + 1}`,
  'distribution and its rollback': (n: number) =>
    `/repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-unstable-rollback0&page=${n + 1}`,
  history: () => '/history',
  'history of a package': (n: number) => `/history?package=${source(n)}`,
  'history of a distribution': () => '/history?distribution=trixie-acme-unstable',
  'history of a type': () => '/history?type=RepositoryPublished',
  'history, type and distribution': () => '/history?type=RepositoryPublished&distribution=trixie-acme-unstable',
  'history of a day': (n: number) => `/history?from=${daysAgo(600 - n)}&until=${daysAgo(599 - n)}`,
  'history, type within months': (n: number) =>
    `/history?type=EngineStarted&from=${daysAgo(690 - n)}&until=${daysAgo(5)}`,
  'statistics, months': () => '/statistics?by=months',
  'statistics, days': () => '/statistics?by=days',
});

const administrators = {
  'history of an actor': () => '/history?actor=judge-uploads',
  'history, actor and type': () => '/history?actor=judge-uploads&type=RepositoryPublished',
  'package of many uploads, with its buttons': () => `/packages/${busySource}`,
  administration: () => '/administration',
  repositories: () => '/administration/repositories',
  'one repository': () => '/administration/repositories/acme',
  accounts: () => '/administration/accounts',
  uploaders: () => '/administration/uploaders',
};

/** The page of an event in the middle of a chain; each time another one's. */
const oneEvent = async (url: string): Promise<(n: number) => string> => {
  const answer = await fetch(`${url}/mini_buildd/events?type=BuildStarted&limit=500`);
  const { events } = (await answer.json()) as { events: readonly Event[] };
  return (n) => {
    const event = events[n % events.length];
    if (event === undefined) throw new Error('there is no event to look at');
    return `/history/${event.id}?chain=${encodeURIComponent(event.correlation)}`;
  };
};

type Event = { readonly id: string; readonly correlation: string };
