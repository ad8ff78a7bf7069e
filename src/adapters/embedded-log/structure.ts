import { Worker } from 'node:worker_threads';
import type { Finding } from '../../domain/finding.ts';

/** What SQLite finds wrong in its own structure, found out in a thread: it reads everything. */
export const structureFaults = (folder: string): Promise<readonly Finding[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./structure-thread.ts', import.meta.url), { workerData: folder });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
