import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Sha256 } from '../../domain/debian/names.ts';
import { binaryKey, type FoundFile, fileKey } from '../../domain/import/found.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ImportSource } from '../../ports/import-source.ts';

/** Files that cannot be taken, by `fileKey`. */
export type Damaged = ReadonlyMap<string, Refusal>;

/** Where files go, and are read from; `undefined` only reads them where they are found. */
export type Shelf =
  | (Pick<FileStore, 'has' | 'put'> & { readonly open: (sha256: Sha256) => Promise<Readable> })
  | undefined;

const atOnce = 4;

/**
 * Reads every file, held against its size and SHA-256 and, of a binary package, against which one it is to be, into the store; what is there already is not
 * read again. Nothing of a file that is damaged stays. Rejects where the store cannot take what is good.
 */
export const takeFiles = async (
  from: ImportSource,
  files: readonly FoundFile[],
  store: Shelf,
  progress: (line: string) => void,
): Promise<Damaged> => {
  const damaged = new Map<string, Refusal>();
  const rest = files.values();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const file of rest) {
      const fault = await takeFile(from, file, store);
      if (fault !== undefined) damaged.set(fileKey(file), fault);
      done += 1;
      progress(`${done} of ${files.length} files`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return damaged;
};

const takeFile = async (from: ImportSource, file: FoundFile, store: Shelf): Promise<Refusal | undefined> => {
  if (store !== undefined && (await store.has(file.sha256)))
    return file.is === undefined ? undefined : misnamed(from, file, await startOf(await store.open(file.sha256)));
  const bytes = await from.open(file.path);
  if (isLeft(bytes)) return bytes.left;
  const good = Readable.from(asNamed(from, bytes.right, file));
  try {
    if (store !== undefined) await store.put(file.name, good);
    else for await (const _ of good);
    return undefined;
  } catch (error) {
    if (error instanceof NotAsNamed) return error.because;
    throw new Error(
      `${file.path} cannot be kept: ${reasonOf(error)}. Nothing was imported; make room, and import again`,
    );
  } finally {
    bytes.right.destroy();
  }
};

const remedy = 'put it right there and import again, or leave out what needs it: --skip-refused';

class NotAsNamed extends Error {
  readonly because: Refusal;
  constructor(because: Refusal) {
    super(because.fact);
    this.because = because;
  }
}

/** Control archives are read as far as this. */
const longestStart = 4 * 1024 * 1024;

/** Ends with an error where the bytes are others, or another package. */
const asNamed = async function* (from: ImportSource, bytes: Readable, file: FoundFile): AsyncGenerator<Buffer> {
  const { path, size, sha256 } = file;
  const digest = createHash('sha256');
  const start: Buffer[] = [];
  let read = 0;
  const other = (fact: string): never => {
    throw new NotAsNamed(refusal('damaged-file', `${path} ${fact}`, remedy));
  };
  const pieces = bytes[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await pieces.next().catch((error: unknown) => other(`cannot be read: ${reasonOf(error)}`));
    if (done === true) break;
    if (file.is !== undefined && read < longestStart) start.push(Buffer.from(value as Buffer));
    read += (value as Buffer).length;
    if (read > size) other(`has more than the ${size} bytes that its index says`);
    digest.update(value as Buffer);
    yield value as Buffer;
  }
  if (read < size) other(`has ${read} bytes, and its index says ${size}`);
  const found = digest.digest('hex');
  if (found !== sha256) other(`has SHA-256 ${found}, and its index says ${sha256}`);
  const because = file.is === undefined ? undefined : await misnamed(from, file, Buffer.concat(start));
  if (because !== undefined) throw new NotAsNamed(because);
};

const startOf = async (bytes: Readable): Promise<Buffer> => {
  const start: Buffer[] = [];
  let read = 0;
  for await (const piece of bytes) {
    start.push(piece as Buffer);
    read += (piece as Buffer).length;
    if (read >= longestStart) break;
  }
  return Buffer.concat(start);
};

/** apt and dpkg go by what the package says of itself: another name or version in the index would be installed for ever anew. */
const misnamed = async (from: ImportSource, { path, is }: FoundFile, start: Buffer): Promise<Refusal | undefined> => {
  const itself = await from.control(start).then(identityIn, (error: unknown) => `no package (${reasonOf(error)})`);
  return itself === is
    ? undefined
    : refusal('other-control', `${path} is ${itself} by its own control file, and its index says ${is}`, anew);
};

const anew = 'have the repository published anew, or leave out what needs it: --skip-refused';

const identityIn = (control: string): string => {
  const said = (field: string): string => new RegExp(`^${field}:[ \\t]*(\\S*)[ \\t]*$`, 'im').exec(control)?.[1] ?? '';
  return binaryKey({ package: said('Package'), version: said('Version'), architecture: said('Architecture') });
};
