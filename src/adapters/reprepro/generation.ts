import { hash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Instant } from '../../domain/codec.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { Publication, PublishedDistribution } from '../../ports/archive.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { Disk } from './disk.ts';
import { hashFile } from './hash-file.ts';
import { inParallel } from './in-parallel.ts';
import type { IndexFile, RetiredFile, Tree } from './manifest.ts';
import type { MadeIndex } from './own-indices.ts';
import { releaseBody, releaseHead, releaseText } from './release.ts';

/** An uncompressed index is kept beside the compressed one up to this size, for people with a browser; apt never asks for it. Bytes. */
const plainUpTo = 1024 * 1024;

/** An index that was replaced can be fetched by its hash so long, and until so many generations later: a client may be between `InRelease` and it. */
const retiredMilliseconds = 60 * 60 * 1000;
const retiredGenerations = 3;

/** Where the indices of a distribution come from: nothing changed, reprepro exported them, or we made them. */
export type Origin =
  | { readonly kind: 'kept' }
  | { readonly kind: 'exported'; readonly folder: string; readonly files: readonly IndexFile[] }
  | { readonly kind: 'made'; readonly indices: readonly MadeIndex[] };

/** The distribution as the generation before published it. */
export type Earlier = { readonly tree: Tree; readonly folder: string; readonly generation: number };

export type TreeOrder = {
  /** `generations/N/dists/NAME`, not there yet. */
  readonly folder: string;
  readonly distribution: PublishedDistribution;
  readonly contents: string;
  readonly origin: Origin;
  readonly earlier: Earlier | undefined;
  readonly dates: Pick<Publication, 'date' | 'validUntil'>;
  /** Sign anew also when nothing but the date would change. */
  readonly renew: boolean;
};

/** Completes one distribution of a generation nobody serves yet: indices, by-hash, `Release` and its signatures, all synced. */
export const makeTree = async (order: TreeOrder, keyring: Keyring, disk: Disk): Promise<Tree> => {
  const { folder, distribution, contents, earlier } = order;
  const indices = await placeIndices(order, disk);
  const retired = retire(order, indices);
  await placeByHash(order, indices, retired, disk);
  const head = releaseHead(distribution);
  const body = releaseBody(distribution, indices);
  const fields = hash('sha256', [...head, ...body].join('\n'));
  const keep = earlier !== undefined && !order.renew && earlier.tree.fields === fields && isFresh(earlier.tree, order);
  const signed = keep ? await keepRelease(earlier, folder, disk) : await signRelease(head, body, order, keyring, disk);
  await inParallel(4, foldersIn(folder, indices, retired), disk.sync);
  return { contents, fields, indices, retired, ...signed };
};

/** Whether a tree of an earlier generation still has every byte it was published with. */
export const isIntact = async ({ tree, folder }: Omit<Earlier, 'generation'>): Promise<boolean> => {
  const expected = [
    { path: 'Release', sha256: tree.release },
    { path: 'InRelease', sha256: tree.inRelease },
    ...tree.indices.filter(({ present }) => present),
    ...tree.retired.map(({ folder: at, sha256 }) => ({ path: `${at}/by-hash/SHA256/${sha256}`, sha256 })),
  ];
  const intact = await inParallel(2, expected, async ({ path, sha256 }) => {
    return (await hashFile(join(folder, path)).catch(() => undefined)) === sha256;
  });
  return intact.every(Boolean);
};

const placeIndices = async (order: TreeOrder, disk: Disk): Promise<readonly IndexFile[]> => {
  const { folder, origin, earlier } = order;
  if (origin.kind === 'made')
    return (await inParallel(2, origin.indices, (index) => writeIndex(folder, index, disk))).flat();
  const from = origin.kind === 'exported' ? origin.folder : earlier?.folder;
  const files = origin.kind === 'exported' ? origin.files : earlier?.tree.indices;
  if (from === undefined || files === undefined) throw new Error(`${folder} has no earlier generation to keep`);
  await inParallel(
    4,
    files.filter(({ present }) => present),
    async ({ path }) => {
      await disk.makeFolder(dirname(join(folder, path)));
      await disk.link(join(from, path), join(folder, path));
      if (origin.kind === 'exported') await disk.sync(join(folder, path));
    },
  );
  return files;
};

const writeIndex = async (
  folder: string,
  { path, plain, gz }: MadeIndex,
  disk: Disk,
): Promise<readonly IndexFile[]> => {
  const files = [
    { path, bytes: plain, present: isKeptPlain(plain.length) },
    { path: `${path}.gz`, bytes: gz, present: true },
  ];
  await disk.makeFolder(dirname(join(folder, path)));
  for (const { path: at, bytes, present } of files) if (present) await disk.write(join(folder, at), bytes);
  return files.map(({ path: at, bytes, present }) => ({
    path: at,
    size: bytes.length,
    sha256: hash('sha256', bytes) as Sha256,
    present,
  }));
};

export const isKeptPlain = (size: number): boolean => size <= plainUpTo;

/** What the generation before could still give by hash, and this one no longer names. */
const retire = ({ earlier, dates }: TreeOrder, indices: readonly IndexFile[]): readonly RetiredFile[] => {
  if (earlier === undefined) return [];
  const { tree, generation } = earlier;
  const replaced = tree.indices
    .filter(({ present }) => present)
    .map(({ path, sha256 }) => ({ folder: dirname(path), sha256, generation, at: dates.date }));
  const named = new Set(
    indices.filter(({ present }) => present).map(({ path, sha256 }) => `${dirname(path)} ${sha256}`),
  );
  const isYoung = (file: RetiredFile): boolean =>
    Date.parse(dates.date) - Date.parse(file.at) < retiredMilliseconds ||
    generation - file.generation < retiredGenerations;
  return [...new Map([...tree.retired, ...replaced].map((file) => [`${file.folder} ${file.sha256}`, file]))]
    .filter(([place, file]) => !named.has(place) && isYoung(file))
    .map(([, file]) => file);
};

const placeByHash = async (
  { folder, earlier }: TreeOrder,
  indices: readonly IndexFile[],
  retired: readonly RetiredFile[],
  disk: Disk,
): Promise<void> => {
  const links = new Map<string, string>();
  for (const { path, sha256, present } of indices)
    if (present) links.set(join(folder, dirname(path), 'by-hash/SHA256', sha256), join(folder, path));
  for (const { folder: at, sha256 } of retired)
    links.set(join(folder, at, 'by-hash/SHA256', sha256), join(`${earlier?.folder}`, at, 'by-hash/SHA256', sha256));
  await inParallel(4, [...new Set([...links.keys()].map(dirname))], disk.makeFolder);
  await inParallel(4, [...links], ([to, from]) => disk.link(from, to));
};

/** Three quarters of its time are left, so that a renewal that comes for the repository in time comes in time for it. */
const isFresh = (tree: Tree, { dates }: TreeOrder): boolean => {
  if (tree.validUntil === null || dates.validUntil === null) return tree.validUntil === dates.validUntil;
  const left = Date.parse(tree.validUntil) - Date.parse(dates.date);
  return left >= 0.75 * (Date.parse(dates.validUntil) - Date.parse(dates.date));
};

type Signed = Pick<Tree, 'date' | 'validUntil' | 'release' | 'inRelease'>;

const keepRelease = async ({ tree, folder: from }: Earlier, folder: string, disk: Disk): Promise<Signed> => {
  for (const name of ['Release', 'Release.gpg', 'InRelease']) await disk.link(join(from, name), join(folder, name));
  const { date, validUntil, release, inRelease } = tree;
  return { date, validUntil, release, inRelease };
};

const signRelease = async (
  head: readonly string[],
  body: readonly string[],
  { folder, dates }: TreeOrder,
  keyring: Keyring,
  disk: Disk,
): Promise<Signed> => {
  const text = releaseText(head, dates, body);
  const { inRelease, detached } = await keyring.signRelease(text, Date.parse(dates.date satisfies Instant));
  await disk.write(join(folder, 'Release'), text);
  await disk.write(join(folder, 'Release.gpg'), detached);
  await disk.write(join(folder, 'InRelease'), inRelease);
  return {
    date: dates.date,
    validUntil: dates.validUntil,
    release: hash('sha256', text) as Sha256,
    inRelease: hash('sha256', inRelease) as Sha256,
  };
};

/** Every folder of a tree, innermost first. */
const foldersIn = (
  folder: string,
  indices: readonly IndexFile[],
  retired: readonly RetiredFile[],
): readonly string[] => {
  const folders = new Set([folder]);
  const leaves = [
    ...indices.filter(({ present }) => present).map(({ path }) => dirname(path)),
    ...retired.map((file) => file.folder),
  ];
  for (const leaf of new Set(leaves))
    for (let at = join(leaf, 'by-hash/SHA256'); at !== '.'; at = dirname(at)) folders.add(join(folder, at));
  return [...folders].sort().reverse();
};
