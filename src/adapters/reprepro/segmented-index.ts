import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { Patch, WrittenIndex } from './archive-orders.ts';
import { deflated, deflatedAside, gzipFile, gzipHeader, gzipTrailer, readGzip } from './gzip-file.ts';
import { inParallel } from './in-parallel.ts';
import type { IndexText } from './index-text.ts';
import { cutStanzas, type Run, stanzasIn } from './stanza-runs.ts';

/** A run of stanzas, compressed by itself: when another changes, its bytes stay as they are. */
type Segment = {
  /** The package it begins with. */
  readonly first: string;
  /** Where its text is, how long that is, and how long what it is compressed to; bytes. */
  readonly at: number;
  readonly plain: number;
  readonly gz: number;
  /** Of all that stands before it; only some know. */
  readonly sofar: Sums | undefined;
};

/** Of a text, and of what it is compressed to. */
type Sums = {
  readonly plain: Hash;
  readonly gz: Hash;
  readonly crc: number;
  readonly size: number;
  readonly gzSize: number;
};

/** What has to be known of an index to patch it, beside the compressed file. */
export type SegmentedIndex = {
  readonly sha256: Sha256;
  readonly segments: readonly Segment[];
  readonly text: IndexText;
};

export type Made = { readonly written: WrittenIndex; readonly index: SegmentedIndex };

/** A plain index is kept beside the compressed one up to this size, for people with a browser; apt never asks for it. Bytes. */
const plainUpTo = 1024 * 1024;

/** Of so many segments, one knows the sums of all that stands before it. */
const sumsEvery = 8;

/** Writes an index as one gzip member, whatever its segments. */
export const newIndex = async (runs: readonly Run[], text: IndexText, to: string): Promise<Made> => {
  const pieces = await inParallel(2, runs, async (run) => ({ run, gz: await deflatedAside(run.plain) }));
  const draft = drafted([], gzipHeader, noSums);
  for (const { run, gz } of pieces) draft.add(run.first, text.append(run.plain), run.plain, gz);
  const made = draft.finish(text, to);
  const isShort = made.written.size <= plainUpTo;
  return {
    ...made,
    written: { ...made.written, plain: isShort ? Buffer.concat(runs.map(({ plain }) => plain)) : undefined },
  };
};

/**
 * Writes the index after a patch; `from` is the file of the one before. Only segments that change are compressed anew, and what stands
 * before the first of them is copied unread.
 */
export const patchedIndex = (before: SegmentedIndex, patch: Patch, from: string, to: string): Made => {
  const { segments, text } = before;
  const names = [...patch.leaving, ...patch.arriving.map(({ name }) => name)];
  const touched = new Set(names.map((name) => segmentOf(segments, name)));
  const start = lastWithSums(segments, Math.min(...touched));
  const gz = readGzip(from, gzipHeader.length + total(segments, 'gz') + trailerLength);
  let at = gzipHeader.length + total(segments.slice(0, start), 'gz');
  const draft = drafted(segments.slice(0, start), gz.subarray(0, at), segments[start]?.sofar ?? noSums);
  for (const [n, segment] of (segments.length > 0 ? segments : [nothing]).entries()) {
    if (n < start) continue;
    const plain = text.read(segment.at, segment.plain);
    if (touched.has(n)) {
      const arriving = patch.arriving.filter(({ name }) => segmentOf(segments, name) === n);
      const staying = stanzasIn(plain).filter(({ name }) => !patch.leaving.has(name));
      for (const run of cutStanzas([...staying, ...arriving]))
        draft.add(run.first, text.append(run.plain), run.plain, deflated(run.plain));
    } else draft.add(segment.first, segment.at, plain, gz.subarray(at, at + segment.gz));
    at += segment.gz;
  }
  return withShortText(draft.finish(text, to));
};

/** The same index with its text in a file of its own, for one where most is no longer used. */
export const tidied = (index: SegmentedIndex, text: IndexText): SegmentedIndex => ({
  ...index,
  text,
  segments: index.segments.map((segment) => ({
    ...segment,
    at: text.append(index.text.read(segment.at, segment.plain)),
  })),
});

/** Whether its text takes so much more than is used of it that it should be tidied. */
export const isUntidy = ({ text, segments }: SegmentedIndex): boolean =>
  text.size() > 2 * total(segments, 'plain') + plainUpTo;

const withShortText = ({ written, index }: Made): Made => {
  if (written.size > plainUpTo) return { written, index };
  const plain = Buffer.concat(index.segments.map(({ at, plain }) => Buffer.from(index.text.read(at, plain))));
  return { written: { ...written, plain }, index };
};

/** An index as far as it is written: `begun` are the bytes of the file up to here, with the header, whose sums (but for the header's) are `sofar`. */
const drafted = (staying: readonly Segment[], begun: Buffer, sofar: Sums) => {
  const segments: Segment[] = [...staying];
  const file = gzipFile();
  file.put(begun);
  const [plainHash, gzHash] = [sofar.plain.copy(), sofar.gz.copy()];
  let { crc, size, gzSize } = sofar;
  return {
    add: (first: string, at: number, plain: Buffer, gz: Buffer): void => {
      const isMark = segments.length % sumsEvery === 0;
      const sums = isMark ? { plain: plainHash.copy(), gz: gzHash.copy(), crc, size, gzSize } : undefined;
      segments.push({ first, at, plain: plain.length, gz: gz.length, sofar: sums });
      plainHash.update(plain);
      crc = crc32(plain, crc);
      size += plain.length;
      gzHash.update(gz);
      gzSize += gz.length;
      file.put(gz);
    },
    /** Writes the file. */
    finish: (text: IndexText, to: string): Made => {
      const trailer = gzipTrailer(crc, size);
      file.put(trailer);
      file.writeTo(to);
      const sha256 = plainHash.digest('hex') as Sha256;
      const gz = { size: gzSize + trailer.length, sha256: gzHash.update(trailer).digest('hex') as Sha256 };
      return { written: { size, sha256, gz, plain: undefined }, index: { sha256, segments, text } };
    },
  };
};

/** Of a file that has nothing but its header. */
const noSums: Sums = {
  plain: createHash('sha256'),
  gz: createHash('sha256').update(gzipHeader),
  crc: 0,
  size: 0,
  gzSize: gzipHeader.length,
};

const nothing: Segment = { first: '', at: 0, plain: 0, gz: 0, sofar: undefined };

const trailerLength = gzipTrailer(0, 0).length;

/** Where a package stands, or would: 0 when there is no segment yet. */
const segmentOf = (segments: readonly Segment[], name: string): number => {
  let [low, high] = [0, segments.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.first ?? '') <= name) low = middle;
    else high = middle;
  }
  return low;
};

/** The last segment up to this one that knows the sums of what stands before it; the first one does. */
const lastWithSums = (segments: readonly Segment[], at: number): number => {
  let found = Math.min(at, Math.max(segments.length - 1, 0));
  while (found > 0 && segments[found]?.sofar === undefined) found -= 1;
  return found;
};

const total = (segments: readonly Segment[], of: 'plain' | 'gz'): number =>
  segments.reduce((sum, each) => sum + each[of], 0);
