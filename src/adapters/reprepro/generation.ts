import { hash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { hashFile } from '../../disk/hash-file.ts';
import type { Instant } from '../../domain/codec.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { Publication, PublishedDistribution } from '../../ports/archive.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { Link } from './archive-orders.ts';
import { indexPaths } from './configuration.ts';
import type { Disk } from './disk.ts';
import { inParallel } from './in-parallel.ts';
import type { IndexFile, RetiredFile, Tree } from './manifest.ts';
import type { KeptIndex, MadeIndex } from './own-indices.ts';
import { releaseBody, releaseHead, releaseText } from './release.ts';

/** An index that was replaced can be fetched by its hash so long, and until so many generations later: a client may be between `InRelease` and it. */
const retiredMilliseconds = 60 * 60 * 1000;
const retiredGenerations = 3;

/** Where the indices of a distribution come from: nothing changed, or `write` writes the compressed ones into the tree, whose folders are there. */
export type Origin =
  | { readonly kind: 'kept' }
  | { readonly kind: 'made'; readonly write: () => Promise<readonly (MadeIndex | KeptIndex)[]> };

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
  readonly signers: Publication['signers'];
  /** Sign anew also when nothing but the date would change. */
  readonly renew: boolean;
};

/** A tree whole but not yet durable: its new files, and its folders from the innermost out, are to be synced. */
export type MadeTree = { readonly tree: Tree; readonly files: readonly string[]; readonly folders: readonly string[] };

/** Completes one distribution of a generation nobody serves yet: indices, by-hash, `Release` and its signatures. */
export const makeTree = async (order: TreeOrder, keyring: Keyring, disk: Disk): Promise<MadeTree> => {
  const { folder, distribution, contents, earlier } = order;
  const makeFolders = (some: readonly string[]) => disk.makeFolders(some.map((at) => join(folder, at, byHash)));
  const own = [...new Set(indexPaths(distribution).map((path) => dirname(path)))];
  await makeFolders(own);
  const parts = await partsOf(order);
  const indices = parts.map(({ file }) => file);
  const retired = retire(order, indices);
  const others = [...new Set(retired.map((file) => file.folder))].filter((at) => !own.includes(at));
  if (others.length > 0) await makeFolders(others);
  const folders = [...own, ...others];
  const files = (await inParallel(4, parts, (part) => place(part, folder, disk))).flat();
  await disk.linkAll([...keptLinks(parts, folder), ...linksByHash(order, indices, retired)]);
  const head = releaseHead(distribution);
  const body = releaseBody(distribution, indices);
  const fields = hash('sha256', [...head, ...body].join('\n'));
  const keep = earlier !== undefined && !order.renew && earlier.tree.fields === fields && isFresh(earlier.tree, order);
  const signed = keep ? await keepRelease(earlier, folder, disk) : await signRelease(head, body, order, keyring, disk);
  const releases = keep ? [] : releaseFiles.map((name) => join(folder, name));
  return {
    tree: { contents, fields, indices, retired, ...signed },
    files: [...files, ...releases],
    folders: foldersIn(folder, folders),
  };
};

/** Whether a tree of an earlier generation still has every byte it was published with. */
export const isIntact = async ({ tree, folder }: Omit<Earlier, 'generation'>): Promise<boolean> => {
  const expected = [
    { path: 'Release', sha256: tree.release },
    { path: 'InRelease', sha256: tree.inRelease },
    ...tree.indices.filter(({ present }) => present),
    ...tree.retired.map(({ folder: at, sha256 }) => ({ path: join(at, byHash, sha256), sha256 })),
  ];
  const intact = await inParallel(2, expected, async ({ path, sha256 }) => {
    return (await hashFile(join(folder, path)).catch(() => undefined)) === sha256;
  });
  return intact.every(Boolean);
};

/** An index file and where its bytes are: in a file of an earlier generation, here, or at their place. */
type Part = { readonly file: IndexFile; readonly from: string | Uint8Array | undefined };

const partsOf = async ({ folder, origin, earlier }: TreeOrder): Promise<readonly Part[]> =>
  origin.kind === 'made'
    ? (await origin.write()).flatMap((index) => madeParts(index, folder, earlier))
    : keptParts(() => true, folder, earlier);

/** What the generation before published stands as it stood. */
const keptParts = (
  isKept: (path: string) => boolean,
  folder: string,
  earlier: Earlier | undefined,
): readonly Part[] => {
  if (earlier === undefined) throw new Error(`${folder} has no earlier generation to keep`);
  return earlier.tree.indices
    .filter(({ path }) => isKept(path))
    .map((file) => ({ file, from: join(earlier.folder, file.path) }));
};

const madeParts = (index: MadeIndex | KeptIndex, folder: string, earlier: Earlier | undefined): readonly Part[] => {
  const { path } = index;
  if (index.gz === undefined) return keptParts((kept) => kept === path || kept === `${path}.gz`, folder, earlier);
  const { gz, plain, size, sha256 } = index;
  return [
    { file: { path, size, sha256, present: plain !== undefined }, from: plain },
    { file: { path: `${path}.gz`, ...gz, present: true }, from: undefined },
  ];
};

/** Writes what is not there; says which file has to be synced. */
const place = async ({ file, from }: Part, folder: string, disk: Disk): Promise<readonly string[]> => {
  if (!file.present || typeof from === 'string') return [];
  const to = join(folder, file.path);
  if (from !== undefined) await disk.jot(to, from);
  return [to];
};

const keptLinks = (parts: readonly Part[], folder: string): readonly Link[] =>
  parts.flatMap(({ file, from }) =>
    file.present && typeof from === 'string' ? [{ from, to: join(folder, file.path) }] : [],
  );

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
    Math.abs(Date.parse(dates.date) - Date.parse(file.at)) < retiredMilliseconds ||
    generation - file.generation < retiredGenerations;
  return [...new Map([...tree.retired, ...replaced].map((file) => [`${file.folder} ${file.sha256}`, file]))]
    .filter(([place, file]) => !named.has(place) && isYoung(file))
    .map(([, file]) => file);
};

/** `by-hash/SHA256/…` of every index that is, or lately was, named: its path, and the file it is another name of. */
const linksByHash = (
  { folder, earlier }: TreeOrder,
  indices: readonly IndexFile[],
  retired: readonly RetiredFile[],
): readonly Link[] => {
  const links = new Map<string, string>();
  for (const { path, sha256, present } of indices)
    if (present) links.set(join(folder, dirname(path), byHash, sha256), join(folder, path));
  for (const { folder: at, sha256 } of retired)
    links.set(join(folder, at, byHash, sha256), join(`${earlier?.folder}`, at, byHash, sha256));
  return [...links].map(([to, from]) => ({ from, to }));
};

const byHash = 'by-hash/SHA256';
const releaseFiles = ['Release', 'Release.gpg', 'InRelease'] as const;

/** Three quarters of its time are left, so that a renewal that comes for the repository in time comes in time for it. What is dated later was dated by another clock. */
const isFresh = (tree: Tree, { dates }: TreeOrder): boolean => {
  if (tree.date > dates.date) return false;
  if (tree.validUntil === null || dates.validUntil === null) return tree.validUntil === dates.validUntil;
  const left = Date.parse(tree.validUntil) - Date.parse(dates.date);
  return left >= 0.75 * (Date.parse(dates.validUntil) - Date.parse(dates.date));
};

type Signed = Pick<Tree, 'date' | 'validUntil' | 'release' | 'inRelease'>;

const keepRelease = async ({ tree, folder: from }: Earlier, folder: string, disk: Disk): Promise<Signed> => {
  await disk.linkAll(releaseFiles.map((name) => ({ from: join(from, name), to: join(folder, name) })));
  const { date, validUntil, release, inRelease } = tree;
  return { date, validUntil, release, inRelease };
};

const signRelease = async (
  head: readonly string[],
  body: readonly string[],
  { folder, dates, signers }: TreeOrder,
  keyring: Keyring,
  disk: Disk,
): Promise<Signed> => {
  const text = releaseText(head, dates, body);
  const { inRelease, detached } = await keyring.signRelease(text, Date.parse(dates.date satisfies Instant), signers);
  await disk.jot(join(folder, 'Release'), Buffer.from(text));
  await disk.jot(join(folder, 'Release.gpg'), Buffer.from(detached));
  await disk.jot(join(folder, 'InRelease'), Buffer.from(inRelease));
  return {
    date: dates.date,
    validUntil: dates.validUntil,
    release: hash('sha256', text) as Sha256,
    inRelease: hash('sha256', inRelease) as Sha256,
  };
};

/** Every folder of a tree, innermost first. */
const foldersIn = (folder: string, leaves: readonly string[]): readonly string[] => {
  const folders = new Set([folder]);
  for (const leaf of leaves)
    for (let at = join(leaf, byHash); at !== '.'; at = dirname(at)) folders.add(join(folder, at));
  return [...folders].sort().reverse();
};
