import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { decodeOrThrow } from '../domain/codec.ts';
import { FileName, type Sha256, type StoredFile } from '../domain/debian/names.ts';
import type { FileStore } from '../ports/file-store.ts';

/** A file that is not in the store yet: what is said of it is decided before it is there. */
export type FileToBe = {
  readonly file: StoredFile;
  readonly keep: (files: Pick<FileStore, 'put'>) => Promise<StoredFile>;
};

export const fileToBe = (name: string, content: string | Uint8Array): FileToBe => {
  const bytes = Buffer.from(content as string);
  const file: StoredFile = {
    name: decodeOrThrow(FileName, name, 'the name of a file'),
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex') as Sha256,
  };
  return { file, keep: (files) => files.put(file.name, Readable.from([bytes])) };
};
