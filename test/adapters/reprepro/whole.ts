import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Asserts that what apt would read below `root` fits together: every index has the size and sum that its `Release` says,
 * by name and by hash, and every file that an index names lies in the pool with its sum.
 */
export const assertWhole = async (root: string): Promise<void> => {
  for (const name of await readdir(join(root, 'dists'))) {
    const folder = join(root, 'dists', name);
    const listed = releaseSums(await readFile(join(folder, 'InRelease'), 'utf8'));
    assert.ok(listed.length > 0, `${name} lists nothing`);
    for (const { path, size, sha256 } of listed) {
      const bytes = await readFile(join(folder, path));
      assert.equal(`${bytes.length} ${digest(bytes)}`, `${size} ${sha256}`, `${name}/${path}`);
      const byHash = await readFile(join(folder, path, '..', 'by-hash', 'SHA256', sha256));
      assert.equal(digest(byHash), sha256);
      if (path.endsWith('.gz')) await assertPool(root, gunzipSync(bytes).toString('latin1'));
    }
  }
};

/** The files that a `Release` or `InRelease` lists. */
export const releaseSums = (release: string) =>
  (/^SHA256:\n((?: .*\n)*)/m.exec(release)?.[1] ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [sha256 = '', size = '', path = ''] = line.trim().split(/\s+/);
      return { sha256, size: Number(size), path };
    });

export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const assertPool = async (root: string, index: string): Promise<void> => {
  for (const stanza of index.split('\n\n').filter((each) => each !== '')) {
    for (const [path, sha256] of named(stanza)) assert.equal(digest(await readFile(join(root, path))), sha256, path);
  }
};

/** Pool files of a stanza with their sums: of a binary one, of a source several. */
const named = (stanza: string): readonly (readonly [string, string])[] => {
  const value = (field: string) => new RegExp(`^${field}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
  if (value('Filename') !== '') return [[value('Filename'), value('SHA256')]];
  const sums = /^Checksums-Sha256: ?\n((?: .*\n?)*)/m.exec(stanza)?.[1] ?? '';
  return sums
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().split(' '))
    .map(([sha256 = '', , name = '']) => [`${value('Directory')}/${name}`, sha256]);
};
