import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Enclosed } from '../../domain/buildrequest/request-file.ts';
import type { StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';

/** A stored file as `Files` lists it, with the MD5 that its form asks for and nothing relies on. */
export const enclosed = async (
  { name, size, sha256 }: StoredFile,
  files: Pick<FileStore, 'path'>,
): Promise<Enclosed> => {
  const md5 = createHash('md5');
  await pipeline(createReadStream(await files.path(sha256)), md5);
  return { name, size, sha256, md5: md5.digest('hex') };
};
