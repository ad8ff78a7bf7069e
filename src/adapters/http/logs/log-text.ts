import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { LiveLog } from '../../../ports/builder.ts';

/** The text of one log, readable anywhere, whether it is still written or kept. Offsets and lengths in bytes. */
export type LogText = {
  readonly isGrowing: boolean;
  readonly size: () => number;
  /** Rejects when the log went away meanwhile. */
  readonly read: (from: number, length: number) => Promise<Buffer>;
  /** From there to its end, which a growing log reaches when it is closed. */
  readonly follow: (from: number) => Readable;
};

export const liveText = ({ size, read, follow }: LiveLog): LogText => ({
  isGrowing: true,
  size,
  read,
  follow,
});

/** Of a file that does not change any more. */
export const fileText = async (path: string): Promise<LogText> => {
  const { size } = await stat(path);
  return {
    isGrowing: false,
    size: () => size,
    read: (from, length) => part(path, from, Math.min(length, size - from)),
    follow: (from) => createReadStream(path, { start: from }),
  };
};

const part = async (path: string, from: number, length: number): Promise<Buffer> => {
  if (length <= 0) return Buffer.alloc(0);
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};
