import { bytes } from './bytes-in-words.ts';

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

/** What is left on it, for people. */
export const whatIsFree = ({ free, size }: DiskRoom, disk: string): string =>
  `${free === 0 ? 'nothing' : bytes(free)} of ${bytes(size)} is free on ${disk}`;

/** As above, and what there would have to be. */
export const lackOfRoom = (room: DiskRoom, disk: string): string => {
  const { free, size, freeFiles, files } = room;
  const needed = [
    { is: free, atLeast: Math.min(reserve.bytes, size * share), inWords: bytes },
    { is: freeFiles, atLeast: files > 0 ? Math.min(reserve.files, files * share) : 0, inWords: forFiles },
  ].filter(({ is, atLeast }) => is < atLeast);
  const counted = files > 0 ? `, for ${freeFiles} files` : '';
  return `${whatIsFree(room, disk)}${counted}; ${needed.map(({ atLeast, inWords }) => inWords(Math.ceil(atLeast))).join(' and ')} needed`;
};

const forFiles = (count: number): string => `${count} files`;

const hasLess = (
  { free, size, freeFiles, files }: DiskRoom,
  than: { readonly bytes: number; readonly files: number },
  part: number,
): boolean => free < Math.min(than.bytes, size * part) || (files > 0 && freeFiles < Math.min(than.files, files * part));
