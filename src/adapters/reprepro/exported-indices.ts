import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import { indexPaths } from './configuration.ts';
import { inParallel } from './in-parallel.ts';
import type { MadeIndex, WriteIndex } from './own-indices.ts';
import { PublishRefused } from './publish-refused.ts';

/**
 * The indices that reprepro exported into `folder`, compressed by us. Each is held against reprepro's own `Release`: a disk that
 * was full while it wrote does not always show in its exit code.
 */
export const exportedIndices = async (
  distribution: PublishedDistribution,
  folder: string,
  write: WriteIndex,
): Promise<readonly MadeIndex[]> => {
  const listed = await exportedSums(folder);
  return inParallel(1, indexPaths(distribution), async (path) => {
    const index = await write(path, { kind: 'text', path: join(folder, path) });
    if (index.sha256 !== listed.get(path)) throw incomplete(distribution, path);
    return { path, ...index };
  });
};

/** What reprepro says in its own `Release` of what it exported into a folder: sums by path. */
export const exportedSums = async (folder: string): Promise<ReadonlyMap<string, Sha256>> => {
  const release = await readFile(join(folder, 'Release'), 'latin1');
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
