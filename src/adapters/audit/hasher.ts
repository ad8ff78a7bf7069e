import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

export type Asked = { readonly number: number; readonly path: string };
export type Hashed = { readonly sha256: string; readonly size: number };
export type Told = { readonly bytes: number } & (
  | { readonly number?: never }
  | { readonly number: number; readonly hashed: Hashed }
  | { readonly number: number; readonly fault: string }
);

/** Hashes files in threads of its own. */
export type Hasher = {
  /** SHA-256 and size of a file; the reason, as a text, where it cannot be read. */
  readonly hash: (path: string) => Promise<Hashed | string>;
  /** Bytes read so far. */
  readonly bytes: () => number;
  readonly close: () => Promise<void>;
};

/** Whoever asks waits for them most of the time; one reads while another one hashes. */
const most = Math.min(4, availableParallelism());

export const openHasher = (threads = most): Hasher => {
  const waiting = new Map<number, (found: Hashed | string) => void>();
  let [asked, bytes] = [0, 0];
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('./hash-thread.ts', import.meta.url));
    worker.on('message', (told: Told) => {
      bytes += told.bytes;
      if (told.number === undefined) return;
      waiting.get(told.number)?.('hashed' in told ? told.hashed : told.fault);
      waiting.delete(told.number);
    });
    worker.on('error', (error) => {
      for (const answer of waiting.values()) answer(`its thread ended: ${error.message}`);
      waiting.clear();
    });
    return worker;
  });
  return {
    hash: (path) =>
      new Promise((resolve) => {
        asked += 1;
        waiting.set(asked, resolve);
        workers[asked % threads]?.postMessage({ number: asked, path } satisfies Asked);
      }),
    bytes: () => bytes,
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};
