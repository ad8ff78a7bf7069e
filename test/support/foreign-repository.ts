import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { makeBinaryPackage, makeSourcePackage } from './deb.ts';

const execute = promisify(execFile);

/** A version of a source with a package for each architecture, and one for all. */
export type Wanted = {
  readonly source: string;
  readonly version: string;
  readonly architectures?: readonly string[];
  /** Makes other bytes under the same names. */
  readonly also?: string;
};

/** What a suite holds; `fields` are more lines of its paragraph in conf/distributions. */
export type ForeignSuite = { readonly holds: readonly Wanted[]; readonly fields?: readonly string[] };

export type ForeignRepository = {
  readonly base: string;
  /** Public keys that vouch for it, and the secret one. */
  readonly keyring: string;
  readonly secretKey: string;
  readonly fingerprint: Fingerprint;
  readonly reprepro: (...args: readonly string[]) => Promise<string>;
  /** Signs every suite as it is now. */
  readonly sign: () => Promise<void>;
  /** Puts versions into a suite, and signs it. */
  readonly include: (suite: string, ...wanted: readonly Wanted[]) => Promise<void>;
};

/** A repository that real reprepro made, signed by a key of its own. */
export const foreignRepository = async (
  folder: string,
  suites: Readonly<Record<string, ForeignSuite>>,
): Promise<ForeignRepository> => {
  const base = join(folder, 'foreign');
  const keysFolder = join(folder, 'foreign-keys');
  const keyring = openpgpKeyring({ keysFolder, now: Date.now });
  const { fingerprint, publicKey } = await keyring.newArchiveKey([]);
  await mkdir(join(base, 'conf'), { recursive: true });
  const paragraph = ([name, { fields = [] }]: readonly [string, ForeignSuite]): string =>
    [`Codename: ${name}`, 'Components: main contrib', 'Architectures: amd64 arm64 source', ...fields, ''].join('\n');
  await writeFile(join(base, 'conf', 'distributions'), Object.entries(suites).map(paragraph).join('\n'));
  await writeFile(join(folder, 'foreign.asc'), publicKey);

  const reprepro = async (...args: readonly string[]): Promise<string> =>
    (await execute('reprepro', ['--basedir', base, '--silent', '--ignore=extension', ...args])).stdout;
  const sign = async (): Promise<void> => {
    for (const name of await readdir(join(base, 'dists'))) {
      const place = join(base, 'dists', name);
      const release = await readFile(join(place, 'Release'), 'utf8');
      const { inRelease, detached } = await keyring.signRelease(release, Date.now(), [fingerprint]);
      await writeFile(join(place, 'InRelease'), inRelease);
      await writeFile(join(place, 'Release.gpg'), detached);
    }
  };
  const put = async (suite: string, { source, version, architectures = ['amd64', 'arm64'], also }: Wanted) => {
    const made = join(folder, 'made', also ?? 'as-ever', `${source}-${version}`);
    const { dsc } = await makeSourcePackage(made, { source, version, binaries: [source, `${source}-doc:all`] });
    await reprepro('-S', 'misc', '-P', 'optional', 'includedsc', suite, dsc);
    const contents = also === undefined ? {} : { '/usr/share/also': also };
    for (const architecture of architectures)
      await reprepro(
        'includedeb',
        suite,
        await makeBinaryPackage(made, { package: source, version, architecture, contents }),
      );
    const doc = { package: `${source}-doc`, version, architecture: 'all', source };
    await reprepro('includedeb', suite, await makeBinaryPackage(made, doc));
  };
  for (const [name, { holds }] of Object.entries(suites)) for (const each of holds) await put(name, each);
  await reprepro('export');
  await sign();
  return {
    base,
    keyring: join(folder, 'foreign.asc'),
    secretKey: join(keysFolder, 'archive-key.asc'),
    fingerprint,
    reprepro,
    sign,
    include: async (suite, ...wanted) => {
      for (const each of wanted) await put(suite, each);
      await sign();
    },
  };
};
