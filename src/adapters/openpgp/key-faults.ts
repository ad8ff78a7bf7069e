import { type Config, config, type Key, type PartialConfig, type PublicKey, type Subkey } from 'openpgp';
import { decodeOrThrow } from '../../domain/codec.ts';
import { Fingerprint } from '../../domain/debian/names.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { lenient, weakness } from './policy.ts';

/** Why a signature of this key is worth nothing because of how it, or the primary key above it, is made. */
export const keyWeakness = (key: PublicKey, signer: Key | Subkey): Refusal | undefined => {
  const weak = weakness(signer.getAlgorithmInfo()) ?? weakness(key.getAlgorithmInfo());
  return weak === undefined
    ? undefined
    : refusal('weak-key', `${fingerprintOf(key)} is ${weak}`, 'make a key of RSA 3072 or Ed25519');
};

/** The signing key or the primary above it. The library's types forbid the `null` that its own code passes: any revocation. */
export const isRevoked = async (key: PublicKey, signer: Key | Subkey, now: number): Promise<boolean> => {
  const any = null as never;
  const at = new Date(now);
  return (await key.isRevoked(any, any, at, full(lenient))) || (await signer.isRevoked(any, any, at, full(lenient)));
};

export const revoked = (key: PublicKey): Refusal =>
  refusal('revoked-key', `the key ${fingerprintOf(key)} is revoked`, 'sign with a key that is valid');

/** What the library found wrong with a key at that time, in our words. */
export const keyFault = (key: PublicKey, fault: string, at: Date): Refusal => {
  const fact = `${fingerprintOf(key)} at ${at.toISOString()}: ${fault}`;
  if (/insecure hash/i.test(fault)) {
    return refusal('weak-key', fact, 'renew the key (gpg --quick-set-expire) and hand it in again');
  }
  return /expired/i.test(fault)
    ? refusal('expired-key', fact, 'prolong the key and hand it in again')
    : refusal('unusable-key', fact, 'sign with a key that may sign');
};

export const fingerprintOf = (key: Key | Subkey): Fingerprint =>
  decodeOrThrow(Fingerprint, key.getFingerprint().toUpperCase(), 'a fingerprint from the library');

/** What is wrong, or `undefined` when the promise is kept. */
export const fails = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(() => undefined, reasonOf);

/** Whether this part of the key may sign at that time, as the key itself says. */
export const maySign = async (key: Key, part: Key | Subkey, at: Date): Promise<boolean> =>
  (await fails(key.getSigningKey(part.getKeyID(), at, undefined, full(lenient)))) === undefined;

export const full = (partial: PartialConfig): Config => ({ ...config, ...partial });
