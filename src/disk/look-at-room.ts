import { statfs } from 'node:fs/promises';
import type { DiskRoom } from '../domain/disk-room.ts';

/** Of the file system that a folder is on, for who is not root. */
export const lookAtRoom = async (folder: string): Promise<DiskRoom> => {
  const { bavail, blocks, bsize, ffree, files } = await statfs(folder);
  return { free: bavail * bsize, size: blocks * bsize, freeFiles: ffree, files };
};
