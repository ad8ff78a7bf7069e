import { closeSync, openSync, readSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { controlIn, controlMember, debHead } from '../../disk/deb-archive.ts';
import type { Run } from './run-program.ts';

/** Far beyond what any package has; bytes, compressed and unpacked. */
const mostPacked = 1024 * 1024;
const mostUnpacked = 8 * 1024 * 1024;

/** The control file of a binary package as latin1, or what xz has to unpack first. */
export type PackedControl = { readonly control: string } | { readonly xz: Uint8Array };

/** `undefined` for a package that is not as dpkg-deb writes them, so that dpkg-deb itself may look. Blocks. */
export const packedControl = (path: string): PackedControl | undefined => {
  try {
    const member = memberOf(path);
    if (member?.name === 'control.tar.xz') return { xz: member.bytes };
    const tar = member === undefined ? undefined : unpack(member);
    const control = tar === undefined ? undefined : controlIn(tar);
    return control === undefined ? undefined : { control };
  } catch {
    return undefined;
  }
};

/** In the order of `packed`. A hundred packages cost one process, and that only for those in xz. */
export const unpackedControls = async (
  packed: readonly (PackedControl | undefined)[],
  run: Run,
): Promise<readonly (string | undefined)[]> => {
  const xz = packed.flatMap((each) => (each !== undefined && 'xz' in each ? [each.xz] : []));
  const unpacked = await unpackXz(xz, run);
  return packed.map((each) => {
    if (each === undefined) return undefined;
    if ('control' in each) return each.control;
    const tar = unpacked.get(each.xz);
    return tar === undefined ? undefined : controlIn(tar);
  });
};

type Member = { readonly name: string; readonly bytes: Buffer };

const memberOf = (path: string): Member | undefined => {
  const file = openSync(path, 'r');
  try {
    const found = controlMember(read(file, 0, debHead));
    if (found === undefined || found.size > mostPacked) return undefined;
    const bytes = read(file, debHead, found.size);
    return bytes.length === found.size ? { name: found.name, bytes } : undefined;
  } finally {
    closeSync(file);
  }
};

const read = (file: number, at: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, at));
};

const unpack = ({ name, bytes }: Member): Buffer | undefined => {
  switch (name) {
    case 'control.tar':
      return bytes;
    case 'control.tar.gz':
      return gunzipSync(bytes, { maxOutputLength: mostUnpacked });
    case 'control.tar.zst':
      return zstdDecompressSync(bytes, { maxOutputLength: mostUnpacked });
    default:
      return undefined;
  }
};

/**
 * Node has no xz, and `xz` unpacks files one after the other without a mark between them. How long each is stands in its
 * own index, which xz checks against what it unpacked; so one cannot reach into the next.
 */
const unpackXz = async (packed: readonly Uint8Array[], run: Run): Promise<ReadonlyMap<Uint8Array, Buffer>> => {
  const sized = packed.flatMap((bytes) => {
    const size = unpackedSize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    return size === undefined ? [] : [{ bytes, size }];
  });
  const unpacked = new Map<Uint8Array, Buffer>();
  for (const some of portions(sized)) {
    const expected = some.reduce((sum, { size }) => sum + size, 0);
    const stdin = Buffer.concat(some.map(({ bytes }) => bytes));
    const ran = await run('xz', ['--decompress', '--stdout'], stdin, expected).catch(() => undefined);
    if (ran?.code !== 0 || ran.stdout.length !== expected) continue;
    let from = 0;
    for (const { bytes, size } of some) {
      unpacked.set(bytes, ran.stdout.subarray(from, from + size));
      from += size;
    }
  }
  return unpacked;
};

type Sized = { readonly bytes: Uint8Array; readonly size: number };

/** At most `mostUnpacked` at once. */
const portions = (sized: readonly Sized[]): readonly (readonly Sized[])[] => {
  const made: Sized[][] = [];
  let room = 0;
  for (const each of sized) {
    if (each.size > room) {
      made.push([]);
      room = mostUnpacked;
    }
    made.at(-1)?.push(each);
    room -= each.size;
  }
  return made;
};

/** From the index of the one stream that `bytes` must be (the .xz file format, §4). */
const unpackedSize = (bytes: Buffer): number | undefined => {
  if (bytes.length < 32 || bytes.length % 4 !== 0) return undefined;
  if (bytes.readUIntBE(0, 6) !== 0xfd377a585a00 || bytes.toString('latin1', bytes.length - 2) !== 'YZ')
    return undefined;
  const start = bytes.length - 12 - (bytes.readUInt32LE(bytes.length - 8) + 1) * 4;
  if (start < 12 || bytes[start] !== 0) return undefined;
  let at = start + 1;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; factor < 2 ** 49; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  let size = 0;
  for (let records = number(); records > 0 && at < bytes.length; records--) {
    number();
    size += number();
  }
  return size > 0 && size <= mostUnpacked ? size : undefined;
};
