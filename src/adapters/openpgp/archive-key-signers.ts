import type { Key, PrivateKey, SecretKeyPacket, SignaturePacket, Subkey } from 'openpgp';
import { fails, fingerprintOf, full, keyWeakness, maySign } from './key-faults.ts';
import { lenient } from './policy.ts';

/** A part of an archive key that signs: the primary key itself, or one of its subkeys. */
export type Signer = { readonly key: PrivateKey; readonly part: Part };

type Part = Key | Subkey;

/** Between the making of a key and of the subkeys that it was made with. Milliseconds. */
const together = 60_000;

/**
 * What of a key signs at that time. Every subkey that may does, since a machine may know the key as it was before the last one was added
 * (gpg alone would take the youngest); the primary key as well where it is here, unless some such subkey is as old as the key: then
 * whoever knows the key knows that subkey.
 */
export const signersOf = async (key: PrivateKey, at: Date): Promise<readonly Signer[]> => {
  const subkeys = await those(key, key.subkeys, at);
  const isKnownToAll = subkeys.some((each) => madeAt(each) - madeAt(key) <= together);
  const parts = isKnownToAll ? subkeys : [...subkeys, ...(await those(key, [key], at))];
  return parts.map((part) => ({ key, part }));
};

/** Why nothing of a key signs. */
export const whyNot = async (key: PrivateKey, at: Date): Promise<string> =>
  (await fails(key.getSigningKey(undefined, at, undefined, full(lenient)))) ??
  `what signs of the key ${fingerprintOf(key)} is not here, or has a passphrase`;

/**
 * From when on all of a key could sign that can, in milliseconds: since its youngest part is there, and since the key says so of it. What gpg
 * wrote holds the last self-signature alone: whoever gets a key that was prolonged by it knows nothing of the time before.
 */
export const youngest = (key: PrivateKey): number =>
  Math.max(
    madeAt(key),
    first(key.users.flatMap(({ selfCertifications }) => selfCertifications)),
    ...key.subkeys.filter(isHere).flatMap((each) => [madeAt(each), first(each.bindingSignatures)]),
  );

/** The time of the first of these signatures. */
const first = (signatures: readonly SignaturePacket[]): number => {
  const times = signatures.flatMap(({ created }) => created?.getTime() ?? []);
  return times.length === 0 ? 0 : Math.min(...times);
};

/** Whether the primary key is here, and not only what it once allowed to sign. */
export const primaryIsHere = (key: PrivateKey): boolean => isHere(key);

const those = async <P extends Part>(key: PrivateKey, parts: readonly P[], at: Date): Promise<readonly P[]> => {
  const signing: P[] = [];
  for (const part of parts) if (isHere(part) && (await signs(key, part, at))) signing.push(part);
  return signing;
};

const signs = async (key: PrivateKey, part: Part, at: Date): Promise<boolean> =>
  keyWeakness(key.toPublic(), part) === undefined && (await maySign(key, part, at));

/** Without a passphrase, too. `gpg --export-secret-subkeys` leaves a stub in the place of what stays where it is. */
export const isHere = ({ keyPacket }: Part): boolean => {
  const packet = keyPacket as SecretKeyPacket;
  return packet.isDecrypted() === true && !packet.isDummy();
};

const madeAt = (part: Part): number => part.getCreationTime().getTime();
