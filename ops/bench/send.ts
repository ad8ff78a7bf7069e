import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { Client } from 'basic-ftp';

/**
 * Sends files by FTP in one session, in order, each until it is answered. Resolves with the moment at which the last byte of
 * the last file was on its way, in milliseconds as `performance.now` counts.
 */
export const send = async (port: number, paths: readonly string[]): Promise<number> => {
  const client = new Client(30_000);
  let lastByte = Number.NaN;
  try {
    await client.access({ host: '127.0.0.1', port, user: 'anonymous', password: 'bench@example.org' });
    await client.cd('/incoming');
    for (const path of paths) {
      const bytes = Readable.from([await readFile(path)]);
      bytes.once('end', () => {
        lastByte = performance.now();
      });
      await client.uploadFrom(bytes, basename(path));
    }
    return lastByte;
  } finally {
    client.close();
  }
};
