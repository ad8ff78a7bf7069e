import { createCleartextMessage, createMessage, enums, type PrivateKey, sign } from 'openpgp';

/**
 * `InRelease` and `Release.gpg` for the bytes of a `Release`. A signature is never dated before its key: gpgv would refuse it,
 * so a `date` from before (a clock that went back, an old snapshot) becomes the key's.
 */
export const signReleaseWith = async (
  key: PrivateKey,
  release: string,
  date: number,
): Promise<{ readonly inRelease: string; readonly detached: string }> => {
  const at = new Date(Math.max(date, key.getCreationTime().getTime()));
  const common = { signingKeys: key, date: at, config: { preferredHashAlgorithm: enums.hash.sha512 } };
  const message = await createCleartextMessage({ text: withoutLastNewline(release) });
  const inRelease = await sign({ ...common, message });
  const binary = await createMessage({ binary: new TextEncoder().encode(release) });
  const detached = await sign({ ...common, message: binary, detached: true, format: 'armored' });
  return { inRelease: inRelease.replaceAll('\r\n', '\n'), detached: detached.replaceAll('\r\n', '\n') };
};

/** The one before the signature belongs to the framing (RFC 9580 §7). */
const withoutLastNewline = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);
