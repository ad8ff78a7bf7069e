import { createCleartextMessage, createMessage, enums, type PrivateKey, sign } from 'openpgp';
import { type Refusal, refusal, sentence } from '../../domain/refusal.ts';
import { type Signer, signersOf, whyNot, youngest } from './archive-key-signers.ts';
import { fingerprintOf } from './key-faults.ts';

/**
 * `InRelease` and `Release.gpg` for the bytes of a `Release`, signed by every key in one block. A signature is never dated before its
 * key: gpgv would refuse it, so a `date` from before (a clock that went back, an old snapshot) becomes that of the youngest key or subkey.
 */
export const signReleaseWith = async (
  keys: readonly PrivateKey[],
  release: string,
  date: number,
): Promise<{ readonly inRelease: string; readonly detached: string }> => {
  const signing = await how(keys, date);
  const binary = await createMessage({ binary: new TextEncoder().encode(release) });
  const detached = await sign({ ...signing, message: binary, detached: true, format: 'armored' });
  return { inRelease: await clearsigned(release, signing), detached: detached.replaceAll('\r\n', '\n') };
};

/** Nothing is signed that apt would refuse: the message is the refusal as a sentence. */
class ArchiveKeyExpired extends Error {
  readonly refusal: Refusal;
  constructor(keys: readonly PrivateKey[]) {
    const names = keys.map((key) => key.getFingerprint().toUpperCase()).join(' and ');
    const why = refusal(
      'archive-key-expired',
      `the archive key ${names} has expired: apt would believe nothing that it signs`,
      'prolong it: archivekey prolong; what apt sees stays as it is until then',
    );
    super(sentence(why));
    this.refusal = why;
  }
}

/** One clearsigned block that holds the text. */
export const clearsignWith = async (keys: readonly PrivateKey[], text: string, date: number): Promise<string> =>
  clearsigned(text, await how(keys, date));

type How = Awaited<ReturnType<typeof how>>;

const clearsigned = async (text: string, signing: How): Promise<string> => {
  const message = await createCleartextMessage({ text: withoutLastNewline(text) });
  return (await sign({ ...signing, message })).replaceAll('\r\n', '\n');
};

/** By what a text is signed, and when: looked up once for both forms of a signature. */
const how = async (keys: readonly PrivateKey[], date: number) => {
  const { at, signers } = await living(keys, date);
  return {
    signingKeys: signers.map(({ key }) => key),
    signingKeyIDs: signers.map(({ part }) => part.getKeyID()),
    date: at,
    config: { preferredHashAlgorithm: enums.hash.sha512 },
  };
};

/** Fingerprints of all keys and subkeys that would sign at that time. */
export const signersWith = async (keys: readonly PrivateKey[], date: number): Promise<readonly string[]> =>
  (await living(keys, date)).signers.map(({ part }) => part.getFingerprint().toUpperCase());

const living = async (keys: readonly PrivateKey[], date: number) => {
  const at = new Date(Math.max(date, ...keys.map(youngest)));
  const signers: Signer[] = [];
  for (const key of keys) signers.push(...(await livingOf(key, at)));
  if (signers.length === 0) throw new ArchiveKeyExpired(keys);
  return { at, signers };
};

/** None of a key that has expired. One that cannot sign for another reason is not passed over: machines count on it. */
const livingOf = async (key: PrivateKey, at: Date): Promise<readonly Signer[]> => {
  const signers = await signersOf(key, at);
  if (signers.length > 0) return signers;
  const fault = await whyNot(key, at);
  if (!/expired/i.test(fault)) throw new Error(`the archive key ${fingerprintOf(key)} cannot sign: ${fault}`);
  return [];
};

/** The one before the signature belongs to the framing (RFC 9580 §7). */
const withoutLastNewline = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);
