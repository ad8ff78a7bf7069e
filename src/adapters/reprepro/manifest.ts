import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Count, decode, Instant } from '../../domain/codec.ts';
import { Sha256 } from '../../domain/debian/names.ts';

const IndexFile = t.strict({
  /** Below `dists/NAME/`. */
  path: t.string,
  size: Count,
  sha256: Sha256,
  /** Listed for its digest only when false: apt unpacks the compressed one and compares. */
  present: t.boolean,
});
export type IndexFile = t.TypeOf<typeof IndexFile>;

/** An index that an earlier `Release` named, still to be had by its hash. */
const RetiredFile = t.strict({ folder: t.string, sha256: Sha256, generation: Count, at: Instant });
export type RetiredFile = t.TypeOf<typeof RetiredFile>;

/** One distribution of a generation. */
const Tree = t.strict({
  /** Digest of what it holds: equal contents have equal indices. */
  contents: t.string,
  /** Digest of its `Release` but for the dates. */
  fields: t.string,
  date: Instant,
  validUntil: t.union([Instant, t.null]),
  release: Sha256,
  inRelease: Sha256,
  indices: t.readonlyArray(IndexFile),
  retired: t.readonlyArray(RetiredFile),
});
export type Tree = t.TypeOf<typeof Tree>;

/** What a generation is, beside the files in it. `signedBy`: fingerprints of keys and subkeys, spaces between. */
const Manifest = t.strict({ generation: Count, signedBy: t.string, trees: t.record(t.string, Tree) });
export type Manifest = t.TypeOf<typeof Manifest>;

/** `undefined` when there is none that can be read: then everything is made anew. */
export const readManifest = async (generationFolder: string): Promise<Manifest | undefined> => {
  try {
    const manifest = decode(Manifest, JSON.parse(await readFile(join(generationFolder, 'manifest.json'), 'utf8')));
    return isLeft(manifest) ? undefined : manifest.right;
  } catch {
    return undefined;
  }
};
