import { createCleartextMessage, createMessage, enums, type PrivateKey, sign } from 'openpgp';

/**
 * `InRelease` and `Release.gpg` for the bytes of a `Release`, signed by every key in one block. A signature is never dated before its
 * key: gpgv would refuse it, so a `date` from before (a clock that went back, an old snapshot) becomes that of the youngest key.
 */
export const signReleaseWith = async (
  keys: readonly PrivateKey[],
  release: string,
  date: number,
): Promise<{ readonly inRelease: string; readonly detached: string }> => {
  const binary = await createMessage({ binary: new TextEncoder().encode(release) });
  const detached = await sign({ ...how(keys, date), message: binary, detached: true, format: 'armored' });
  return { inRelease: await clearsignWith(keys, release, date), detached: detached.replaceAll('\r\n', '\n') };
};

/** One clearsigned block that holds the text. */
export const clearsignWith = async (keys: readonly PrivateKey[], text: string, date: number): Promise<string> => {
  const message = await createCleartextMessage({ text: withoutLastNewline(text) });
  return (await sign({ ...how(keys, date), message })).replaceAll('\r\n', '\n');
};

const how = (keys: readonly PrivateKey[], date: number) => ({
  signingKeys: [...keys],
  date: new Date(Math.max(date, ...keys.map((key) => key.getCreationTime().getTime()))),
  config: { preferredHashAlgorithm: enums.hash.sha512 },
});

/** The one before the signature belongs to the framing (RFC 9580 §7). */
const withoutLastNewline = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);
