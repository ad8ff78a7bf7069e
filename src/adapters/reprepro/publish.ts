import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { HeldVersion, Publication, Published, PublishedDistribution } from '../../ports/archive.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { breath } from './breath.ts';
import { checkPublication, withinIndices } from './check-publication.ts';
import { indexPaths } from './configuration.ts';
import { type ContentsKey, contentsKey } from './contents-key.ts';
import { converge } from './converge.ts';
import type { Disk } from './disk.ts';
import { exportedIndices } from './exported-indices.ts';
import type { fileFacts } from './file-facts.ts';
import { fillPool } from './fill-pool.ts';
import { type Earlier, isIntact, type MadeTree, makeTree, type Origin } from './generation.ts';
import { inParallel } from './in-parallel.ts';
import { type Manifest, readManifest, type Tree } from './manifest.ts';
import {
  indexedFiles,
  type KeptIndex,
  type MadeBefore,
  type MadeIndex,
  ownIndices,
  patchedIndices,
} from './own-indices.ts';
import { PublishRefused } from './publish-refused.ts';
import { lastWords, reprepro } from './reprepro.ts';
import type { Run } from './run-program.ts';
import { removeStaleLock } from './stale-lock.ts';
import { together } from './together.ts';

/** What publishes one repository. `proved`: what this process has seen to be so, and nobody else may change. */
export type Publisher = {
  readonly folder: ArchiveFolder;
  readonly files: FileStore;
  readonly keyring: Keyring;
  readonly run: Run;
  readonly disk: Disk;
  readonly facts: ReturnType<typeof fileFacts>;
  readonly proved: {
    /** Versions whose files are all in the pool. */
    pool: WeakSet<HeldVersion>;
    /** What reprepro holds. */
    readonly contents: Map<DistributionName, Wanted>;
    /** What every distribution holds: nothing in it is in the way of anything else, and it has a place for all of it. */
    readonly published: Map<DistributionName, Wanted>;
    /** Indices as they are published. */
    readonly made: Map<DistributionName, Omit<MadeBefore, 'read'>>;
    /** The generation that apt sees and that is whole. */
    generation: Manifest | undefined;
  };
};

type Wanted = {
  readonly distribution: PublishedDistribution;
  readonly contents: string;
  readonly key: ContentsKey;
};

/** So many generations stay on disk beside a new one: a request may have looked up the link just before it was switched. */
const generationsKept = 3;

/**
 * Pool, reprepro, indices aside, switch; in this order, because each step may be the last before a power cut: files before
 * indices that name them, everything synced before the one rename that apt notices. What an interrupted call left is
 * overwritten (conf, batch, generation) or part of the difference that the next call finds (pool, database).
 */
export const publish = async (
  publication: Publication,
  progress: (line: string) => void,
  publisher: Publisher,
): Promise<Published> => {
  const { folder, disk, proved } = publisher;
  const { signers } = publication;
  const wanted = await wantedOf(publication, proved.published);
  await disk.makeFolder(folder.base);
  await pool(wanted, publisher);
  const before = proved.generation ?? (await intactGeneration(publisher));
  const generation = (before?.generation ?? (await lastGeneration(folder))) + 1;
  const renew = before === undefined || before.signedBy !== signers.join(' ') || isRepeat(wanted, before);
  const into = { folder: join(folder.generation(generation), 'dists'), before, renew, publication };
  await disk.remove(folder.generation(generation));
  await disk.makeFolder(into.folder);
  const isRollback = ({ distribution }: Wanted): boolean => distribution.isRollback;
  const [, rollbacks] = await together(
    together(hold(wanted, before, progress, publisher), removeOthers(generation, publisher)),
    treesOf(wanted.filter(isRollback), into, publisher),
  );
  const suites = await treesOf(
    wanted.filter((each) => !isRollback(each)),
    into,
    publisher,
  );
  const trees = new Map([...suites, ...rollbacks]);
  const manifest: Manifest = { generation, signedBy: signers.join(' '), trees: Object.fromEntries(trees) };
  await complete(manifest, publisher);
  await switchTo(generation, publisher);
  proved.generation = manifest;
  proved.published.clear();
  for (const each of wanted) proved.published.set(each.distribution.name, each);
  progress(`generation ${generation} is what apt sees`);
  const releases = wanted.flatMap(({ distribution: { name } }) => {
    const tree = trees.get(name);
    return tree === undefined ? [] : [{ distribution: name, release: tree.release }];
  });
  return { generation, signedBy: signers, releases };
};

/** Checked as a whole; rejects when no archive can hold it. `published`: what the publication before wanted. */
const wantedOf = async (
  publication: Publication,
  published: ReadonlyMap<DistributionName, Wanted>,
): Promise<readonly Wanted[]> => {
  const before = new Map([...published].map(([name, { distribution }]) => [name, distribution]));
  const distributions = publication.distributions.map((each) => withinIndices(each, before.get(each.name)));
  checkPublication({ ...publication, distributions }, before);
  const wanted: Wanted[] = [];
  for (const distribution of distributions) {
    const key = contentsKey(distribution, published.get(distribution.name)?.key);
    wanted.push({ distribution, contents: key.key, key });
    await breath();
  }
  return wanted;
};

/** Rollbacks are made while reprepro works on the suites. */
const treesAtOnce = 4;

type Into = {
  /** `generations/N/dists` */
  readonly folder: string;
  readonly before: Manifest | undefined;
  readonly renew: boolean;
  readonly publication: Publication;
};

/** Makes trees and syncs them together: after the first sync most others find nothing left to do. */
const treesOf = async (
  wanted: readonly Wanted[],
  into: Into,
  publisher: Publisher,
): Promise<readonly (readonly [DistributionName, Tree])[]> => {
  const made = await inParallel(treesAtOnce, wanted, (each) => treeOf(each, into, publisher));
  await inParallel(
    4,
    made.flatMap(([, { unsynced }]) => unsynced),
    publisher.disk.sync,
  );
  return made.map(([name, { tree }]) => [name, tree]);
};

const treeOf = async (
  wanted: Wanted,
  { folder: dists, before, renew, publication: { date, validUntil, signers } }: Into,
  publisher: Publisher,
): Promise<readonly [DistributionName, MadeTree]> => {
  const { distribution, contents } = wanted;
  const { keyring, disk } = publisher;
  const earlier = earlierTree(distribution.name, before, publisher.folder);
  const origin = await originOf(wanted, earlier, publisher);
  const folder = join(dists, distribution.name);
  await disk.makeFolder(folder);
  const order = { folder, distribution, contents, origin, earlier, dates: { date, validUntil }, signers, renew };
  return [distribution.name, await makeTree(order, keyring, disk)];
};

const pool = async (wanted: readonly Wanted[], { folder, files, disk, proved }: Publisher): Promise<void> => {
  const missing = new Set<HeldVersion>();
  for (const { distribution } of wanted)
    for (const held of distribution.holds) if (!proved.pool.has(held)) missing.add(held);
  await fillPool(folder, [...missing], files, disk);
  for (const held of missing) proved.pool.add(held);
};

/** Brings reprepro's suites to what they shall hold, and exports those that apt sees otherwise. */
const hold = async (
  wanted: readonly Wanted[],
  before: Manifest | undefined,
  progress: (line: string) => void,
  { folder, run, disk, facts, proved }: Publisher,
): Promise<void> => {
  const suites = wanted.filter(({ distribution }) => !distribution.isRollback);
  const stale = suites.filter(
    ({ distribution, contents }) => proved.contents.get(distribution.name)?.contents !== contents,
  );
  const changed = suites.filter(
    ({ distribution, contents }) => before?.trees[distribution.name]?.contents !== contents,
  );
  if (stale.length === 0 && changed.length === 0) return;
  const program = reprepro(folder, run);
  const distributionsOf = (some: readonly Wanted[]) => some.map(({ distribution }) => distribution);
  await removeStaleLock(folder, disk);
  const held = new Map([...proved.contents].map(([name, { distribution }]) => [name, distribution]));
  await converge(distributionsOf(suites), distributionsOf(stale), held, {
    folder,
    reprepro: program,
    disk,
    gatherFacts: facts.gather,
    progress,
  });
  await removeVanished(suites, folder, disk);
  if (changed.length > 0) {
    const names = distributionsOf(changed).map(({ name }) => name);
    progress(`exporting ${names.join(' ')}`);
    const ran = await program.export(names);
    if (ran.code !== 0)
      throw new PublishRefused(
        'export-failed',
        lastWords(ran),
        'what apt sees is unchanged; the publication is tried again',
      );
  }
  proved.contents.clear();
  for (const suite of suites) proved.contents.set(suite.distribution.name, suite);
};

/** reprepro leaves what it exported of a distribution that is no longer configured. */
const removeVanished = async (suites: readonly Wanted[], { staging }: ArchiveFolder, disk: Disk): Promise<void> => {
  const names = new Set<string>(suites.map(({ distribution }) => distribution.name));
  for (const name of await readdir(staging).catch(() => []))
    if (!names.has(name)) await disk.remove(join(staging, name));
};

/** The published generation as this process finds it, if not a byte of it is missing. */
const intactGeneration = async ({ folder }: Publisher): Promise<Manifest | undefined> => {
  const manifest = await readManifest(folder.published);
  if (manifest === undefined) return undefined;
  const trees = Object.entries(manifest.trees);
  const intact = await inParallel(1, trees, ([name, tree]) =>
    isIntact({ tree, folder: join(folder.published, 'dists', name) }),
  );
  return { ...manifest, trees: Object.fromEntries(trees.filter((_, at) => intact[at])) };
};

const earlierTree = (
  name: DistributionName,
  before: Manifest | undefined,
  folder: ArchiveFolder,
): Earlier | undefined => {
  const tree = before?.trees[name];
  if (before === undefined || tree === undefined) return undefined;
  return { tree, folder: join(folder.generation(before.generation), 'dists', name), generation: before.generation };
};

/** Asked to publish what is published: then it is the dates that somebody wants. */
const isRepeat = (wanted: readonly Wanted[], before: Manifest): boolean =>
  wanted.every(({ distribution, contents }) => before.trees[distribution.name]?.contents === contents) &&
  Object.keys(before.trees).length === wanted.length;

const originOf = async (
  { distribution, contents }: Wanted,
  earlier: Earlier | undefined,
  publisher: Publisher,
): Promise<Origin> => {
  if (earlier?.tree.contents === contents) return { kind: 'kept' };
  const before = madeBefore(distribution, earlier, publisher);
  const indices = distribution.isRollback
    ? await rollbackIndices(distribution, before, publisher)
    : await exportedIndices(distribution, join(publisher.folder.staging, distribution.name), before);
  const made = new Map(indices.map(({ path, sha256, segments }) => [path, { sha256, segments }]));
  publisher.proved.made.set(distribution.name, { holds: distribution.holds, indices: made });
  return { kind: 'made', indices };
};

const madeBefore = (
  distribution: PublishedDistribution,
  earlier: Earlier | undefined,
  { proved }: Publisher,
): MadeBefore | undefined => {
  const made = proved.made.get(distribution.name);
  if (earlier === undefined || made === undefined) return undefined;
  if (indexPaths(distribution).join() !== [...made.indices.keys()].join()) return undefined;
  return { ...made, read: (path) => readFile(join(earlier.folder, `${path}.gz`)) };
};

/** Patched where this process made what is published, else made anew. */
const rollbackIndices = async (
  distribution: PublishedDistribution,
  before: MadeBefore | undefined,
  { facts }: Publisher,
): Promise<readonly (MadeIndex | KeptIndex)[]> =>
  before === undefined
    ? ownIndices(distribution, await facts.gather(indexedFiles(distribution.holds)))
    : patchedIndices(distribution, before, facts.gather);

/** Everything in the generation that is not a distribution's, and the names of all of it. */
const complete = async (manifest: Manifest, { folder, disk }: Publisher): Promise<void> => {
  const at = folder.generation(manifest.generation);
  await disk.symlink('../../pool', join(at, 'pool'));
  await disk.write(join(at, 'manifest.json'), JSON.stringify(manifest));
  for (const names of [join(at, 'dists'), at, folder.generations]) await disk.sync(names);
};

const switchTo = async (generation: number, { folder, disk }: Publisher): Promise<void> => {
  const beside = `${folder.published}.new`;
  await disk.remove(beside);
  await disk.symlink(`generations/${generation}`, beside);
  await disk.rename(beside, folder.published);
  await disk.sync(folder.base);
};

/** The highest number on disk, published or not, so that a lost link does not make numbers go back. */
const lastGeneration = async (folder: ArchiveFolder): Promise<number> => {
  const published = await readlink(folder.published).catch(() => '0');
  const present = await readdir(folder.generations).catch(() => []);
  return Math.max(0, ...[basename(published), ...present].map(Number).filter(Number.isSafeInteger));
};

/** Generations that no request can have in hand any more; never the one that is published, whatever its number. */
const removeOthers = async (next: number, { folder, disk }: Publisher): Promise<void> => {
  const published = basename(await readlink(folder.published).catch(() => ''));
  const isKept = (name: string): boolean =>
    name === published || (Number(name) <= next && Number(name) >= next - generationsKept);
  for (const name of await readdir(folder.generations))
    if (!isKept(name)) await disk.remove(join(folder.generations, name));
};
