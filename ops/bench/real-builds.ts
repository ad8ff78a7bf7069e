import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Instance, startInstance } from '../../test/system/support/instance.ts';
import { attempt, eventually } from '../../test/system/support/programs.ts';
import { makeSource } from '../../test/system/support/source-package.ts';
import { type ByHand, byHand } from './by-hand.ts';
import { type Bench, Skipped } from './row.ts';
import { send } from './send.ts';
import { inTurns } from './turns.ts';

/** One small package through the daemon and once more by hand. Milliseconds. */
export type RealBuild = {
  /** `UploadAccepted` to the process of sbuild. */
  readonly toSbuild: number;
  /** `BuildStarted` to `BuildSucceeded`. */
  readonly attempt: number;
  /** First byte of the upload to `RepositoryPublished`. */
  readonly road: number;
  readonly sbuildByHand: number;
  readonly roadByHand: number;
};

/** Measured once a run, for the rows that look at it from different sides. Skips without root and tools. */
export const realBuilds = (bench: Bench): Promise<readonly RealBuild[]> => {
  measured ??= measure(bench);
  return measured;
};

/** Starts the instance and waits for its chroot. */
const realInstance = (bench: Bench): Promise<Ready> => {
  ready ??= prepare(bench);
  return ready;
};

let measured: Promise<readonly RealBuild[]> | undefined;
let ready: Promise<Ready> | undefined;

type Ready = {
  readonly instance: Instance;
  readonly distribution: string;
  readonly suffix: string;
  readonly byHand: ByHand;
};

const prepare = async (bench: Bench): Promise<Ready> => {
  if (process.getuid?.() !== 0) throw new Skipped('real builds need root: chroots are made and entered');
  const { code } = await attempt('sh', ['-c', 'command -v sbuild schroot reprepro gpg && id mini-buildd-build']);
  if (code !== 0) throw new Skipped('sbuild, reprepro, gpg and the users of builds are missing: run ops/start once');
  bench.say('preparing an instance with a chroot (a minute or two)');
  const instance = await startInstance();
  bench.atEnd(instance.remove);
  const rows = await instance.json<readonly Distribution[]>('distributions');
  const { distribution, defaultVersion } = rows.find((row) => row.distribution.endsWith('-test-unstable')) ?? nowhere;
  await eventually('a chroot', 300, async () => (await events(instance)).find(({ type }) => type === 'ChrootPrepared'));
  return {
    instance,
    distribution,
    suffix: defaultVersion,
    byHand: await byHand(bench, await templateOf(instance), distribution),
  };
};

type Distribution = { readonly distribution: string; readonly defaultVersion: string };
const nowhere: Distribution = { distribution: '', defaultVersion: '' };

/** The newest template of the only chroot. */
const templateOf = async ({ name }: Instance): Promise<string> => {
  const chroots = join('/var/lib/mini-buildd/chroots', name);
  const [chroot = ''] = (await readdir(chroots)).filter((each) => each.includes('-'));
  const [template = ''] = (await readdir(join(chroots, chroot)))
    .filter((each) => /^\d{8}T\d{6}Z-/.test(each))
    .reverse();
  return join(chroots, chroot, template);
};

const rounds = 5;
const mostSeconds = 75;

const measure = async (bench: Bench): Promise<readonly RealBuild[]> => {
  const { instance, distribution, suffix, byHand } = await realInstance(bench);
  const daemons: Pick<RealBuild, 'toSbuild' | 'attempt' | 'road'>[] = [];
  const hands: Pick<RealBuild, 'sbuildByHand' | 'roadByHand'>[] = [];
  const source = (name: string) =>
    makeSource(instance.folder, { name, version: `1.0${suffix}`, distribution, build: 'true' });
  // The first build of a template reads it from the disk.
  await byHand.include((await byHand.build(dscBeside(await source('bench-warm')))).changes);
  await throughDaemon(instance, await source('bench-warm-too'));
  const end = Date.now() + mostSeconds * 1000;
  await inTurns(
    { say: bench.say, until: () => end },
    rounds,
    async (round) => {
      const took = await throughDaemon(instance, await source(`bench-daemon-${round}`));
      daemons.push(took);
      return took.road;
    },
    async (round) => {
      const { took, changes } = await byHand.build(dscBeside(await source(`bench-hand-${round}`)));
      const roadByHand = took + (await byHand.include(changes));
      hands.push({ sbuildByHand: took, roadByHand });
      return roadByHand;
    },
  );
  return daemons.flatMap((daemon, round) => {
    const hand = hands[round];
    return hand === undefined ? [] : [{ ...daemon, ...hand }];
  });
};

const dscBeside = (changes: string): string => changes.replace(/_source\.changes$/, '.dsc');

const throughDaemon = async (instance: Instance, changes: string) => {
  const folder = dirname(changes);
  const dsc = basename(dscBeside(changes));
  const others = (await readdir(folder)).filter((name) => /\.(?:dsc|buildinfo|tar\.\w+)$/.test(name));
  const watching = new AbortController();
  const sbuild = processOf(dsc, watching.signal);
  const began = Date.now();
  await send(instance.ftpPort, [...others.map((name) => join(folder, name)), changes]);
  const name = basename(changes).split('_')[0];
  const story = await eventually(`${name} to be published`, 60, async () =>
    publishedStory(await events(instance), name),
  );
  watching.abort();
  return {
    toSbuild: (await sbuild) - story.accepted,
    attempt: story.succeeded - story.started,
    road: story.published - began,
  };
};

type Event = { readonly type: string; readonly at: number; readonly body: Readonly<Record<string, unknown>> };

/** The newest events, oldest first. */
const events = async ({ http }: Instance): Promise<readonly Event[]> => {
  const answer = await fetch(`http://${http}/mini_buildd/events?limit=100`);
  const { events } = (await answer.json()) as { events: readonly { recordedAt: string; body: Event['body'] }[] };
  return events
    .map(({ recordedAt, body }) => ({ type: String(body.type), at: Date.parse(recordedAt), body }))
    .toSorted((one, other) => one.at - other.at);
};

/** When each step of an upload was recorded, once apt sees it. */
const publishedStory = (all: readonly Event[], source: string | undefined) => {
  const accepted = all.find(({ type, body }) => type === 'UploadAccepted' && body.source === source);
  const build = (type: string) =>
    all.find((event) => event.type === type && String(event.body.build).startsWith(String(accepted?.body.upload)));
  const installed = all.findIndex(({ type, body }) => type === 'PackageInstalled' && body.source === source);
  const published = installed < 0 ? undefined : all.slice(installed).find(({ type }) => type === 'RepositoryPublished');
  const [started, succeeded] = [build('BuildStarted'), build('BuildSucceeded')];
  if (accepted === undefined || started === undefined || succeeded === undefined || published === undefined)
    return undefined;
  return { accepted: accepted.at, started: started.at, succeeded: succeeded.at, published: published.at };
};

/** When a process of sbuild for `dsc` is first seen, milliseconds since 1970; looked for every few milliseconds. */
const processOf = async (dsc: string, stop: AbortSignal): Promise<number> => {
  const old = new Set(await readdir('/proc'));
  while (!stop.aborted) {
    for (const pid of await readdir('/proc')) {
      if (old.has(pid) || !/^\d+$/.test(pid)) continue;
      const [name, words] = await Promise.all(['comm', 'cmdline'].map((file) => read(`/proc/${pid}/${file}`)));
      if (name === 'sbuild\n' && words?.includes(`/${dsc}`)) return Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return Number.NaN;
};

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
