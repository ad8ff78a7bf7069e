import { isNoSpace } from './disk/no-space.ts';
import { type DiskRoom, isFull } from './domain/disk-room.ts';
import { NoVerdict } from './ports/builder.ts';
import type { Disk } from './reactors/run-builds.ts';

/** A disk that nobody looked at is taken for one that has room. */
export const homeDisk = (room?: () => DiskRoom | undefined, isOneOfMany = false): Disk => ({
  isOneOfMany,
  isFull: () => {
    const seen = room?.();
    return seen !== undefined && isFull(seen);
  },
  saysFull: (error) => !(error instanceof NoVerdict) && isNoSpace(error),
});
