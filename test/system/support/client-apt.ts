import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from './instance.ts';
import { run } from './programs.ts';

/** An apt of its own that trusts the instance's key and knows one of its distributions; the machine's is not touched. */
export type ClientApt = {
  readonly apt: (...args: string[]) => Promise<string>;
  readonly folder: string;
};

export const clientApt = async (instance: Instance, distribution: string): Promise<ClientApt> => {
  const [codename = '', repository = '', suite = ''] = distribution.split('-');
  const root = join(instance.folder, `apt-${distribution}`);
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
  const key = join(root, 'key.asc');
  await writeFile(key, (await instance.tool('getkey')).out);
  await writeFile(join(root, 'var/lib/dpkg/status'), '');
  const wanted = [codename, '--repository', repository, '--suite', suite, '--form', 'deb822', '--with-deb-src'];
  const sources = (await instance.tool('getsourceslist', ...wanted, '--with-rollbacks')).out;
  const stanza = sources.split(/\n\n+/).find((each) => new RegExp(`^Suites: ${distribution}$`, 'm').test(each)) ?? '';
  await writeFile(
    join(root, 'etc/apt/sources.list.d/it.sources'),
    stanza.replace(/^Signed-By: .*$/m, `Signed-By: ${key}`),
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
  };
};
