/**
 * Several armored public keys as one block (RFC 9580 §6.2): apt reads no more than the first block of a file and of an embedded
 * `Signed-By`. Without a checksum, which is optional.
 */
export const oneBlock = (armoredKeys: readonly string[]): string => {
  const [alone, ...others] = armoredKeys;
  if (alone === undefined) return '';
  if (others.length === 0) return alone;
  const body = Buffer.concat(armoredKeys.map(binaryKey)).toString('base64');
  return [
    '-----BEGIN PGP PUBLIC KEY BLOCK-----',
    '',
    ...(body.match(/.{1,64}/g) ?? []),
    '-----END PGP PUBLIC KEY BLOCK-----',
    '',
  ].join('\n');
};

/** The bytes within an armored block: its lines between the empty one and the checksum. */
export const binaryKey = (armored: string): Uint8Array => {
  const lines = armored.split(/\r?\n/);
  const body = lines.slice(lines.indexOf('') + 1).filter((line) => line !== '' && !/^[=-]/.test(line));
  return Buffer.from(body.join(''), 'base64');
};
