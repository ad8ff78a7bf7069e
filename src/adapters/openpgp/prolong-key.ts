import { type PrivateKey, reformatKey } from 'openpgp';
import type { ArchiveKeyFacts } from '../../ports/keyring.ts';
import { primaryIsHere } from './archive-key-signers.ts';
import { keyFacts } from './key-facts.ts';
import { fingerprintOf } from './key-faults.ts';

export const archiveKeyFacts = async (key: PrivateKey, now: number): Promise<ArchiveKeyFacts> => {
  const publicKey = key.toPublic();
  return {
    fingerprint: fingerprintOf(key),
    publicKey: publicKey.armor(),
    expiresAt: (await keyFacts(publicKey, now)).expiresAt,
    primaryIsHere: primaryIsHere(key),
  };
};

/**
 * The same key, which ends at `until` (milliseconds). OpenPGP counts from the making of each key (RFC 9580 §5.2.3.13), so a younger subkey ends as much
 * later. The date of the new self-signatures is never before that of the key.
 */
export const prolonged = async (key: PrivateKey, until: number, now: number): Promise<PrivateKey> => {
  const made = key.getCreationTime().getTime();
  const { privateKey } = await reformatKey({
    privateKey: key,
    userIDs: key.users.flatMap(({ userID }) =>
      userID === null ? [] : [{ name: userID.name, email: userID.email, comment: userID.comment }],
    ),
    keyExpirationTime: Math.round((until - made) / 1000),
    date: new Date(Math.max(now, made)),
    format: 'object',
  });
  keepRevocations(key, privateKey);
  return privateKey;
};

/** What was revoked stays so: the library writes the self-signatures anew, and these alone. */
const keepRevocations = (from: PrivateKey, to: PrivateKey): void => {
  to.revocationSignatures = from.revocationSignatures;
  for (const subkey of to.subkeys) {
    const before = from.subkeys.find((each) => each.getFingerprint() === subkey.getFingerprint());
    subkey.revocationSignatures = before?.revocationSignatures ?? [];
  }
};
