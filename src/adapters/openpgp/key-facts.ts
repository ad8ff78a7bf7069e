import type { Key, PublicKey, Subkey } from 'openpgp';
import { type Instant, instant } from '../../domain/codec.ts';
import { inSightOnOneLine } from '../../domain/out-of-sight.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { KeyFacts } from '../../ports/keyring.ts';
import { fingerprintOf, full, isRevoked, keyFault, keyWeakness, maySign, revoked } from './key-faults.ts';
import { strict } from './policy.ts';
import { type PrimaryAsSaid, primaryAsSaid, subkeysAsSaid } from './self-signatures.ts';

/** What a key says of itself, and whether anything can be signed with it at `now` (milliseconds). */
export const keyFacts = async (key: PublicKey, now: number): Promise<KeyFacts> => {
  const at = new Date(now);
  const found = await key
    .getSigningKey(undefined, at, undefined, full(strict))
    .catch((error: unknown) => keyFault(key, reasonOf(error), at));
  const [signer, fault] = 'fact' in found ? [undefined, found] : [found, undefined];
  return {
    fingerprint: fingerprintOf(key),
    userIds: key.getUserIDs().slice(0, 20).map(onOneLine),
    subkeys: await signingSubkeys(key, at),
    expiresAt: await expiry(key, signer),
    fault: (await isRevoked(key, signer ?? key, now)) ? revoked(key) : (keyWeakness(key, signer ?? key) ?? fault),
  };
};

/** A block may hold subkeys of others, which the key never called its own. */
const signingSubkeys = async (key: PublicKey, at: Date): Promise<readonly string[]> => {
  const signing: string[] = [];
  for (const subkey of key.subkeys) if (await maySign(key, subkey, at)) signing.push(fingerprintOf(subkey));
  return signing;
};

/** The earlier of what is said of the primary key and of the part that signs; or that signed last, where nothing does any more. */
const expiry = async (key: PublicKey, signer: Key | Subkey | undefined): Promise<Instant | null> => {
  const primary = await primaryAsSaid(key);
  if (primary === undefined) return null;
  const end = Math.min(primary.end, signer === key ? primary.end : await endOfSubkeys(key, primary, signer));
  return Number.isFinite(end) ? instant(end) : null;
};

const endOfSubkeys = async (
  key: PublicKey,
  primary: PrimaryAsSaid,
  signer: Key | Subkey | undefined,
): Promise<number> => {
  const subkeys = await subkeysAsSaid(key);
  const signing = subkeys.filter(({ subkey, isForSigning }) =>
    signer === undefined ? isForSigning : subkey === signer,
  );
  return signing.length === 0 || (signer === undefined && primary.isForSigning)
    ? primary.end
    : Math.max(...signing.map(({ end }) => end));
};

/** Strangers write user ids, and terminals obey them: nothing that is no sign stays. */
const onOneLine = (text: string): string => inSightOnOneLine(text.slice(0, 200).toWellFormed());
