import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rmdir, utimes } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Instant } from '../../domain/codec.ts';
import type { Fingerprint, RepositoryId } from '../../domain/debian/names.ts';
import type { PublishedDistribution, SnapshotCache, SnapshotName } from '../../ports/archive.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { withinIndices } from './check-publication.ts';
import type { Disk } from './disk.ts';
import type { fileFacts } from './file-facts.ts';
import { makeTree } from './generation.ts';
import { inParallel } from './in-parallel.ts';
import { indexedFiles, ownIndices, type WriteIndex } from './own-indices.ts';
import type { Thread } from './thread.ts';

export type SnapshotParts = {
  /** `ID/PUBLICATION-EDITION/NAME/`: a folder `dists/NAME` each, whole under its name or not there. */
  readonly folder: string;
  /** All of them together take at most so much; those used longest ago go first. */
  readonly bytes: number;
  readonly keyring: Keyring;
  readonly disk: Disk;
  readonly thread: Thread;
  readonly factsOf: (repository: RepositoryId) => ReturnType<typeof fileFacts>;
};

/**
 * Snapshots on disk. One is made beside its place, synced, and renamed: a crash leaves it in the way of nobody, and the next
 * one that is made removes what was left.
 */
export const snapshotCache = (parts: SnapshotParts): SnapshotCache => {
  const { folder, disk } = parts;
  const place = ({ repository, publication, edition, distribution }: SnapshotName): string =>
    join(folder, repository, `${publication}-${edition}`, distribution);

  const make: SnapshotCache['make'] = async (name, distribution, date, signers) => {
    const aside = join(folder, unfinished, randomUUID());
    try {
      await write(aside, name.repository, { distribution, date, signers }, parts);
      await mkdir(dirname(place(name)), { recursive: true });
      await disk.remove(place(name));
      await disk.rename(aside, place(name));
    } finally {
      await disk.remove(aside);
    }
    await prune(folder, parts.bytes, place(name), disk);
    return place(name);
  };

  return {
    find: async (name) => {
      const found = place(name);
      const stats = await lstat(found).catch(() => undefined);
      if (stats === undefined) return undefined;
      // Used, but not so often that reading would be writing.
      if (Date.now() - stats.mtimeMs > usedAgain) await utimes(found, new Date(), new Date()).catch(() => undefined);
      return found;
    },
    make,
    forget: (repository) => disk.remove(join(folder, repository)),
  };
};

/** Not the name of a repository. */
const unfinished = '.unfinished';
const usedAgain = 60_000;

type Wanted = {
  readonly distribution: PublishedDistribution;
  readonly date: Instant;
  readonly signers: readonly Fingerprint[];
};

const write = async (
  folder: string,
  repository: RepositoryId,
  { distribution: wanted, date, signers }: Wanted,
  { factsOf, keyring, disk, thread }: SnapshotParts,
): Promise<void> => {
  const distribution = await withinIndices(wanted);
  const facts = await factsOf(repository).gather(indexedFiles(distribution.holds));
  const write: WriteIndex = (path, from) => {
    const to = join(folder, `${path}.gz`);
    return disk.make(to, () => thread.write({ to, remember: undefined, from }));
  };
  const origin = { kind: 'made', write: () => ownIndices(distribution, facts, write) } as const;
  await disk.makeFolder(folder);
  const { files, folders } = await makeTree(
    {
      folder,
      distribution,
      contents: '',
      origin,
      earlier: undefined,
      dates: { date, validUntil: null },
      signers,
      renew: true,
    },
    keyring,
    disk,
  );
  await inParallel(4, files, disk.sync);
  await disk.syncAll(folders);
};

type Kept = { readonly path: string; readonly usedAt: number; readonly bytes: number };

/** Removes what was used longest ago until the rest fits; never `newest`, which somebody waits for. */
const prune = async (folder: string, most: number, newest: string, disk: Disk): Promise<void> => {
  const kept = await keptBelow(folder);
  let bytes = kept.reduce((sum, each) => sum + each.bytes, 0);
  for (const each of kept.toSorted((one, other) => one.usedAt - other.usedAt)) {
    if (bytes <= most) break;
    if (each.path === newest) continue;
    await disk.remove(each.path);
    await rmdir(dirname(each.path)).catch(() => undefined);
    bytes -= each.bytes;
  }
};

const keptBelow = async (folder: string): Promise<readonly Kept[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const bytes = new Map<string, number>();
  await inParallel(8, files, async (path) => {
    const tree = relative(folder, path).split(sep).slice(0, depth).join(sep);
    const stats = await lstat(path).catch(() => undefined);
    // What has a second name by its hash is counted by halves.
    if (stats !== undefined) bytes.set(tree, (bytes.get(tree) ?? 0) + stats.size / stats.nlink);
  });
  return Promise.all(
    [...bytes].map(async ([tree, size]) => {
      const path = join(folder, tree);
      const stats = await lstat(path).catch(() => undefined);
      return { path, bytes: size, usedAt: stats?.mtimeMs ?? 0 };
    }),
  );
};

/** `ID/PUBLICATION-EDITION/NAME` */
const depth = 3;
