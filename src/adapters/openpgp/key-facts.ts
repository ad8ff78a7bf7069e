import type { Key, PublicKey, Subkey } from 'openpgp';
import { type Instant, instant } from '../../domain/codec.ts';
import { inSightOnOneLine } from '../../domain/out-of-sight.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { KeyFacts } from '../../ports/keyring.ts';
import { fingerprintOf, full, isRevoked, keyFault, keyWeakness, maySign, revoked } from './key-faults.ts';
import { lenient, strict } from './policy.ts';

/** What a key says of itself, and whether anything can be signed with it at `now` (milliseconds). */
export const keyFacts = async (key: PublicKey, now: number): Promise<KeyFacts> => {
  const at = new Date(now);
  const found = await key
    .getSigningKey(undefined, at, undefined, full(strict))
    .catch((error: unknown) => keyFault(key, reasonOf(error), at));
  const [signer, fault] = 'fact' in found ? [key, found] : [found, undefined];
  return {
    fingerprint: fingerprintOf(key),
    userIds: key.getUserIDs().slice(0, 20).map(onOneLine),
    subkeys: await signingSubkeys(key, at),
    expiresAt: await expiry(key, signer),
    fault: (await isRevoked(key, signer, now)) ? revoked(key) : (keyWeakness(key, signer) ?? fault),
  };
};

/** A block may hold subkeys of others, which the key never called its own. */
const signingSubkeys = async (key: PublicKey, at: Date): Promise<readonly string[]> => {
  const signing: string[] = [];
  for (const subkey of key.subkeys) if (await maySign(key, subkey, at)) signing.push(fingerprintOf(subkey));
  return signing;
};

/** The earlier of what primary and signing key say. */
const expiry = async (key: PublicKey, signer: Key | Subkey): Promise<Instant | null> => {
  const ends = [await key.getExpirationTime(undefined, full(lenient))];
  if (signer !== key) ends.push(await (signer as Subkey).getExpirationTime(undefined, full(lenient)));
  const first = Math.min(...ends.map((end) => (end instanceof Date ? end.getTime() : Number.POSITIVE_INFINITY)));
  return Number.isFinite(first) ? instant(first) : null;
};

/** Strangers write user ids, and terminals obey them: nothing that is no sign stays. */
const onOneLine = (text: string): string => inSightOnOneLine(text.slice(0, 200).toWellFormed());
