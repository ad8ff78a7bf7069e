import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GnupgHome, gnupgHome } from '../../test/adapters/openpgp/gnupg-home.ts';
import { makeChanges, makeSourcePackage } from '../../test/support/deb.ts';
import { unstable } from '../../test/support/fixed-examples.ts';
import { type Bench, Skipped } from './row.ts';

/** Somebody with a key, and a keyring file that knows it. */
export type Uploader = { readonly gnupg: GnupgHome; readonly key: string; readonly keyring: string };

/** With RSA of 4096 bits, as most Debian developers have. */
export const uploader = (bench: Bench): Uploader => {
  const gnupg = gnupgHome();
  bench.atEnd(gnupg.close);
  try {
    const key = gnupg.makeKey('jane', 'rsa4096');
    return { gnupg, key, keyring: gnupg.exportRing([key]) };
  } catch (error) {
    throw new Skipped(`no key can be made: is gnupg installed? (${String(error).split('\n')[0]})`);
  }
};

/** Paths of one upload: the `.changes` apart, because it is sent last. */
export type SignedUpload = { readonly source: string; readonly changes: string; readonly files: readonly string[] };

/** A source of 1 MB that does not compress, `.dsc` and `.changes` signed, as debsign leaves it; its package is for one architecture, or any. */
export const signedUpload = async (
  folder: string,
  source: string,
  { gnupg, key }: Uploader,
  architecture = 'any',
): Promise<SignedUpload> => {
  const version = '1.0-1~acme13+1';
  const sign = async (path: string): Promise<string> => {
    await writeFile(path, gnupg.clearsign(key, await readFile(path, 'utf8')));
    return path;
  };
  const noise = randomBytes(1_040_000).toString('latin1');
  const made = await makeSourcePackage(join(folder, source), {
    source,
    version,
    binaries: [`${source}:${architecture}`],
    format: 'quilt',
    tree: { 'noise.bin': noise },
  });
  const files = [await sign(made.dsc), ...made.tarballs];
  const changes = await sign(
    await makeChanges(join(folder, source), { source, version, distribution: unstable, architecture: 'source', files }),
  );
  return { source, changes, files };
};
