import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { FoundFile } from '../../domain/import/found.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ImportSource } from '../../ports/import-source.ts';

/** Files that cannot be taken, by their SHA-256. */
export type Damaged = ReadonlyMap<Sha256, Refusal>;

/** Where files go; `undefined` only reads them. */
type Shelf = Pick<FileStore, 'has' | 'put'> | undefined;

const atOnce = 4;

/**
 * Reads every file, held against its size and SHA-256, into the store; what is there already is not read again. Nothing of a file that is damaged stays.
 * Rejects where the store cannot take what is good.
 */
export const takeFiles = async (
  from: ImportSource,
  files: readonly FoundFile[],
  store: Shelf,
  progress: (line: string) => void,
): Promise<Damaged> => {
  const damaged = new Map<Sha256, Refusal>();
  const rest = files.values();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const file of rest) {
      const fault = await takeFile(from, file, store);
      if (fault !== undefined) damaged.set(file.sha256, fault);
      done += 1;
      progress(`${done} of ${files.length} files`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return damaged;
};

const takeFile = async (from: ImportSource, file: FoundFile, store: Shelf): Promise<Refusal | undefined> => {
  if ((await store?.has(file.sha256)) === true) return undefined;
  const bytes = await from.open(file.path);
  if (isLeft(bytes)) return bytes.left;
  const good = Readable.from(asNamed(bytes.right, file));
  try {
    if (store !== undefined) await store.put(file.name, good);
    else for await (const _ of good);
    return undefined;
  } catch (error) {
    if (error instanceof NotAsNamed) return refusal('damaged-file', error.message, remedy);
    throw new Error(
      `${file.path} cannot be kept: ${reasonOf(error)}. Nothing was imported; make room, and import again`,
    );
  } finally {
    bytes.right.destroy();
  }
};

const remedy = 'put it right there and import again, or leave out what needs it: --skip-refused';

class NotAsNamed extends Error {}

/** Ends with an error where the bytes are others. */
const asNamed = async function* (bytes: Readable, { path, size, sha256 }: FoundFile): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  let read = 0;
  const other = (fact: string): never => {
    throw new NotAsNamed(`${path} ${fact}`);
  };
  const pieces = bytes[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await pieces.next().catch((error: unknown) => other(`cannot be read: ${reasonOf(error)}`));
    if (done === true) break;
    read += (value as Buffer).length;
    if (read > size) other(`has more than the ${size} bytes that its index says`);
    digest.update(value as Buffer);
    yield value as Buffer;
  }
  if (read < size) other(`has ${read} bytes, and its index says ${size}`);
  const found = digest.digest('hex');
  if (found !== sha256) other(`has SHA-256 ${found}, and its index says ${sha256}`);
};
