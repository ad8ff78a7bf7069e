import { join } from 'node:path';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { HeldVersion, Publication, Published } from '../../ports/archive.ts';
import { gently } from './breath.ts';
import { fillPool } from './fill-pool.ts';
import { complete, intactGeneration, newGeneration, removeOthers, switchTo } from './generations.ts';
import { hold, settle } from './hold.ts';
import type { Manifest, Tree } from './manifest.ts';
import { type Publisher, type Wanted, wantedOf } from './publisher.ts';
import { together } from './together.ts';
import { isTold, treesOf } from './trees.ts';

/**
 * Pool, reprepro, indices aside, switch; in this order, because each step may be the last before a power cut: files before
 * indices that name them, everything synced before the one rename that apt notices. What an interrupted call left is
 * overwritten (conf, batch), removed (generation) or part of the difference that the next call finds (pool, database).
 *
 * Indices that can be told are made while reprepro works, and count only once it exported the same.
 */
export const publish = async (
  publication: Publication,
  progress: (line: string) => void,
  publisher: Publisher,
): Promise<Published> => {
  const { folder, disk, keyring, proved } = publisher;
  const { date, signers } = publication;
  const wanted = await wantedOf(publication, proved.published);
  await disk.makeFolder(folder.base);
  const before = proved.generation ?? (await intactGeneration(folder));
  const generation = await newGeneration(folder, disk);
  const signedBy = (await keyring.signersOfRelease(Date.parse(date), signers)).join(' ');
  const renew = before === undefined || before.signedBy !== signedBy || isRepeat(wanted, before);
  const into = { folder: join(folder.generation(generation), 'dists'), before, renew, publication };
  await disk.makeFolder(into.folder);
  const told = wanted.filter((each) => isTold(each, into, publisher));
  const suites = wanted.filter(({ distribution }) => !distribution.isRollback);
  const [[holding], trees] = await together(
    together(
      pool(wanted, publisher).then(() => hold(suites, before, progress, publisher)),
      removeOthers(generation, folder, disk),
    ),
    treesOf(told, into, publisher),
  );
  const exported = await settle(holding, trees, publisher);
  for (const name of exported) {
    // Foretold perhaps, and not what reprepro says.
    proved.made.delete(name);
    await disk.remove(join(into.folder, name));
  }
  const others = await treesOf(
    wanted.filter(({ distribution: { name } }) => exported.has(name)),
    into,
    publisher,
  );
  const manifest = { generation, signedBy, trees: Object.fromEntries([...trees, ...others]) };
  await complete(manifest, folder, disk);
  await switchTo(generation, folder, disk);
  remember(wanted, manifest, publisher);
  progress(`generation ${generation} is what apt sees`);
  return { generation, signedBy: signers, releases: releasesOf(wanted, manifest.trees) };
};

const pool = async (wanted: readonly Wanted[], { folder, files, disk, proved }: Publisher): Promise<void> => {
  const missing = new Set<HeldVersion>();
  for (const { distribution } of wanted) {
    await gently(distribution.holds, (held) => {
      if (!proved.pool.has(held)) missing.add(held);
    });
  }
  await fillPool(folder, [...missing], files, disk);
  for (const held of missing) proved.pool.add(held);
};

/** Asked to publish what is published: then it is the dates that somebody wants. */
const isRepeat = (wanted: readonly Wanted[], before: Manifest): boolean =>
  wanted.every(({ distribution, contents }) => before.trees[distribution.name]?.contents === contents) &&
  Object.keys(before.trees).length === wanted.length;

const remember = (wanted: readonly Wanted[], manifest: Manifest, { proved, thread, mark }: Publisher): void => {
  proved.generation = manifest;
  proved.published.clear();
  for (const each of wanted) proved.published.set(each.distribution.name, each);
  for (const name of proved.made.keys()) {
    if (proved.published.has(name)) continue;
    proved.made.delete(name);
    thread.forget(`${mark}/${name}/`);
  }
};

const releasesOf = (wanted: readonly Wanted[], trees: Readonly<Record<string, Tree>>): Published['releases'] =>
  wanted.flatMap(({ distribution: { name } }) => {
    const tree: Tree | undefined = trees[name];
    return tree === undefined ? [] : [{ distribution: name satisfies DistributionName, release: tree.release }];
  });
