import { readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import type { Disk } from './disk.ts';
import { type Earlier, isIntact } from './generation.ts';
import { inParallel } from './in-parallel.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** So many generations stay on disk beside a new one: a request may have looked up the link just before it was switched. */
const generationsKept = 3;

/** The published generation as this process finds it, if not a byte of it is missing. */
export const intactGeneration = async (folder: ArchiveFolder): Promise<Manifest | undefined> => {
  const manifest = await readManifest(folder.published);
  if (manifest === undefined) return undefined;
  const trees = Object.entries(manifest.trees);
  const intact = await inParallel(1, trees, ([name, tree]) =>
    isIntact({ tree, folder: join(folder.published, 'dists', name) }),
  );
  return { ...manifest, trees: Object.fromEntries(trees.filter((_, at) => intact[at])) };
};

export const earlierTree = (
  name: DistributionName,
  before: Manifest | undefined,
  folder: ArchiveFolder,
): Earlier | undefined => {
  const tree = before?.trees[name];
  if (before === undefined || tree === undefined) return undefined;
  return { tree, folder: join(folder.generation(before.generation), 'dists', name), generation: before.generation };
};

/** Everything in the generation that is not a distribution's, and the names of all of it. */
export const complete = async (manifest: Manifest, folder: ArchiveFolder, disk: Disk): Promise<void> => {
  const at = folder.generation(manifest.generation);
  await disk.symlink('../../pool', join(at, 'pool'));
  await disk.write(join(at, 'manifest.json'), JSON.stringify(manifest));
  for (const names of [join(at, 'dists'), at, folder.generations]) await disk.sync(names);
};

/** The link lies in its own generation first, where nobody else writes. */
export const switchTo = async (generation: number, folder: ArchiveFolder, disk: Disk): Promise<void> => {
  const next = join(folder.generation(generation), 'published');
  await disk.symlink(`generations/${generation}`, next);
  await disk.rename(next, folder.published);
  await disk.sync(folder.base);
};

/**
 * The number of a new generation, with its folder. Another node that may publish by now, and whoever was stopped before, has a folder of its
 * own: nothing of theirs is written or taken away.
 */
export const newGeneration = async (folder: ArchiveFolder, disk: Disk): Promise<number> => {
  await disk.makeFolder(folder.generations);
  for (let number = (await lastGeneration(folder)) + 1; ; number += 1) {
    const isTaken = await disk.makeNewFolder(folder.generation(number)).then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return true;
      },
    );
    if (!isTaken) return number;
  }
};

/** The highest number on disk, published or not, so that a lost link does not make numbers go back. */
const lastGeneration = async (folder: ArchiveFolder): Promise<number> => {
  const published = await readlink(folder.published).catch(() => '0');
  const present = await readdir(folder.generations).catch(() => []);
  return Math.max(0, ...[basename(published), ...present].map(Number).filter(Number.isSafeInteger));
};

/**
 * Generations that no request can have in hand any more; never the one that is published, whatever its number, nor one that came after
 * `next`, which somebody else makes.
 */
export const removeOthers = async (next: number, folder: ArchiveFolder, disk: Disk): Promise<void> => {
  const published = basename(await readlink(folder.published).catch(() => ''));
  const isKept = (name: string): boolean => name === published || Number(name) >= next - generationsKept;
  for (const name of await readdir(folder.generations))
    if (!isKept(name)) await disk.removeTree(join(folder.generations, name));
};
