import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instance } from './instance.ts';
import { attempt, run } from './programs.ts';

/** An apt of its own that trusts one key and knows one source; the machine's is not touched. */
export type ClientApt = {
  readonly apt: (...args: string[]) => Promise<string>;
  /** Updates again and again, as a fleet of machines does, until it is told to stop. */
  readonly keepUpdating: () => Watch;
  readonly folder: string;
};

export type Watch = {
  /** How many updates ended, and what was said by those that did not end well. A server that is away for a moment is no fault to apt. */
  readonly seen: { readonly updates: number; readonly faults: readonly string[] };
  readonly stop: () => Promise<void>;
};

/** Knows one distribution of the instance, by the source and the key that it hands out itself. */
export const clientApt = async (instance: Instance, distribution: string): Promise<ClientApt> => {
  const [codename = '', repository = '', suite = ''] = distribution.split('-');
  const wanted = [codename, '--repository', repository, '--suite', suite, '--form', 'deb822', '--with-deb-src'];
  const sources = (await instance.tool('getsourceslist', ...wanted, '--with-rollbacks')).out;
  const stanza = sources.split(/\n\n+/).find((each) => new RegExp(`^Suites: ${distribution}$`, 'm').test(each)) ?? '';
  return privateApt(join(instance.folder, `apt-${distribution}`), stanza, (await instance.tool('getkey')).out);
};

/** Below `root`; `stanza` is a deb822 source whose `Signed-By` will be `key`. */
export const privateApt = async (root: string, stanza: string, key: string): Promise<ClientApt> => {
  for (const part of [
    'etc/apt/sources.list.d',
    'etc/apt/preferences.d',
    'etc/apt/apt.conf.d',
    'var/lib/apt/lists/partial',
    'var/cache/apt/archives/partial',
    'var/lib/dpkg',
  ]) {
    await mkdir(join(root, part), { recursive: true });
  }
  const keyFile = join(root, 'key.asc');
  await writeFile(keyFile, key);
  await writeFile(join(root, 'var/lib/dpkg/status'), '');
  await writeFile(
    join(root, 'etc/apt/sources.list.d/it.sources'),
    stanza.replace(/^Signed-By: .*$/m, `Signed-By: ${keyFile}`),
  );
  const conf = join(root, 'apt.conf');
  await writeFile(
    conf,
    `Dir "${root}";\nDir::State::status "${root}/var/lib/dpkg/status";\nAPT::Sandbox::User "root";\n`,
  );
  const env = { APT_CONFIG: conf };
  return {
    folder: root,
    apt: (...args) => run(args[0] === 'policy' ? 'apt-cache' : 'apt-get', args, { env, cwd: root }),
    keepUpdating: () => keepUpdating(() => attempt('apt-get', ['-q', 'update'], { env, cwd: root })),
  };
};

const keepUpdating = (update: () => ReturnType<typeof attempt>): Watch => {
  const seen = { updates: 0, faults: [] as string[] };
  let isWatching = true;
  const watching = (async () => {
    for (; isWatching; seen.updates += 1) {
      const { code, out, err } = await update();
      if (code !== 0) seen.faults.push(`${out}${err}`);
      await pause(100);
    }
  })();
  return {
    seen,
    stop: async () => {
      isWatching = false;
      await watching;
    },
  };
};
