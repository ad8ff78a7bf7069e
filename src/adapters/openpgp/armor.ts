/**
 * The bytes between the begin and end lines of an armor (RFC 9580 §6.2): headers, an empty line, base64, a CRC-24
 * that may be missing but not wrong. `undefined` for anything else.
 */
export const decodeArmor = (lines: readonly string[]): Uint8Array | undefined => {
  const blank = lines.indexOf('');
  if (blank < 0 || !lines.slice(0, blank).every((line) => /^[A-Za-z][A-Za-z-]*: [^\0\r]*$/.test(line)))
    return undefined;
  const body = lines.slice(blank + 1);
  const last = body.at(-1) ?? '';
  const checksum = last.startsWith('=') ? last.slice(1) : undefined;
  const bytes = decodeBase64(checksum === undefined ? body : body.slice(0, -1));
  if (bytes === undefined || bytes.length === 0) return undefined;
  return checksum === undefined || checksum === crc24(bytes) ? bytes : undefined;
};

/** Full lines only, padding at the end only, no stray bits: one way to write a signature. */
const decodeBase64 = (lines: readonly string[]): Uint8Array | undefined => {
  if (!lines.every((line) => line.length > 0 && line.length <= 76)) return undefined;
  const text = lines.join('');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
};

/** RFC 9580 §6.1.1, as its four base64 characters. */
const crc24 = (bytes: Uint8Array): string => {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Buffer.from([crc >> 16, crc >> 8, crc]).toString('base64');
};
