import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Size, and as much of the text as is asked for, of a file in a folder that a stranger wrote. Rejects with the predicate of a sentence for what is no regular file
 * we may read, or is longer than a `limit` that is not 0.
 */
export const regularFile = async (
  path: string,
  limit: number,
): Promise<{ readonly size: number; readonly text: string }> => {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot be read: ${error.code ?? error.message}`);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error('is not a regular file');
    if (limit > 0 && stats.size > limit) throw new Error(`has ${stats.size} bytes, at most ${limit} are read`);
    return { size: stats.size, text: limit > 0 ? (await handle.readFile()).toString('utf8') : '' };
  } finally {
    await handle.close();
  }
};
