import { lookAtRoom } from '../../disk/look-at-room.ts';
import type { DiskRoom } from '../../domain/disk-room.ts';

export type SeenDisk = {
  /** As it was seen last; `undefined` when nobody could look. */
  readonly room: () => DiskRoom | undefined;
  readonly close: () => void;
};

/** Looks now and then at how much room there is where `folder` is. Milliseconds. */
export const seenDisk = async (folder: string, { interval }: { readonly interval: number }): Promise<SeenDisk> => {
  let room: DiskRoom | undefined;
  const look = async (): Promise<void> => {
    room = await lookAtRoom(folder).catch(() => undefined);
  };
  await look();
  const timer = setInterval(() => void look(), interval).unref();
  return { room: () => room, close: () => clearInterval(timer) };
};
