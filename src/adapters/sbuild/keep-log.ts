import { createGzip } from 'node:zlib';
import type { FileName, StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { BuildLog } from './build-log.ts';

/** Takes a closed log into the file store; compressing happens off the event loop. */
export const keepLog = (name: FileName, log: BuildLog, files: FileStore): Promise<StoredFile> => {
  const gzip = createGzip({ level: 6 });
  const bytes = log.read();
  bytes.on('error', (error) => gzip.destroy(error));
  return files.put(name, bytes.pipe(gzip));
};
