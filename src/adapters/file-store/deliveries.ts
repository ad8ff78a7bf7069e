import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../../disk/hash-file.ts';
import type { FileName, Sha256 } from '../../domain/debian/names.ts';
import type { Delivered, Deliveries } from '../../ports/deliveries.ts';
import type { FileStore } from '../../ports/file-store.ts';

/** Pieces grow below `folder`, each under its hash, until the store takes the whole. What a crash leaves there is gone on with, within a week. */
export const deliveries = (folder: string, files: FileStore): Deliveries => {
  mkdirSync(folder, { recursive: true });
  for (const part of readdirSync(folder)) {
    if (Date.now() - statSync(join(folder, part)).mtimeMs > weekMs) rmSync(join(folder, part));
  }
  const underWay = new Set<Sha256>();
  const partOf = (sha256: Sha256): string => join(folder, sha256);
  const lengthOf = async (sha256: Sha256): Promise<number> =>
    (await stat(partOf(sha256)).catch(() => undefined))?.size ?? 0;

  const finish = async (sha256: Sha256): Promise<Delivered> => {
    const part = partOf(sha256);
    // Asked before the store takes it: other bytes may be those of a file that is there already, and is wanted.
    const isWhatItSays = (await hashFile(part)) === sha256;
    if (isWhatItSays) await files.adopt(sha256 as string as FileName, part);
    await rm(part, { force: true });
    return isWhatItSays ? 'whole' : 'altered';
  };

  const take: Deliveries['take'] = async (sha256, from, size, bytes) => {
    const at = await lengthOf(sha256);
    if (await files.has(sha256)) {
      await rm(partOf(sha256), { force: true });
      return 'whole';
    }
    if (at > size) {
      await rm(partOf(sha256), { force: true });
      return { at: 0 };
    }
    if (from !== at) return { at };
    const end = await append(partOf(sha256), at, size, bytes);
    return end < size ? { at: end } : finish(sha256);
  };

  return {
    standing: async (sha256) => ((await files.has(sha256)) ? 'whole' : { at: await lengthOf(sha256) }),
    take: async (sha256, from, size, bytes) => {
      if (underWay.has(sha256)) return { at: await lengthOf(sha256) };
      underWay.add(sha256);
      try {
        return await take(sha256, from, size, bytes);
      } finally {
        underWay.delete(sha256);
      }
    },
  };
};

const weekMs = 7 * 86_400_000;

/** Where the file ends afterwards; also when the bytes break off. None is read beyond `size`. */
const append = async (path: string, from: number, size: number, bytes: AsyncIterable<Uint8Array>): Promise<number> => {
  const handle = await open(path, 'a', 0o600);
  let at = from;
  try {
    if (at === size) return at;
    for await (const chunk of bytes) {
      const piece = chunk.subarray(0, size - at);
      await handle.writeFile(piece);
      at += piece.length;
      if (at === size) break;
    }
  } catch (error) {
    if (!isBrokenOff(error)) throw error;
  } finally {
    await handle.close();
  }
  return at;
};

/** The sender went away: what came is kept. */
const isBrokenOff = (error: unknown): boolean =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(String((error as NodeJS.ErrnoException).code));
