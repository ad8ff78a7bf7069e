import { rm } from 'node:fs/promises';

/**
 * Removes the folder of a test, where there is one.
 * What was stopped a moment ago may still put a file into it (a look at SQLite does): it is tried again then, for a second.
 */
export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
