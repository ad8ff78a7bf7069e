import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import { indexPaths } from './configuration.ts';
import { hashFile } from './hash-file.ts';
import type { IndexFile } from './manifest.ts';
import { PublishRefused } from './publish-refused.ts';
import { isKeptPlain } from './segmented-index.ts';

/**
 * The indices that reprepro exported into `folder`, sums from its own `Release`. Each file that apt will fetch is
 * read again: a disk that was full while reprepro wrote does not always show in its exit code.
 */
export const exportedIndices = async (
  distribution: PublishedDistribution,
  folder: string,
): Promise<readonly IndexFile[]> => {
  const listed = sums(await readFile(join(folder, 'Release'), 'latin1'));
  const files = indexPaths(distribution)
    .flatMap((path) => [path, `${path}.gz`])
    .map((path) => {
      const file = listed.get(path);
      if (file === undefined) throw incomplete(distribution, path);
      return { path, ...file, present: path.endsWith('.gz') || isKeptPlain(file.size) };
    });
  for (const { path, sha256, present } of files)
    if (present && (await hashFile(join(folder, path))) !== sha256) throw incomplete(distribution, path);
  return files;
};

const sums = (release: string): ReadonlyMap<string, { readonly size: number; readonly sha256: Sha256 }> => {
  const section = /^SHA256:\n((?: .*\n)*)/m.exec(release)?.[1] ?? '';
  return new Map(
    section.split('\n').flatMap((line) => {
      const [sha256, size, path] = line.trim().split(/\s+/);
      return path === undefined ? [] : [[path, { size: Number(size), sha256: sha256 as Sha256 }] as const];
    }),
  );
};

const incomplete = ({ name }: PublishedDistribution, path: string): PublishRefused =>
  new PublishRefused(
    'export-incomplete',
    `reprepro exported no whole ${path} of ${name}`,
    'is the disk full? The publication is tried again',
  );
