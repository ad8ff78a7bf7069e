import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unxz } from '../../disk/unxz.ts';
import type { NamedIndex } from '../../ports/upstream.ts';

/** Characters: of a whole index (Debian's largest has 60 million), of one stanza, and of all that are wanted. */
const most = { index: 2 ** 30, stanza: 2 ** 21, wanted: 2 ** 26 };

/** The wanted stanzas of a packed index, read as it is unpacked. Rejects when it cannot be unpacked, or is out of all bounds. */
export const wantedStanzas = async (
  file: string,
  packing: NamedIndex['packing'],
  isWanted: (stanza: string) => boolean,
): Promise<readonly string[]> => {
  const wanted: string[] = [];
  const size = { index: 0, wanted: 0 };
  let rest = '';
  const take = (stanza: string): void => {
    if (stanza === '' || !isWanted(stanza)) return;
    size.wanted += stanza.length;
    if (size.wanted > most.wanted) throw new Error(`more than ${most.wanted} characters of it are wanted`);
    wanted.push(stanza);
  };
  const unpacked = unpack(file, packing);
  for await (const piece of unpacked.setEncoding('utf8')) {
    size.index += piece.length;
    if (size.index > most.index) throw new Error(`unpacked it has more than ${most.index} characters`);
    const stanzas = (rest + piece).split('\n\n');
    rest = stanzas.pop() ?? '';
    if (rest.length > most.stanza) throw new Error(`one of its stanzas has more than ${most.stanza} characters`);
    for (const stanza of stanzas) take(stanza);
  }
  take(rest.trimEnd());
  return wanted;
};

const unpack = (file: string, packing: NamedIndex['packing']): Readable => {
  const packed = createReadStream(file);
  if (packing === '.xz') return unxz(packed);
  if (packing === '') return packed;
  const unpacked = createGunzip();
  packed.on('error', (error) => unpacked.destroy(error));
  return packed.pipe(unpacked);
};
