import { lstatSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { ifGone } from '../../disk/if-gone.ts';
import type { Finding } from '../../domain/finding.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { ReleaseVerifier } from '../../ports/upstream.ts';
import type { Hasher } from './hasher.ts';
import { type IndexedFile, readIndex } from './index-files.ts';

/** A distribution as history says that apt sees it. */
export type ExpectedDistribution = {
  /** SHA-256 of its `Release`. */
  readonly release: string | undefined;
  /** SHA-256 of each file of the pool that its indices name, by path; `undefined` where history is ahead of what is published. */
  readonly pool: ReadonlyMap<string, string> | undefined;
  /** Of the expected files, those that stand in an index only if the distribution has their architecture. */
  readonly optional: ReadonlySet<string>;
};

export type TreeParts = {
  readonly hasher: Hasher;
  readonly verifier: ReleaseVerifier;
  /** A keyring file, or armored keys. */
  readonly keys: string;
  readonly report: (finding: Finding) => void;
};

/** Holds the tree of one distribution against its `Release`, that against history, and what its indices name against contents by history. */
export const auditDistribution = async (
  folder: string,
  shown: string,
  expected: ExpectedDistribution,
  { hasher, verifier, keys, report }: TreeParts,
): Promise<void> => {
  const wrong = (name: string, fact: string): void => report({ about: 'published', where: `${shown}/${name}`, fact });
  const sums = sumsOf(folder, hasher);

  const release = await readFile(join(folder, 'Release')).catch(ifGone);
  if (release === undefined) return wrong('Release', 'it is missing');
  const sum = await sums('Release');
  if (sum !== expected.release)
    wrong('Release', `its SHA-256 is ${sum}, and ${expected.release ?? 'unknown'} as history has it`);
  await auditSignatures(folder, release, { verifier, keys, wrong });

  const listed = listedIn(release.toString('latin1'));
  const named: IndexedFile[] = [];
  for (const [path, of] of listed) named.push(...(await auditListed(folder, path, of, listed, sums, wrong)));
  auditNamed(named, expected, wrong);

  for (const path of await filesBelow(folder)) {
    const hash = /(?:^|\/)by-hash\/SHA256\/([^/]+)$/.exec(path)?.[1];
    if (hash === undefined) {
      if (!listed.has(path) && !ownFiles.has(path)) wrong(path, 'no Release lists it');
    } else if ((await sums(path)) !== hash) wrong(path, 'its bytes are not those that its name says');
  }
};

const ownFiles: ReadonlySet<string> = new Set(['Release', 'InRelease', 'Release.gpg']);

type Wrong = (name: string, fact: string) => void;
type Listed = { readonly sha256: string; readonly size: number };
type Sums = (path: string) => Promise<string | undefined>;

/** SHA-256 of a file of the tree, once for all names of the same bytes. */
const sumsOf = (folder: string, hasher: Hasher): Sums => {
  const known = new Map<number, string>();
  return async (path) => {
    const stats = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile()) return undefined;
    const found = known.get(stats.ino);
    if (found !== undefined) return found;
    const hashed = await hasher.hash(join(folder, path));
    if (typeof hashed === 'string') return `unknown (${hashed})`;
    known.set(stats.ino, hashed.sha256);
    return hashed.sha256;
  };
};

const auditSignatures = async (
  folder: string,
  release: Buffer,
  { verifier, keys, wrong }: Pick<TreeParts, 'verifier' | 'keys'> & { readonly wrong: Wrong },
): Promise<void> => {
  const inRelease = await readFile(join(folder, 'InRelease')).catch(ifGone);
  const signature = await readFile(join(folder, 'Release.gpg')).catch(ifGone);
  if (inRelease === undefined) wrong('InRelease', 'it is missing');
  else {
    const text = await verifier.verifyRelease({ inRelease }, keys);
    if (isLeft(text)) wrong('InRelease', `its signature does not hold: ${text.left.fact}`);
    else if (withoutEnd(text.right) !== withoutEnd(release.toString('utf8')))
      wrong('InRelease', 'what was signed is not the Release beside it');
  }
  if (signature === undefined) return wrong('Release.gpg', 'it is missing');
  const text = await verifier.verifyRelease({ release, signature }, keys);
  if (isLeft(text)) wrong('Release.gpg', `it does not hold for the Release beside it: ${text.left.fact}`);
};

const withoutEnd = (text: string): string => text.replace(/\n$/, '');

/** ` SHA256 SIZE PATH`, below the field of that name. */
const listedIn = (release: string): ReadonlyMap<string, Listed> => {
  const lines = release.split('\n');
  const from = lines.indexOf('SHA256:') + 1;
  const listed = new Map<string, Listed>();
  for (const line of from === 0 ? [] : lines.slice(from)) {
    const [, sha256 = '', size, path = ''] = /^ ([0-9a-f]{64}) +(\d+) (\S+)$/.exec(line) ?? [];
    if (path === '') break;
    listed.set(path, { sha256, size: Number(size) });
  }
  return listed;
};

/** What an index names. One that is listed for its digest only is unpacked from the one beside it. */
const auditListed = async (
  folder: string,
  path: string,
  { sha256 }: Listed,
  listed: ReadonlyMap<string, Listed>,
  sums: Sums,
  wrong: Wrong,
): Promise<readonly IndexedFile[]> => {
  const sum = await sums(path);
  const isPacked = listed.has(`${path}.gz`);
  if (sum === undefined && !isPacked) wrong(path, 'the Release lists it, and it is missing');
  if (sum !== undefined && sum !== sha256) wrong(path, 'its bytes are not those that the Release lists');
  if (!/(?:^|\/)(?:Packages|Sources)$/.test(path)) return [];
  const from = sum === undefined ? `${path}.gz` : path;
  if ((await sums(from)) === undefined) return [];
  try {
    const index = await readIndex(join(folder, from));
    if (index.sha256 !== sha256) wrong(from, `unpacked it is not the ${path} that the Release lists`);
    return index.files;
  } catch (error) {
    wrong(from, `it cannot be unpacked: ${reasonOf(error)}`);
    return [];
  }
};

const auditNamed = (named: readonly IndexedFile[], { pool, optional }: ExpectedDistribution, wrong: Wrong): void => {
  if (pool === undefined) return;
  const seen = new Set<string>();
  for (const { path, sha256 } of named) {
    seen.add(path);
    const meant = pool.get(path);
    if (meant === undefined) wrong('its indices', `they name ${path}, which it does not hold by history`);
    else if (meant !== sha256) wrong('its indices', `they name other bytes of ${path} than history`);
  }
  for (const path of pool.keys())
    if (!seen.has(path) && !optional.has(path)) wrong('its indices', `they lack ${path}, which it holds by history`);
};

const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
};
