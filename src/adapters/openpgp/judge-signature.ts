import {
  type Config,
  config,
  createMessage,
  enums,
  type Key,
  type PartialConfig,
  type PublicKey,
  type SignaturePacket,
  type Subkey,
} from 'openpgp';
import { decodeOrThrow, instant } from '../../domain/codec.ts';
import { Fingerprint } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Signature } from '../../domain/upload/events.ts';
import { type Ages, digestName, isStrongDigest, lenient, strict, weakness } from './policy.ts';

/**
 * What one signature over `text` is worth at `now`. The arithmetic comes before what is said of key and age, so that
 * only `bad-signature` means that the text is not what somebody signed.
 */
export const judgeSignature = async (
  packet: SignaturePacket,
  text: string,
  keys: readonly PublicKey[],
  now: number,
  ages: Ages,
): Promise<Signature> => {
  const [key] = keys;
  if (!isStrongDigest(packet.hashAlgorithm)) {
    const fact = `the signature uses ${digestName(packet.hashAlgorithm)}`;
    return not('weak-digest', fact, 'sign with SHA-256 or SHA-512 (gpg --digest-algo SHA512)');
  }
  if (key === undefined) {
    const fact = `the key ${signerOf(packet)} is in no keyring that counts here`;
    return not('unknown-key', fact, 'ask the administrator to add your key, or sign with one that is known');
  }
  const verdicts: Signature[] = [];
  for (const candidate of keys) verdicts.push(await judgeWithKey(packet, text, candidate, now, ages));
  return verdicts.find(({ status }) => status === 'good') ?? (verdicts[0] as Signature);
};

const not = (rule: string, fact: string, remedy: string): Signature => ({
  status: 'unauthenticated',
  because: refusal(rule, fact, remedy),
});

/** The fingerprint if the signature names one, else the id. */
const signerOf = (packet: SignaturePacket): string =>
  Buffer.from(packet.issuerFingerprint ?? new Uint8Array())
    .toString('hex')
    .toUpperCase() || packet.issuerKeyID.toHex().toUpperCase();

const judgeWithKey = async (
  packet: SignaturePacket,
  text: string,
  key: PublicKey,
  now: number,
  ages: Ages,
): Promise<Signature> => {
  const [signer] = key.getKeys(packet.issuerKeyID);
  const created = packet.created;
  if (signer === undefined || created === null) return not('bad-signature', 'the signature lacks its date', signAnew);
  const weak = weakness(signer.getAlgorithmInfo()) ?? weakness(key.getAlgorithmInfo());
  if (weak !== undefined) return not('weak-key', `${name(key)} is ${weak}`, 'make a key of RSA 3072 or Ed25519');
  const wrong = await fails(
    packet.verify(signer.keyPacket, enums.signature.text, await literal(text), created, true, full(lenient)),
  );
  if (wrong !== undefined) return not('bad-signature', `${wrong} (key ${name(key)})`, signAnew);
  if (await isRevoked(key, signer, now)) {
    return not('revoked-key', `the key ${name(key)} is revoked`, 'sign with a key that is valid');
  }
  return (
    (await unusable(key, packet, created, now)) ??
    ageFault(packet, created.getTime(), now, ages) ??
    good(packet, key, signer, created.getTime())
  );
};

const signAnew = 'sign the file anew with debsign';

const name = (key: PublicKey): string => key.getFingerprint().toUpperCase();

const full = (partial: PartialConfig): Config => ({ ...config, ...partial });

const literal = async (text: string): Promise<object> => (await createMessage({ text })).packets[0] as object;

const fails = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** The signing key or the primary above it. The library's types forbid the `null` that its own code passes: any revocation. */
const isRevoked = async (key: PublicKey, signer: Key | Subkey, now: number): Promise<boolean> => {
  const any = null as never;
  const at = new Date(now);
  return (await key.isRevoked(any, any, at, full(lenient))) || (await signer.isRevoked(any, any, at, full(lenient)));
};

/**
 * Self-signatures, expiry and usage flags of the key today, or at the time of signing if our clock is behind the signer's. Today is
 * enough: an owner who prolongs a key stands by what it signed, and a keyring need not hold the self-signature of then.
 */
const unusable = async (
  key: PublicKey,
  packet: SignaturePacket,
  created: Date,
  now: number,
): Promise<Signature | undefined> => {
  const at = new Date(Math.max(now, created.getTime()));
  const [signer] = key.getKeys(packet.issuerKeyID);
  const fault =
    signer !== undefined && signer.getCreationTime() > created
      ? 'the key is younger than the signature'
      : await fails(key.getSigningKey(packet.issuerKeyID, at, undefined, full(strict)));
  if (fault === undefined) return undefined;
  const fact = `${name(key)} at ${at.toISOString()}: ${fault}`;
  if (/insecure hash/i.test(fault))
    return not('weak-key', fact, 'renew the key (gpg --quick-set-expire) and send it to the administrator');
  if (/expired/i.test(fault)) return not('expired-key', fact, 'prolong the key and send it to the administrator');
  return not('unusable-key', fact, 'sign with a key that may sign');
};

const ageFault = (packet: SignaturePacket, created: number, now: number, ages: Ages): Signature | undefined => {
  const fact = `the signature is of ${instant(created)}, now is ${instant(now)}`;
  if (now - created > ages.oldest || created - now > ages.furthestAhead) return not('signature-age', fact, signAnew);
  return Number(packet.getExpirationTime()) <= now
    ? not('signature-age', `${fact}; it was to last until ${instant(Number(packet.getExpirationTime()))}`, signAnew)
    : undefined;
};

const good = (packet: SignaturePacket, key: PublicKey, signer: Key | Subkey, created: number): Signature => ({
  status: 'good',
  fingerprint: fingerprint(key),
  signedBy: fingerprint(signer),
  signedAt: instant(created),
  digest: digestName(packet.hashAlgorithm),
});

const fingerprint = (key: Key | Subkey): Fingerprint =>
  decodeOrThrow(Fingerprint, key.getFingerprint().toUpperCase(), 'a fingerprint from the library');
