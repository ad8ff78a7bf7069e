/** What the file system of the home has room for, in bytes and in files. `size` and `files` are all it can have; 0 files: it does not count them. */
export type DiskRoom = {
  readonly free: number;
  readonly size: number;
  readonly freeFiles: number;
  readonly files: number;
};

const MiB = 1024 ** 2;

/** What uploads and builds leave alone, for the log, for publications, and for whoever makes room. */
const reserve = { bytes: 256 * MiB, files: 10_000 };
const warned = { bytes: 4096 * MiB, files: 100_000 };

/** A small disk has a small reserve. */
const share = 1 / 20;
const warnedShare = 1 / 10;

/** Whether there is only the reserve left. */
export const isFull = (room: DiskRoom): boolean => hasLess(room, reserve, share);

export const isNearlyFull = (room: DiskRoom): boolean => hasLess(room, warned, warnedShare);

const hasLess = (
  { free, size, freeFiles, files }: DiskRoom,
  than: { readonly bytes: number; readonly files: number },
  part: number,
): boolean => free < Math.min(than.bytes, size * part) || (files > 0 && freeFiles < Math.min(than.files, files * part));
