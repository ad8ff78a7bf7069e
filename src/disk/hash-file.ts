import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Sha256 } from '../domain/debian/names.ts';

/** SHA-256 of a file, read in pieces. Rejects when there is none. */
export const hashFile = async (path: string): Promise<Sha256> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), hash);
  return hash.digest('hex') as Sha256;
};
