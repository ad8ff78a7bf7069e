import { lookAtRoom } from '../../disk/look-at-room.ts';
import { isFull } from '../../domain/disk-room.ts';
import type { NotTaken } from '../../ports/incoming.ts';
import type { IncomingLimits } from './limits.ts';
import { listIncoming } from './received-files.ts';

/**
 * How much incoming may still take. Whoever drops files need not tell us: only when our own count says "full" do we look
 * at the disk again, once for all who ask meanwhile. Others fill it, too: how much room there is left is asked for each file, and in the middle of large ones.
 */
export type Room = {
  /** Whether one more file may begin. */
  readonly admit: () => Promise<NotTaken | undefined>;
  /** Claims bytes that have just arrived. */
  readonly take: (bytes: number) => Promise<NotTaken | undefined>;
  /** Ends a claim: the bytes are in incoming now, or gone. */
  readonly settle: (bytes: number, kept: boolean) => void;
};

/** After so many bytes, whoever sent them, the disk may have become full. */
const askedEvery = 4 * 1024 ** 2;

export const room = async (folder: string, { incoming, incomingFiles }: IncomingLimits): Promise<Room> => {
  let kept = { bytes: 0, files: 0 };
  let coming = 0;
  const look = async (): Promise<void> => {
    const files = await listIncoming(folder);
    kept = { bytes: files.reduce((sum, { size }) => sum + size, 0), files: files.length };
  };
  let looking: Promise<void> | undefined;
  const lookOnce = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const full = (more: number): boolean => kept.bytes + coming + more > incoming || kept.files >= incomingFiles;
  const fits = async (more: number): Promise<NotTaken | undefined> => {
    if (!full(more)) return undefined;
    await lookOnce();
    if (!full(more)) return undefined;
    const fact = `incoming is full (at most ${incoming} bytes, ${incomingFiles} files): upload again later`;
    return { why: 'full', fact };
  };
  let unasked = 0;
  const onDisk = async (): Promise<NotTaken | undefined> => {
    unasked = 0;
    const isDiskFull = await lookAtRoom(folder).then(isFull, () => false);
    return isDiskFull ? { why: 'full', fact: 'the disk is full: upload again later' } : undefined;
  };
  await look();
  return {
    admit: async () => (await fits(1)) ?? onDisk(),
    take: async (bytes) => {
      unasked += bytes;
      const refused = (await fits(bytes)) ?? (unasked < askedEvery ? undefined : await onDisk());
      if (refused === undefined) coming += bytes;
      return refused;
    },
    settle: (bytes, isKept) => {
      coming -= bytes;
      if (isKept) kept = { bytes: kept.bytes + bytes, files: kept.files + 1 };
    },
  };
};
