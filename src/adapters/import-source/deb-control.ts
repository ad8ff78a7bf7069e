import { zstdDecompressSync } from 'node:zlib';
import { controlIn, controlMemberIn } from '../../disk/deb-archive.ts';
import type { ImportSource } from '../../ports/import-source.ts';
import { unpack } from './unpack.ts';

/** Far beyond what any package has. */
const mostUnpacked = 16 * 1024 * 1024;

export const control: ImportSource['control'] = async (start) => {
  const member = controlMemberIn(start);
  if (member === undefined) throw new Error('it is no binary package');
  const packed = start.subarray(member.at, member.at + member.size);
  if (packed.length < member.size) throw new Error('its control archive is cut off, or far too large');
  const text = controlIn(await unpacked(member.name, packed));
  if (text === undefined) throw new Error('it has other than one control file');
  return text;
};

const unpacked = async (name: string, packed: Buffer): Promise<Buffer> => {
  const [, packing] = /^control\.tar(|\.gz|\.xz|\.zst)$/.exec(name) ?? [];
  if (packing === '.zst') return zstdDecompressSync(packed, { maxOutputLength: mostUnpacked });
  if (packing === '' || packing === '.gz' || packing === '.xz') return unpack(packed, packing, mostUnpacked);
  throw new Error(`its control archive is packed in no way that is read here: ${name}`);
};
