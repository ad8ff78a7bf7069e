import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unxz } from '../../disk/unxz.ts';
import type { ImportSource } from '../../ports/import-source.ts';

const gunzipped = promisify(gunzip);

export const unpack: ImportSource['unpack'] = async (packed, packing, most) => {
  if (packing === '.gz') return gunzipped(packed, { maxOutputLength: most });
  return packing === '.xz' ? unxzWhole(packed, most) : packed;
};

const unxzWhole = async (packed: Buffer, most: number): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of unxz(Readable.from([packed]))) {
    size += piece.length;
    if (size > most) throw new Error(`it is larger than ${most} bytes unpacked`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};
