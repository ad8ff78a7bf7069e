import { NotSftp } from './packets.ts';

/** What a client of SFTP version 3 asks (draft-ietf-secsh-filexfer-02 §4 to §6), as far as we answer it. Attributes are not read. */
export type Request =
  | { readonly asks: 'init' }
  | ({ readonly id: number } & (
      | {
          readonly asks: 'real-path' | 'attributes' | 'set-attributes' | 'forbidden' | 'unsupported';
          readonly path: string;
        }
      | { readonly asks: 'open'; readonly path: string; readonly flags: number }
      | { readonly asks: 'write'; readonly handle: string; readonly offset: bigint; readonly bytes: Buffer }
      | { readonly asks: 'close' | 'handle-attributes' | 'set-handle-attributes'; readonly handle: string }
    ));

/** Flags of OPEN (§6.3). */
export const openFlags = { read: 1, write: 2, append: 4 } as const;

/** Throws `NotSftp` where a field ends outside its packet. */
export const requestIn = (packet: Buffer): Request => {
  const fields = fieldsOf(packet);
  const type = fields.byte();
  if (type === 1) {
    fields.number();
    return { asks: 'init' };
  }
  const id = fields.number();
  if (type === 3) return { asks: 'open', id, path: fields.text(), flags: fields.number() };
  if (type === 6) return { asks: 'write', id, handle: fields.text(), offset: fields.long(), bytes: fields.bytes() };
  const ofHandle = aboutHandles.get(type);
  if (ofHandle !== undefined) return { asks: ofHandle, id, handle: fields.text() };
  const ofPath = aboutPaths.get(type);
  if (ofPath !== undefined) return { asks: ofPath, id, path: fields.text() };
  return { asks: forbidden.has(type) ? 'forbidden' : 'unsupported', id, path: '' };
};

const aboutHandles: ReadonlyMap<number, 'close' | 'handle-attributes' | 'set-handle-attributes'> = new Map([
  [4, 'close'],
  [8, 'handle-attributes'],
  [10, 'set-handle-attributes'],
]);

/** LSTAT, SETSTAT, REALPATH and STAT. */
const aboutPaths: ReadonlyMap<number, 'attributes' | 'set-attributes' | 'real-path'> = new Map([
  [7, 'attributes'],
  [9, 'set-attributes'],
  [16, 'real-path'],
  [17, 'attributes'],
]);

/** READ, OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, RENAME, READLINK, SYMLINK. */
const forbidden: ReadonlySet<number> = new Set([5, 11, 12, 13, 14, 15, 18, 19, 20]);

const fieldsOf = (packet: Buffer) => {
  let at = 0;
  const take = (length: number): Buffer => {
    if (length > packet.length - at) throw new NotSftp('a field is longer than its packet');
    at += length;
    return packet.subarray(at - length, at);
  };
  const number = (): number => take(4).readUInt32BE();
  const bytes = (): Buffer => take(number());
  return {
    byte: (): number => take(1).readUInt8(),
    number,
    long: (): bigint => take(8).readBigUInt64BE(),
    bytes,
    text: (): string => bytes().toString('utf8'),
  };
};
