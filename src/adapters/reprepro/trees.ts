import { join } from 'node:path';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { Publication, PublishedDistribution } from '../../ports/archive.ts';
import { indexPaths } from './configuration.ts';
import { exportedIndices } from './exported-indices.ts';
import { gate } from './gate.ts';
import { type Earlier, type MadeTree, makeTree, type Origin } from './generation.ts';
import { earlierTree } from './generations.ts';
import { inParallel } from './in-parallel.ts';
import type { Manifest, Tree } from './manifest.ts';
import {
  indexedFiles,
  type KeptIndex,
  type MadeBefore,
  type MadeIndex,
  ownIndices,
  patchedIndices,
  type WriteIndex,
} from './own-indices.ts';
import type { Publisher, Wanted } from './publisher.ts';

/** The generation that trees are made for. */
export type Into = {
  /** `generations/N/dists` */
  readonly folder: string;
  readonly before: Manifest | undefined;
  readonly renew: boolean;
  readonly publication: Publication;
};

const treesAtOnce = 4;

/** Makes trees durable. Their files are synced as they come, their folders together: after the first most others find nothing left to do. */
export const treesOf = async (
  wanted: readonly Wanted[],
  into: Into,
  publisher: Publisher,
): Promise<ReadonlyMap<DistributionName, Tree>> => {
  const { disk } = publisher;
  const syncing = gate(treesAtOnce);
  const synced: Promise<void>[] = [];
  const make = async (each: Wanted): Promise<MadeTree> => {
    const tree = await treeOf(each, into, publisher);
    synced.push(...tree.files.map((file) => syncing(() => disk.sync(file))));
    return tree;
  };
  const all = async (): Promise<readonly MadeTree[]> => {
    try {
      return await inParallel(treesAtOnce, wanted, make);
    } finally {
      await Promise.allSettled(synced);
    }
  };
  const made = await all();
  await Promise.all(synced);
  await disk.syncAll(made.flatMap(({ folders }) => folders));
  return new Map(made.map(({ tree }, at) => [(wanted[at] as Wanted).distribution.name, tree]));
};

/** Whether its indices can be told without what reprepro exports. */
export const isTold = (wanted: Wanted, { before }: Into, publisher: Publisher): boolean => {
  const { distribution, contents } = wanted;
  const earlier = earlierTree(distribution.name, before, publisher.folder);
  return (
    distribution.isRollback ||
    earlier?.tree.contents === contents ||
    madeBefore(distribution, earlier, publisher) !== undefined
  );
};

const treeOf = async (
  wanted: Wanted,
  { folder: dists, before, renew, publication: { date, validUntil, signers } }: Into,
  publisher: Publisher,
): Promise<MadeTree> => {
  const { distribution, contents } = wanted;
  const { keyring, disk } = publisher;
  const earlier = earlierTree(distribution.name, before, publisher.folder);
  const folder = join(dists, distribution.name);
  await disk.makeFolder(folder);
  const origin = originOf(wanted, folder, earlier, publisher);
  const order = { folder, distribution, contents, origin, earlier, dates: { date, validUntil }, signers, renew };
  return makeTree(order, keyring, disk);
};

const originOf = (
  { distribution, contents }: Wanted,
  folder: string,
  earlier: Earlier | undefined,
  publisher: Publisher,
): Origin => {
  if (earlier?.tree.contents === contents) return { kind: 'kept' };
  const write = async (): Promise<readonly (MadeIndex | KeptIndex)[]> => {
    const before = madeBefore(distribution, earlier, publisher);
    publisher.proved.made.delete(distribution.name);
    const indices = await indicesOf(distribution, before, writeInto(folder, distribution.name, publisher), publisher);
    const sums = new Map(indices.map(({ path, sha256 }) => [path, sha256]));
    publisher.proved.made.set(distribution.name, { holds: distribution.holds, sums });
    return indices;
  };
  return { kind: 'made', write };
};

/** Patched where this process made what is published, else made anew. */
const indicesOf = async (
  distribution: PublishedDistribution,
  before: MadeBefore | undefined,
  write: WriteIndex,
  { folder, facts }: Publisher,
): Promise<readonly (MadeIndex | KeptIndex)[]> => {
  if (before !== undefined) return patchedIndices(distribution, before, facts.gather, write);
  if (!distribution.isRollback) return exportedIndices(distribution, join(folder.staging, distribution.name), write);
  return ownIndices(distribution, await facts.gather(indexedFiles(distribution.holds)), write);
};

const writeInto =
  (tree: string, distribution: DistributionName, { folder, disk, thread, mark }: Publisher): WriteIndex =>
  (path, from) => {
    const to = join(tree, `${path}.gz`);
    const remember = { name: `${mark}/${distribution}/${path}`, folder: folder.texts };
    return disk.make(to, () => thread.write({ to, remember, from }));
  };

const madeBefore = (
  distribution: PublishedDistribution,
  earlier: Earlier | undefined,
  { proved }: Publisher,
): MadeBefore | undefined => {
  const made = proved.made.get(distribution.name);
  if (earlier === undefined || made === undefined) return undefined;
  if (indexPaths(distribution).join() !== [...made.sums.keys()].join()) return undefined;
  return { ...made, gz: (path) => join(earlier.folder, `${path}.gz`) };
};
