import { createMessage, enums, type Key, type PublicKey, type SignaturePacket, type Subkey } from 'openpgp';
import { instant } from '../../domain/codec.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Signature } from '../../domain/upload/events.ts';
import { fails, fingerprintOf, full, isRevoked, keyFault, keyWeakness, revoked } from './key-faults.ts';
import { type Ages, digestName, isStrongDigest, lenient, strict } from './policy.ts';

/** What a signature is over: bytes, or text whatever its line ends. */
export type Signed = string | Uint8Array;

/**
 * What one signature over what is `signed` is worth at `now`. The arithmetic comes before what is said of key and age, so that
 * only `bad-signature` means that the text is not what somebody signed.
 */
export const judgeSignature = async (
  packet: SignaturePacket,
  signed: Signed,
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
  for (const candidate of keys) verdicts.push(await judgeWithKey(packet, signed, candidate, now, ages));
  // Who hands in an old copy of a key cannot take its revocation back.
  const revocation = verdicts.find((each) => each.status !== 'good' && each.because.rule === 'revoked-key');
  return revocation ?? verdicts.find(({ status }) => status === 'good') ?? (verdicts[0] as Signature);
};

const not = (rule: string, fact: string, remedy: string): Signature => because(refusal(rule, fact, remedy));

const because = (refused: Refusal): Signature => ({ status: 'unauthenticated', because: refused });

/** The fingerprint if the signature names one, else the id. */
const signerOf = (packet: SignaturePacket): string =>
  Buffer.from(packet.issuerFingerprint ?? new Uint8Array())
    .toString('hex')
    .toUpperCase() || packet.issuerKeyID.toHex().toUpperCase();

const judgeWithKey = async (
  packet: SignaturePacket,
  signed: Signed,
  key: PublicKey,
  now: number,
  ages: Ages,
): Promise<Signature> => {
  const [signer] = key.getKeys(packet.issuerKeyID);
  const created = packet.created;
  if (signer === undefined || created === null) return not('bad-signature', 'the signature lacks its date', signAnew);
  const weak = keyWeakness(key, signer);
  if (weak !== undefined) return because(weak);
  const wrong = await fails(
    packet.verify(signer.keyPacket, typeOf(signed), await literal(signed), created, true, full(lenient)),
  );
  if (wrong !== undefined) return not('bad-signature', `${wrong} (key ${fingerprintOf(key)})`, signAnew);
  if (await isRevoked(key, signer, now)) return because(revoked(key));
  return (
    (await unusable(key, packet, created, now)) ??
    ageFault(packet, created.getTime(), now, ages) ??
    good(packet, key, signer, created.getTime())
  );
};

const signAnew = 'sign the file anew with debsign';

const typeOf = (signed: Signed): enums.signature =>
  typeof signed === 'string' ? enums.signature.text : enums.signature.binary;

const literal = async (signed: Signed): Promise<object> => {
  const message = typeof signed === 'string' ? createMessage({ text: signed }) : createMessage({ binary: signed });
  return (await message).packets[0] as object;
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
  return fault === undefined ? undefined : because(keyFault(key, fault, at));
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
  fingerprint: fingerprintOf(key),
  signedBy: fingerprintOf(signer),
  signedAt: instant(created),
  digest: digestName(packet.hashAlgorithm),
});
