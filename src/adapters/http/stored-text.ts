import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { StoredFile } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';

/** Name under which a stored log is read: without the ending of its compression. */
export const plainName = (name: string): string => name.replace(/\.(?:gz|zst)$/, '');

/** The bytes of a stored file as they were before it was compressed. Rejects when the store lacks it. */
export const plainBytes = async (files: FileStore, { name, sha256 }: StoredFile): Promise<Readable> => {
  const stored = createReadStream(await files.path(sha256), { highWaterMark: 128 * 1024 });
  const expander = name.endsWith('.gz') ? createGunzip() : name.endsWith('.zst') ? createZstdDecompress() : undefined;
  // A broken file breaks the answer: nobody shall take the part for the whole.
  return expander === undefined ? stored : pipeline(stored, expander, () => undefined);
};

/**
 * Sends a log or control file as inert text: a browser neither guesses another type nor runs anything in it, whatever the
 * package wrote. Who takes gzip gets the stored bytes as they are.
 */
export const sendStoredText = async (
  req: IncomingMessage,
  res: ServerResponse,
  files: FileStore,
  file: StoredFile,
): Promise<void> => {
  const isGzip =
    file.name.endsWith('.gz') && /\bgzip\b(?!\s*;\s*q=0(?:[,.\s]|$))/.test(req.headers['accept-encoding'] ?? '');
  const etag = `"${file.sha256}${isGzip ? '-gzip' : ''}"`;
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', 'no-cache');
  res.setHeader('Vary', 'Accept-Encoding');
  inert(res);
  if (req.headers['if-none-match'] === etag) {
    res.writeHead(304).end();
    return;
  }
  const bytes = isGzip ? createReadStream(await files.path(file.sha256)) : await plainBytes(files, file);
  if (isGzip) res.setHeader('Content-Encoding', 'gzip');
  if (req.method === 'HEAD') {
    bytes.destroy();
    res.end();
    return;
  }
  pipeline(bytes, res, () => undefined);
};

/** The first bytes of a stored file as text. Rejects when the store lacks it. */
export const beginningOf = async (
  files: Pick<FileStore, 'path'>,
  { sha256 }: Pick<StoredFile, 'sha256'>,
  most: number,
): Promise<string> => {
  const file = await open(await files.path(sha256));
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(most), 0, most, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
};

/** Text, and nothing but text. */
export const inert = (res: ServerResponse): void => {
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
};
