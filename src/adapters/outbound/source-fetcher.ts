import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { FileName, type StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ForeignAddress, SourceFetcher } from '../../ports/source-fetcher.ts';
import { openFile } from './open-file.ts';
import { type Bounds, openUrl } from './open-url.ts';
import { permitted } from './permission.ts';

/** Largest `.dsc`, in bytes: as for one that is uploaded. */
const largestDsc = 1024 * 1024;
const usualBounds: Bounds = { silenceMs: 30_000, wholeMs: 3_600_000 };
/** A person waits for the answer to a `.dsc`. */
const longestDscMs = 60_000;

/**
 * Files from http, https and folders of the host. What is too large or other than it should be leaves nothing behind. `dscMs` bounds
 * the whole of a `.dsc`, `bounds` every other file.
 */
export const sourceFetcher = (
  files: FileStore,
  bounds: Bounds = usualBounds,
  dscMs: number = longestDscMs,
): SourceFetcher => ({
  dsc: async (from) => {
    const name = basename(pathOf(from.address));
    if (!FileName.is(name) || !name.endsWith('.dsc')) return left(noDsc(from.address));
    const bytes = await fetched(from, limited(largestDsc), buffer, { ...bounds, wholeMs: dscMs });
    return isLeft(bytes) ? bytes : right({ name, bytes: bytes.right });
  },
  beside: ({ address, allowed }, wanted, came) =>
    fetched(
      { address: siblingOf(address, wanted.name), allowed },
      exactly(wanted, came),
      (bytes) => files.put(wanted.name, bytes),
      bounds,
    ),
});

/** What to do with the bytes of a file that are not as they should be: said as a refusal, once they are. */
class Unfit extends Error {
  readonly because: Refusal;
  constructor(because: Refusal) {
    super(because.fact);
    this.because = because;
  }
}

const fetched = async <Taken>(
  { address, allowed }: ForeignAddress,
  check: Transform,
  take: (bytes: Transform) => Promise<Taken>,
  bounds: Bounds,
): Promise<Either<Refusal, Taken>> => {
  const place = permitted(address, allowed);
  if (isLeft(place)) return place;
  const { right: found } = place;
  const bytes = found.kind === 'file' ? await openFile(found) : await openUrl(found, allowed, bounds);
  if (isLeft(bytes)) return bytes;
  // Both are waited for, so that nothing of a file that is no good is left when its refusal is known.
  const [flow, taken] = await Promise.allSettled([pipeline(bytes.right, check), take(check)]);
  if (flow.status === 'rejected' && flow.reason instanceof Unfit) return left(flow.reason.because);
  if (taken.status === 'rejected') throw taken.reason;
  if (flow.status === 'rejected') throw flow.reason;
  return right(taken.value);
};

const limited = (most: number): Transform => {
  let size = 0;
  return new Transform({
    transform: (chunk: Buffer, _, pass) => {
      size += chunk.length;
      if (size <= most) return pass(null, chunk);
      const fact = `it has more than ${most} bytes`;
      return pass(new Unfit(refusal('oversized', fact, 'give the address of a .dsc')));
    },
  });
};

const exactly = (
  { name, size: wanted, sha256 }: StoredFile,
  came: (bytes: number) => void = () => undefined,
): Transform => {
  const hash = createHash('sha256');
  let size = 0;
  const unfit = (fact: string) =>
    new Unfit(refusal('digest-mismatch', `${name} ${fact}`, 'try another mirror, or ask who made the source package'));
  return new Transform({
    transform: (chunk: Buffer, _, pass) => {
      size += chunk.length;
      hash.update(chunk);
      if (size > wanted) return pass(unfit(`has more than the ${wanted} bytes that its .dsc says`));
      came(size);
      return pass(null, chunk);
    },
    flush: (end) => {
      if (size < wanted) return end(unfit(`has ${size} bytes, its .dsc says ${wanted}`));
      const found = hash.digest('hex');
      return end(found === sha256 ? null : unfit(`has SHA-256 ${found}, its .dsc says ${sha256}`));
    },
  });
};

const pathOf = (address: string): string => {
  if (!URL.canParse(address)) return address;
  try {
    return decodeURIComponent(new URL(address).pathname);
  } catch {
    return '';
  }
};

/** `./` keeps a name with a colon from being read as a scheme. */
const siblingOf = (address: string, name: FileName): string =>
  address.startsWith('/') ? join(dirname(address), name) : new URL(`./${name}`, address).href;

const noDsc = (address: string): Refusal =>
  refusal(
    'bad-address',
    `${JSON.stringify(address.slice(0, 200))} does not end in the name of a .dsc`,
    'give the address of a .dsc',
  );
