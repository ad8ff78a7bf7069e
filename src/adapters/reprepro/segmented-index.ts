import { createHash, type Hash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, inflateRaw } from 'node:zlib';
import type { Sha256 } from '../../domain/debian/names.ts';
import { breath } from './breath.ts';
import { gate } from './gate.ts';
import { inParallel } from './in-parallel.ts';

/** One stanza of an index with the empty line after it, as latin1; it begins with `Package: NAME`. */
export type Stanza = { readonly name: string; readonly text: string };

/** A run of stanzas, compressed by itself: when another run changes, its bytes stay as they are. Sizes in bytes. */
type Segment = {
  readonly first: string;
  readonly plain: number;
  readonly gz: number;
  /** Digest and checksum of all that stands before it. */
  readonly sofar: Sofar;
};

type Sofar = { readonly sha256: Hash; readonly crc: number; readonly size: number };

/** What has to be known of a compressed index to patch it; the bytes are on disk. */
export type Segments = readonly Segment[];

/** An index sorted by package, and as apt fetches it: one gzip member, whatever its segments (RFC 1952). */
export type SegmentedIndex = {
  /** Of the plain text. */
  readonly size: number;
  readonly sha256: Sha256;
  /** The text itself, where it is short. */
  readonly plain: Buffer | undefined;
  readonly gz: Buffer;
  readonly segments: Segments;
};

export type Patch = { readonly leaving: ReadonlySet<string>; readonly arriving: readonly Stanza[] };

/** A plain index is kept beside the compressed one up to this size, for people with a browser; apt never asks for it. Bytes. */
const plainUpTo = 1024 * 1024;

const isKeptPlain = (size: number): boolean => size <= plainUpTo;

/** Bytes of text after which a segment ends. Shorter ones compress worse, longer ones cost more to change. */
const segmentSize = 64 * 1024;

export const segmentedIndex = async (stanzas: readonly Stanza[]): Promise<SegmentedIndex> =>
  assembled([], Buffer.alloc(0), await compressed(cut(stanzas.toSorted(byName))));

/**
 * The index after a patch. `gz` is what it was. Only the segments that change are written anew; what stands before the first of them
 * is not even read, unless the text shall be kept.
 */
export const patchedIndex = async (segments: Segments, gz: Buffer, patch: Patch): Promise<SegmentedIndex> => {
  const names = [...patch.leaving, ...patch.arriving.map(({ name }) => name)];
  const touched = new Set(names.map((name) => segmentOf(segments, name)));
  const from = sizeOf(segments) <= 2 * plainUpTo ? 0 : Math.min(...touched);
  const rest = segments.slice(from);
  const before = gz.subarray(header.length, header.length + total(segments.slice(0, from), 'gz'));
  const body = gz.subarray(header.length + before.length, header.length + before.length + total(rest, 'gz'));
  const pieces = split(rest, body, await inflated(body, sizeOf(rest)));
  const patched = await inParallel(2, pieces.length > 0 ? pieces : [nothing], async (piece, at) => {
    if (!touched.has(from + at)) return [piece];
    const isHere = ({ name }: { name: string }): boolean => segmentOf(segments, name) === from + at;
    const stay = stanzasOf(piece.plain).filter(({ name }) => !patch.leaving.has(name));
    return compressed(cut([...stay, ...patch.arriving.filter(isHere)].sort(byName)));
  });
  return assembled(segments.slice(0, from), before, patched.flat(), rest[0]?.sofar);
};

/**
 * The index of a text that somebody else wrote, from `gz`, an index before: segments that begin or end both keep their bytes.
 */
export const rewrittenIndex = async (segments: Segments, gz: Buffer, text: Buffer): Promise<SegmentedIndex> => {
  const body = gz.subarray(header.length, header.length + total(segments, 'gz'));
  const pieces = split(segments, body, await inflated(body, sizeOf(segments)));
  const head = beginning(text, pieces);
  const rest = text.subarray(plainOf(head));
  const tail = ending(rest, pieces.slice(head.length));
  const between = await compressed(cutText(rest.subarray(0, rest.length - plainOf(tail))));
  return assembled([], nothing.gz, [...head, ...between, ...tail]);
};

/** The index of a text that somebody wrote. */
export const compressedIndex = async (text: Buffer): Promise<SegmentedIndex> =>
  assembled([], nothing.gz, await compressed(cutText(text)));

/** The first pieces that a text begins with. */
const beginning = (text: Buffer, pieces: readonly Piece[]): readonly Piece[] => {
  let at = 0;
  const other = pieces.findIndex(({ plain }) => {
    const isAlike = text.subarray(at, at + plain.length).equals(plain);
    at += plain.length;
    return !isAlike;
  });
  return other < 0 ? pieces : pieces.slice(0, other);
};

/** The last pieces that a text ends with. */
const ending = (text: Buffer, pieces: readonly Piece[]): readonly Piece[] => {
  let at = text.length;
  const other = pieces.findLastIndex(({ plain }) => {
    at -= plain.length;
    return at < 0 || !text.subarray(at, at + plain.length).equals(plain);
  });
  return pieces.slice(other + 1);
};

const plainOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { plain }) => sum + plain.length, 0);

/** A segment with its bytes. */
type Piece = { readonly first: string; readonly plain: Buffer; readonly gz: Buffer };

const nothing: Piece = { first: '', plain: Buffer.alloc(0), gz: Buffer.alloc(0) };

/** Where a package stands, or would: 0 when there is no segment yet. */
const segmentOf = (segments: Segments, name: string): number => {
  let [low, high] = [0, segments.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.first ?? '') <= name) low = middle;
    else high = middle;
  }
  return low;
};

export const byName = (one: Stanza, other: Stanza): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : 0;

const stanzasOf = (plain: Buffer): readonly Stanza[] =>
  plain
    .toString('latin1')
    .split(/(?<=\n\n)/)
    .filter((text) => text !== '')
    .map((text) => ({ name: text.slice('Package: '.length, text.indexOf('\n')), text }));

const cut = (stanzas: readonly Stanza[]): readonly Omit<Piece, 'gz'>[] => {
  const runs: { first: string; texts: string[]; size: number }[] = [];
  for (const { name, text } of stanzas) {
    let run = runs.at(-1);
    if (run === undefined || run.size >= segmentSize) {
      run = { first: name, texts: [], size: 0 };
      runs.push(run);
    }
    run.texts.push(text);
    run.size += text.length;
  }
  return runs.map(({ first, texts }) => ({ first, plain: Buffer.from(texts.join(''), 'latin1') }));
};

/** The same of a text whose stanzas nobody has looked at. */
const cutText = (text: Buffer): readonly Omit<Piece, 'gz'>[] => {
  const runs: Omit<Piece, 'gz'>[] = [];
  for (let from = 0; from < text.length; ) {
    const gap = text.indexOf('\n\n', from + segmentSize);
    const plain = text.subarray(from, gap < 0 ? text.length : gap + 2);
    runs.push({ first: plain.toString('latin1', 'Package: '.length, plain.indexOf('\n')), plain });
    from += plain.length;
  }
  return runs;
};

/** Ended by a flush, so that the next may follow at a whole byte, and without a look back (RFC 1951, 3.2.4). */
const compressed = (runs: readonly Omit<Piece, 'gz'>[]): Promise<readonly Piece[]> =>
  inParallel(2, runs, async (run) => ({
    ...run,
    gz: await deflate(run.plain, { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: segmentSize }),
  }));

/** Its size is known: one buffer instead of hundreds. */
const inflated = (gz: Buffer, size: number): Promise<Buffer> =>
  inflating(() => inflate(gz, { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(size + 1, 1024) }));

/** Long work: of libuv's four threads, two are left to whoever waits for the disk. */
const inflating = gate(2);

const split = (segments: Segments, gz: Buffer, plain: Buffer): readonly Piece[] => {
  const at = { gz: 0, plain: 0 };
  return segments.map((segment) => {
    const piece = {
      first: segment.first,
      plain: plain.subarray(at.plain, at.plain + segment.plain),
      gz: gz.subarray(at.gz, at.gz + segment.gz),
    };
    at.gz += segment.gz;
    at.plain += segment.plain;
    return piece;
  });
};

/** `before`: the bytes of segments that stay, whose digest `sofar` is. */
const assembled = async (
  staying: Segments,
  before: Buffer,
  pieces: readonly Piece[],
  sofar: Sofar = { sha256: createHash('sha256'), crc: 0, size: 0 },
): Promise<SegmentedIndex> => {
  const segments: Segment[] = [...staying];
  const sha256 = sofar.sha256.copy();
  let { crc, size } = sofar;
  for (const [at, { first, plain, gz }] of pieces.entries()) {
    segments.push({ first, plain: plain.length, gz: gz.length, sofar: { sha256: sha256.copy(), crc, size } });
    sha256.update(plain);
    crc = crc32(plain, crc);
    size += plain.length;
    if (at % 16 === 15) await breath();
  }
  const isShort = staying.length === 0 && isKeptPlain(size);
  return {
    size,
    sha256: sha256.digest('hex') as Sha256,
    plain: isShort ? Buffer.concat(pieces.map(({ plain }) => plain)) : undefined,
    gz: Buffer.concat([header, before, ...pieces.map(({ gz }) => gz), trailer(crc, size)]),
    segments,
  };
};

/** Deflate, no name, no time, Unix. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** An empty last block, the checksum, and the size. */
const trailer = (crc: number, size: number): Buffer => {
  const bytes = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(crc, 2);
  bytes.writeUInt32LE(size % 2 ** 32, 6);
  return bytes;
};

const total = (segments: Segments, of: 'plain' | 'gz'): number => segments.reduce((sum, each) => sum + each[of], 0);

const sizeOf = (segments: Segments): number => total(segments, 'plain');

const deflate = promisify<Buffer, object, Buffer>(deflateRaw);
const inflate = promisify<Buffer, object, Buffer>(inflateRaw);
