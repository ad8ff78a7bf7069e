import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { room } from './room.ts';

/**
 * The text of an index that may be patched later, in a file without a name: reading it costs a tenth of inflating what is published, and it
 * goes away with this process, however that ends. Bytes stay where they were put.
 */
export type IndexText = {
  /** Where they begin. */
  readonly append: (bytes: Uint8Array) => number;
  /** Good until the next reading. */
  readonly read: (at: number, length: number) => Buffer;
  /** Everything that was put there. */
  readonly size: () => number;
  readonly close: () => void;
};

export const indexText = (folder: string): IndexText => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'unnamed');
  const file = openSync(path, 'w+', 0o600);
  unlinkSync(path);
  const reading = room();
  let size = 0;
  return {
    append: (bytes) => {
      const at = size;
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
      size += bytes.length;
      return at;
    },
    read: (at, length) => {
      const bytes = reading(length);
      for (let done = 0; done < length; ) {
        const got = readSync(file, bytes, done, length - done, at + done);
        if (got === 0) throw new Error('the text of an index is shorter than it was');
        done += got;
      }
      return bytes;
    },
    size: () => size,
    close: () => closeSync(file),
  };
};

/** For an index that is never patched. */
export const noText: IndexText = {
  append: () => 0,
  read: () => {
    throw new Error('the text of this index was not kept');
  },
  size: () => 0,
  close: () => undefined,
};
