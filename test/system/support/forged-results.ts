import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import type { Instance } from './instance.ts';

/** What a buildresult says that succeeded, without a signature: for the request of that hash, about a package for amd64. */
export type Forgery = {
  readonly request: string;
  readonly source: string;
  readonly version: string;
  readonly distribution: string;
};

const tar = Buffer.alloc(10_240);
const log = Buffer.from('Status: successful\n');

const text = ({ request, source, version, distribution }: Forgery): string => {
  const [inTar, inLog] = [`${resultOf({ source, version })}.tar`, `${source}_${version}_amd64.buildlog`];
  const listed = (kind: string, more: string) =>
    [
      [log, inLog],
      [tar, inTar],
    ].map(
      ([bytes, name]) =>
        `\n ${createHash(kind)
          .update(bytes as Buffer)
          .digest('hex')} ${(bytes as Buffer).length} ${more}${name}`,
    );
  return [
    `Distribution: ${distribution}`,
    `Source: ${source}`,
    `Version: ${version}`,
    'Architecture: amd64',
    'Sbuildretval: 0',
    'Sbuild-Status: successful',
    `Files:${listed('md5', 'mini-buildd extra ').join('')}`,
    `Checksums-Sha256:${listed('sha256', '').join('')}`,
    `Buildrequest: ${request}`,
    'Outcome: succeeded',
    'Times: 1 1 2',
    'Stages:',
    '',
  ].join('\n');
};

const resultOf = ({ source, version }: Pick<Forgery, 'source' | 'version'>): string =>
  `${source}_${version}_mini-buildd-buildresult_amd64.changes`;

/** Signs as the instance does that has these keys. */
export const signedBy = async ({ home }: Instance, fingerprint: string, forged: Forgery): Promise<string> =>
  openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now }).clearsign(text(forged), [
    fingerprint as Fingerprint,
  ]);

export const unsigned = text;

/** Writes a forged result with its files; returns the path of its `.changes`. */
export const writeForgery = async (folder: string, forged: Forgery, changes: string): Promise<string> => {
  const home = join(folder, `forged-${createHash('sha1').update(changes).digest('hex').slice(0, 8)}`);
  await mkdir(home, { recursive: true });
  await writeFile(join(home, `${resultOf(forged)}.tar`), tar);
  await writeFile(join(home, `${forged.source}_${forged.version}_amd64.buildlog`), log);
  const path = join(home, resultOf(forged));
  await writeFile(path, changes);
  return path;
};
