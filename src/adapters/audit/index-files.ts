import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A file in the pool as an index names it, by its path below the repository. */
export type IndexedFile = { readonly path: string; readonly sha256: string };

/** What an index holds, and the digest of its text. */
export type ReadIndex = { readonly files: readonly IndexedFile[]; readonly sha256: string };

/** A `Packages` or `Sources`, plain or as `.gz`, read in pieces. Rejects where it cannot be unpacked. */
export const readIndex = async (path: string): Promise<ReadIndex> => {
  const digest = createHash('sha256');
  const stanzas = stanzaReader();
  let rest = '';
  for await (const chunk of unpacked(path)) {
    digest.update(chunk as Buffer);
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) stanzas.line(line);
  }
  if (rest !== '') stanzas.line(rest);
  return { files: stanzas.end(), sha256: digest.digest('hex') };
};

const unpacked = (path: string): Readable => {
  const packed = createReadStream(path);
  if (!path.endsWith('.gz')) return packed;
  const plain = createGunzip();
  packed.on('error', (error) => plain.destroy(error));
  return packed.pipe(plain);
};

/** Reads as much of stanzas as says which files they name: `Filename` and `SHA256`; `Directory` and `Checksums-Sha256`. */
const stanzaReader = () => {
  const files: IndexedFile[] = [];
  let fields = new Map<string, string[]>();
  let last: string[] = [];
  const close = (): void => {
    const [filename, sha256, directory] = ['filename', 'sha256', 'directory'].map((name) => fields.get(name)?.[0]);
    if (filename !== undefined) files.push({ path: filename, sha256: sha256 ?? '' });
    if (directory !== undefined)
      for (const line of fields.get('checksums-sha256')?.slice(1) ?? []) {
        const [sum = '', , name = ''] = line.trim().split(/\s+/);
        files.push({ path: `${directory}/${name}`, sha256: sum });
      }
    fields = new Map();
  };
  return {
    line: (line: string): void => {
      if (line === '') close();
      else if (line.startsWith(' ')) last.push(line);
      else {
        const colon = line.indexOf(':');
        last = [line.slice(colon + 1).trim()];
        fields.set(line.slice(0, colon).toLowerCase(), last);
      }
    },
    end: (): readonly IndexedFile[] => {
      close();
      return files;
    },
  };
};
