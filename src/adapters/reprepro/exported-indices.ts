import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import { indexPaths } from './configuration.ts';
import { inParallel } from './in-parallel.ts';
import type { KeptIndex, MadeBefore, MadeIndex } from './own-indices.ts';
import { PublishRefused } from './publish-refused.ts';
import { compressedIndex, rewrittenIndex } from './segmented-index.ts';

/**
 * The indices that reprepro exported into `folder`, compressed by us: of those that this process compressed `before`, only what
 * changed. Each is held against reprepro's own `Release`: a disk that was full while it wrote does not always show in its exit code.
 */
export const exportedIndices = async (
  distribution: PublishedDistribution,
  folder: string,
  before: Pick<MadeBefore, 'indices' | 'read'> | undefined,
): Promise<readonly (MadeIndex | KeptIndex)[]> => {
  const listed = sums(await readFile(join(folder, 'Release'), 'latin1'));
  return inParallel(2, indexPaths(distribution), async (path) => {
    const known = before?.indices.get(path);
    if (before !== undefined && known !== undefined && known.sha256 === listed.get(path)) return { path, ...known };
    const text = await readFile(join(folder, path)).catch(() => undefined);
    if (text === undefined) throw incomplete(distribution, path);
    const index =
      before === undefined || known === undefined
        ? await compressedIndex(text)
        : await rewrittenIndex(known.segments, await before.read(path), text);
    if (index.sha256 !== listed.get(path)) throw incomplete(distribution, path);
    return { path, ...index };
  });
};

const sums = (release: string): ReadonlyMap<string, Sha256> => {
  const section = /^SHA256:\n((?: .*\n)*)/m.exec(release)?.[1] ?? '';
  return new Map(
    section.split('\n').flatMap((line) => {
      const [sha256, , path] = line.trim().split(/\s+/);
      return path === undefined ? [] : [[path, sha256 as Sha256] as const];
    }),
  );
};

const incomplete = ({ name }: PublishedDistribution, path: string): PublishRefused =>
  new PublishRefused(
    'export-incomplete',
    `reprepro exported no whole ${path} of ${name}`,
    'is the disk full? The publication is tried again',
  );
