import { createHash } from 'node:crypto';

const chunkSize = 64 * 1024;

/** `megabytes` of a file that differs from others by `seed`, never held as a whole. */
export function* largeFile(megabytes: number, seed: number): Generator<Buffer> {
  for (let n = 0; n < (megabytes * 2 ** 20) / chunkSize; n += 1) {
    const chunk = Buffer.alloc(chunkSize, (seed * 31 + n) % 256);
    chunk.writeUInt32BE(n);
    chunk.writeUInt32BE(seed, 4);
    yield chunk;
  }
}

export const sha256Of = async (chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

/** By how many bytes this process grew at most while it did `work`. */
export const growthDuring = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.memoryUsage.rss();
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  try {
    await work();
  } finally {
    clearInterval(looking);
  }
  return most - before;
};
