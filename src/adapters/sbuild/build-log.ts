import { EventEmitter, once, setMaxListeners } from 'node:events';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import type { LiveLog } from '../../ports/builder.ts';
import { stageWatch } from './stage-watch.ts';

/** The log of a build while it runs: a file that grows, is followed, and is bounded. */
export type BuildLog = {
  readonly write: (bytes: Buffer) => Promise<void>;
  /** The end of everything written, also of what did not fit into the file; at most 64 kB. */
  readonly end: () => string;
  /** No more is written. Followers end. */
  readonly close: () => Promise<void>;
  /** For those who look while it grows. */
  readonly live: LiveLog;
  /** The file, from its beginning; for when it is closed. */
  readonly read: () => Readable;
  readonly remove: () => Promise<void>;
};

const endSize = 65_536;

/**
 * Keeps `limit` bytes in the file at `path`, then leaves out the middle: a marker, and, when it is closed, the end, which holds
 * sbuild's summary. Who writes is never made to wait by who follows.
 */
export const openBuildLog = async (path: string, limit: number): Promise<BuildLog> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w+', 0o640);
  const news = new EventEmitter();
  setMaxListeners(0, news);
  const state: State = { size: 0, seen: 0, closed: false, end: Buffer.alloc(0) };
  const watch = stageWatch();
  const end = (): string => state.end.toString('utf8');

  const store = async (bytes: Buffer): Promise<void> => {
    await writeAll(file, bytes);
    state.size += bytes.length;
    news.emit('news');
  };

  return {
    write: async (bytes) => {
      const room = Math.max(limit - state.seen, 0);
      state.seen += bytes.length;
      state.end = lastBytes(state.end, bytes);
      watch.heard(bytes);
      if (room > 0) await store(bytes.subarray(0, room));
    },
    end,
    close: async () => {
      if (state.closed) return;
      const missing = state.seen - limit;
      if (missing > 0)
        await store(Buffer.concat([marker(limit, missing), state.end.subarray(-Math.min(missing, endSize))]));
      state.closed = true;
      news.emit('news');
      await file.close();
    },
    live: {
      follow: (from = 0) => Readable.from(grown(path, from, state, news), { objectMode: false }),
      size: () => state.size,
      read: (from, length) => part(path, from, Math.min(length, state.size - from)),
      stage: watch.title,
      stages: watch.times,
      end,
    },
    read: () => createReadStream(path),
    remove: () => rm(path, { force: true }),
  };
};

type State = { size: number; seen: number; closed: boolean; end: Buffer };

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

const marker = (limit: number, missing: number): Buffer =>
  Buffer.from(
    `\n[mini-buildd: the log is longer than ${limit} bytes; ${Math.max(missing - endSize, 0)} bytes are left out here]\n`,
  );

/** The end of both. What is large is not copied for it. */
const lastBytes = (before: Buffer, bytes: Buffer): Buffer =>
  Buffer.concat([before.subarray(-Math.max(endSize - bytes.length, 1)), bytes.subarray(-endSize)]).subarray(-endSize);

const writeAll = async (file: FileHandle, bytes: Buffer): Promise<void> => {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
};

/** Reads what is there, waits for more, and ends when the log is closed. A file handle of its own, so that the log may go away meanwhile. */
const grown = async function* (
  path: string,
  from: number,
  state: { readonly size: number; readonly closed: boolean },
  news: EventEmitter,
): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    for (let at = from; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(endSize), 0, endSize, at);
      at += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (at < state.size) throw new Error(`${path} is shorter than it was`);
      else if (state.closed) return;
      else await once(news, 'news');
    }
  } finally {
    await file.close();
  }
};
