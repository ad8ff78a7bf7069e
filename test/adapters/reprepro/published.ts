import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DistributionName } from '../../../src/domain/debian/distribution.ts';

/** Every compressed index of a published distribution, unpacked, by its path. */
export const publishedIndices = async (
  root: string,
  name: DistributionName,
): Promise<Readonly<Record<string, string>>> => {
  const folder = join(root, 'dists', name);
  const paths = (await readdir(folder, { recursive: true })).filter(
    (path) => path.endsWith('.gz') && !path.includes('by-hash'),
  );
  const texts = paths
    .sort()
    .map(async (path) => [path, gunzipSync(await readFile(join(folder, path))).toString('latin1')]);
  return Object.fromEntries(await Promise.all(texts));
};

/** Sorted `source NAME VERSION` and `NAME VERSION ARCHITECTURE`; `undefined` when the distribution is not there. */
export const publishedContents = async (
  root: string,
  name: DistributionName,
): Promise<readonly string[] | undefined> => {
  if (!existsSync(join(root, 'dists', name))) return undefined;
  const found = new Set<string>();
  for (const [path, text] of Object.entries(await publishedIndices(root, name))) {
    for (const stanza of text.split('\n\n').filter((each) => each.trim() !== '')) {
      const value = (field: string) => new RegExp(`^${field}: (.*)$`, 'm').exec(stanza)?.[1];
      if (path.endsWith('Sources.gz')) found.add(`source ${value('Package')} ${value('Version')}`);
      else found.add(`${value('Package')} ${value('Version')} ${value('Architecture')}`);
    }
  }
  return [...found].sort();
};
