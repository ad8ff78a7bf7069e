import { type FileHandle, open } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { ByteRange } from './byte-range.ts';

/**
 * Writes a range of the file at `path` as the body of `res`, reading ahead one piece while the client takes the one before. The
 * pieces are used again and again: fresh memory for every read costs more than the read. `begin` sends the header once the file
 * is open; it is `gone` when it cannot be opened. A file that breaks afterwards breaks the connection, so nobody takes it
 * for whole.
 */
export const sendRange = async (
  res: ServerResponse,
  path: string,
  range: ByteRange,
  begin: () => void,
  gone: () => void,
): Promise<void> => {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return gone();
  try {
    begin();
    await pump(res, file, range);
    res.end();
  } catch {
    res.destroy();
  } finally {
    await file.close();
  }
};

const pump = async (res: ServerResponse, file: FileHandle, { first, last }: ByteRange): Promise<void> => {
  let at = first;
  let next: Promise<Piece> | undefined = read(file, at, last);
  while (next !== undefined) {
    const piece: Piece = await next;
    at += piece.length;
    next = at > last ? undefined : read(file, at, last);
    // A reading under way when the client goes is not left alone with its failure.
    next?.catch(() => undefined);
    try {
      await write(res, piece.buffer.subarray(0, piece.length));
    } catch (error) {
      await next?.then(giveBack, () => undefined);
      throw error;
    }
    giveBack(piece);
  }
};

type Piece = { readonly buffer: Buffer; readonly length: number };

const pieceBytes = 256 * 1024;

const spare: Buffer[] = [];

/** At most 4 MB wait for the next reader. */
const giveBack = ({ buffer }: Piece): void => {
  if (spare.length < 16) spare.push(buffer);
};

const read = async (file: FileHandle, at: number, last: number): Promise<Piece> => {
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(pieceBytes);
  const { bytesRead } = await file.read(buffer, 0, Math.min(pieceBytes, last - at + 1), at);
  if (bytesRead === 0) throw new Error('the file is shorter than it was');
  return { buffer, length: bytesRead };
};

/** Resolves when the kernel has the bytes: only then they may be overwritten. */
const write = (res: ServerResponse, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const onClose = (): void => reject(new Error('the client went'));
    if (res.destroyed || res.socket === null) return onClose();
    res.once('close', onClose);
    res.write(bytes, (error) => {
      res.off('close', onClose);
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
