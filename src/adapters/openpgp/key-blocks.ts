import { createHash } from 'node:crypto';

/** One certificate of a keyring: the primary key's packet and all that follow it, with the key ids by which signatures name them. */
export type KeyBlock = { readonly keyIds: readonly string[]; readonly bytes: Uint8Array };

/**
 * Cuts a binary keyring into its certificates without understanding them (RFC 9580 §4.2), so that a keyring of a
 * thousand keys costs little until one of them is needed, and a key the library cannot read spoils no other.
 * Throws on bytes that are no packets.
 */
export const keyBlocks = (keyring: Uint8Array): readonly KeyBlock[] => {
  const blocks: { keyIds: string[]; from: number; to: number }[] = [];
  for (let at = 0; at < keyring.length; ) {
    const packet = packetAt(keyring, at);
    if (packet.tag === publicKey) blocks.push({ keyIds: [], from: at, to: packet.end });
    const block = blocks.at(-1);
    if (block !== undefined) {
      block.to = packet.end;
      if (packet.tag === publicKey || packet.tag === publicSubkey) {
        const id = keyId(keyring.subarray(packet.start, packet.end));
        if (id !== undefined) block.keyIds.push(id);
      }
    }
    at = packet.end;
  }
  return blocks.map(({ keyIds, from, to }) => ({ keyIds, bytes: keyring.subarray(from, to) }));
};

const publicKey = 6;
const publicSubkey = 14;

type Packet = { readonly tag: number; readonly start: number; readonly end: number };

const packetAt = (bytes: Uint8Array, at: number): Packet => {
  const head = bytes[at] ?? 0;
  if ((head & 0x80) === 0) throw new Error(`there is no OpenPGP packet at byte ${at}`);
  const [tag, start, length] = (head & 0x40) === 0 ? oldHeader(bytes, at, head) : newHeader(bytes, at, head);
  if (length < 0 || start + length > bytes.length) throw new Error(`the OpenPGP packet at byte ${at} is cut off`);
  return { tag, start, end: start + length };
};

const number = (bytes: Uint8Array, at: number, size: number): number =>
  bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);

/** Length types 0 to 2; an indeterminate length has no place in a keyring. */
const oldHeader = (bytes: Uint8Array, at: number, head: number): [number, number, number] => {
  const size = [1, 2, 4][head & 3];
  return size === undefined ? [0, at, -1] : [(head >> 2) & 15, at + 1 + size, number(bytes, at + 1, size)];
};

/** One, two or five octets; partial lengths have no place in a keyring. */
const newHeader = (bytes: Uint8Array, at: number, head: number): [number, number, number] => {
  const first = bytes[at + 1] ?? 0;
  if (first < 192) return [head & 63, at + 2, first];
  if (first < 224) return [head & 63, at + 3, (first - 192) * 256 + (bytes[at + 2] ?? 0) + 192];
  return first === 255 ? [head & 63, at + 6, number(bytes, at + 2, 4)] : [0, at, -1];
};

/** Of a version 4 key: the end of its fingerprint (RFC 9580 §5.5.4.2), in lower case. We know no others: gpg makes none. */
const keyId = (body: Uint8Array): string | undefined => {
  if (body[0] !== 4) return undefined;
  const prefix = Uint8Array.of(0x99, body.length >> 8, body.length & 0xff);
  return createHash('sha1').update(prefix).update(body).digest('hex').slice(-16);
};
