import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dput, type Instance } from './instance.ts';
import { eventually } from './programs.ts';
import { makeSource, type SourceTree } from './source-package.ts';

/** A build that goes on until the test lets it end, however often it is begun. */
export type BuildUnderWay = {
  readonly build: string;
  /** Waits until `attempt` says in its live log that it is under way. */
  readonly isUnderWay: (attempt: number) => Promise<void>;
  /** Waits until `attempt` has nothing on the machine any more: no process, no mount, no folder. */
  readonly leavesNothing: (attempt: number) => Promise<void>;
  /** Waits until another instance, which has built nothing else just now, has nothing of it. */
  readonly leavesNothingAt: (builder: Instance) => Promise<void>;
  readonly letEnd: () => Promise<void>;
};

let sleepers = 0;

/** Uploads a package whose build sleeps, and waits until its first attempt does. */
export const startBuild = async (instance: Instance, tree: SourceTree): Promise<BuildUnderWay> => {
  sleepers += 1;
  const sleep = `sleep 9${process.pid}${sleepers}`;
  await dput(
    instance,
    await makeSource(instance.folder, { ...tree, build: `echo the package is under way\n${sleep} || true` }),
  );
  const build = await eventually(`a build of ${tree.name}`, 60, async () => {
    const row = (await instance.uploads()).find(({ source }) => source === tree.name);
    return row?.builds[0]?.build;
  });
  const folder = (attempt: number): string => `/var/lib/mini-buildd/builds/${instance.name}/${build}-${attempt}`;
  const sleeper = async () => (await processes()).find(({ command }) => command === sleep)?.pid;

  const leftOf = async (attempt: number): Promise<readonly string[]> => [
    ...(await processes()).filter(({ command }) => command.includes(folder(attempt))).map(({ command }) => command),
    ...(await readFile('/proc/mounts', 'utf8')).split('\n').filter((line) => line.includes(folder(attempt))),
    ...(existsSync(folder(attempt)) ? [folder(attempt)] : []),
  ];

  const leftAt = async ({ name }: Instance): Promise<readonly string[]> => {
    const folder = `/var/lib/mini-buildd/builds/${name}`;
    return [
      ...(await processes()).map(({ command }) => command).filter((each) => each === sleep || each.includes(folder)),
      ...(await readFile('/proc/mounts', 'utf8')).split('\n').filter((line) => line.includes(folder)),
      // The helper holds this one for as long as it lives.
      ...(await readdir(folder)).filter((name) => name !== '.helper'),
    ];
  };

  const underWay: BuildUnderWay = {
    build,
    isUnderWay: async (attempt) => {
      await eventually(`attempt ${attempt} of ${tree.name}`, 180, async () =>
        (await instance.events('type=BuildStarted')).some((event) => event.build === build && event.attempt === attempt)
          ? true
          : undefined,
      );
      await liveLogSays(instance, build, 'the package is under way');
      await eventually(sleep, 60, sleeper);
    },
    leavesNothing: async (attempt) => {
      await eventually(`attempt ${attempt} to be tidied up`, 60, async () =>
        (await leftOf(attempt)).length === 0 ? true : undefined,
      );
    },
    leavesNothingAt: async (builder) => {
      await eventually(`${builder.name} to have tidied up`, 60, async () =>
        (await leftAt(builder)).length === 0 ? true : undefined,
      );
    },
    letEnd: async () => {
      const pid = await eventually(sleep, 60, sleeper);
      process.kill(pid, 'SIGTERM');
      // Who lets the next one end does not find this one again.
      await eventually(`${sleep} to end`, 60, async () =>
        (await processes()).some((each) => each.pid === pid && each.command === sleep) ? undefined : true,
      );
    },
  };
  await underWay.isUnderWay(1);
  return underWay;
};

const processes = async (): Promise<readonly { readonly pid: number; readonly command: string }[]> =>
  Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => ({
        pid: Number(pid),
        command: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim(),
      })),
  );

const liveLogSays = async ({ http }: Instance, build: string, words: string): Promise<void> => {
  const url = `http://${http}/mini_buildd/builds/${build}/log`;
  let heard = '';
  await eventually(`the live log of ${build} to say "${words}"`, 180, async () => {
    heard = '';
    const { body } = await fetch(url, { signal: AbortSignal.timeout(180_000) });
    for await (const bytes of body ?? []) {
      heard += Buffer.from(bytes).toString();
      if (heard.includes(words)) return true;
    }
    return undefined;
  });
};
