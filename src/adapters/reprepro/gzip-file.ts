import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync } from 'node:zlib';
import { room } from './room.ts';

/** Deflate, no name, no time, Unix (RFC 1952). */
export const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** An empty last block, the checksum, and the size of the text. */
export const gzipTrailer = (crc: number, size: number): Buffer => {
  const bytes = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(crc, 2);
  bytes.writeUInt32LE(size % 2 ** 32, 6);
  return bytes;
};

/** Ended by a flush, so that the next may follow at a whole byte, and without a look back (RFC 1951, 3.2.4). */
const flushed = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 64 * 1024 };

export const deflated = (plain: Buffer): Buffer => deflateRawSync(plain, flushed);

/** The same, elsewhere: several at once. */
export const deflatedAside: (plain: Buffer) => Promise<Buffer> = (plain) => deflate(plain, flushed);

const deflate = promisify<Buffer, object, Buffer>(deflateRaw);

/** Bytes that follow each other in memory are written at once. */
export const gzipFile = () => {
  const runs: Buffer[] = [];
  return {
    put: (bytes: Buffer): void => {
      const last = runs.at(-1);
      const isNext = last?.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
      if (last === undefined || !isNext) runs.push(bytes);
      else runs[runs.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + bytes.length);
    },
    /** Not synced. */
    writeTo: (path: string): void => {
      const file = openSync(path, 'wx', 0o644);
      try {
        for (const run of runs)
          for (let done = 0; done < run.length; ) done += writeSync(file, run, done, run.length - done);
      } finally {
        closeSync(file);
      }
    },
  };
};

const reading = room();

/** All of a file that has so many bytes; good until the next reading. */
export const readGzip = (path: string, size: number): Buffer => {
  const file = openSync(path, 'r');
  try {
    const bytes = reading(size);
    for (let done = 0; done < size; ) {
      const got = readSync(file, bytes, done, size - done, done);
      if (got === 0) throw new Error(`${path} is shorter than it was`);
      done += got;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
};
