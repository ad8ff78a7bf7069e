import { buildId, type UploadId } from '../../src/domain/ids.ts';
import { amd64 } from '../../test/support/fixed-examples.ts';
import { piped } from './piped.ts';
import { environment, program } from './serving.ts';
import { busySource, storyOf } from './stories.ts';

const quick = { events: 100_000, sources: 10_000 };
const full = { events: 1_000_000, sources: 100_000 };

/** Of the instance whose pages are measured. */
export const size = process.env.BENCH_SIZE === 'full' ? full : quick;

export const addAdministrator = async (home: string, password: string): Promise<void> => {
  const args = ['user', 'add', 'bench', '--role', 'admin', '--email', 'bench@localhost', '--name', 'Bench'];
  await piped(process.execPath, [program, ...args, '--password-stdin'], `${password}\n`, environment(home));
};

/** A password costs a hash at each request, by design. */
export const tokenFor = async (url: string, password: string): Promise<string> => {
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

export const unstable = '/repositories/acme/trixie-acme-unstable';
export const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** Sources and uploads that there are, all over the log: another one for each `n`. */
type Examples = { readonly source: (n: number) => string; readonly upload: (n: number) => UploadId };

export const examplesOf = (events: number, among: number): Examples => {
  const story = (n: number) => storyOf((n * 7919) % Math.min(among, Math.floor(events / 9)), among);
  return { source: (n) => story(n).reserved.source, upload: (n) => story(n).accepted.upload };
};

/** Where each page is, the `n`-th time. */
export const everybodys = ({ source, upload }: Examples) => ({
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
  'distribution, last changed': (n: number) => `${unstable}?sort=changed&page=${n + 1}`,
  'repository, last changed': (n: number) => `/repositories/acme?sort=changed&page=${n + 1}`,
  'packages, last changed': (n: number) => `/packages?sort=changed&page=${n + 1}`,
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

export const administrators = {
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
export const oneEvent = async (url: string): Promise<(n: number) => string> => {
  const answer = await fetch(`${url}/mini_buildd/events?type=BuildStarted&limit=500`);
  const { events } = (await answer.json()) as { events: readonly Event[] };
  return (n) => {
    const event = events[n % events.length];
    if (event === undefined) throw new Error('there is no event to look at');
    return `/history/${event.id}?chain=${encodeURIComponent(event.correlation)}`;
  };
};

type Event = { readonly id: string; readonly correlation: string };
