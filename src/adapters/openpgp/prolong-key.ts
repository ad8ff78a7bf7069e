import {
  type PrivateKey,
  readPrivateKey,
  type SecretKeyPacket,
  type SecretSubkeyPacket,
  type SignaturePacket,
  type Subkey,
} from 'openpgp';
import type { ArchiveKeyFacts } from '../../ports/keyring.ts';
import { isHere, primaryIsHere } from './archive-key-signers.ts';
import { keyFacts } from './key-facts.ts';
import { fingerprintOf, full } from './key-faults.ts';
import { lenient } from './policy.ts';
import {
  endBy,
  lastSelfSignature,
  madeAt,
  ofKey,
  ofSubkey,
  ofUser,
  primaryAsSaid,
  type Said,
  saidAnew,
  subkeysAsSaid,
  type WholeKey,
  whenever,
} from './self-signatures.ts';

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
 * The same key, of which what goes on does not end before `until` (milliseconds): the primary key, and the subkeys of `goingOn`. What ends later or
 * never is left so; so are subkeys that ended, what was revoked, and what others certified. The date of new self-signatures is never before that of
 * the key. Those from before stay beside them: who looks at the key as it was on the day of a signature, as apt by Sequoia does, finds it good.
 */
export const prolonged = async (key: PrivateKey, until: number, now: number): Promise<PrivateKey> => {
  if (!primaryIsHere(key)) throw new Error(`the primary key of ${fingerprintOf(key)} is not here`);
  const longer = (await readPrivateKey({ binaryKey: key.write() })) as PrivateKey & WholeKey;
  const subkeys = await goingOn(longer, now);
  const how = { until, date: wholeSeconds(Math.max(now, key.getCreationTime().getTime())) };
  longer.directSignatures = await lengthened(longer, longer.directSignatures, ofKey(longer), how);
  for (const user of longer.users)
    if (!(await isRevoked(longer, user)))
      user.selfCertifications = await lengthened(longer, user.selfCertifications, ofUser(longer, user), how);
  for (const subkey of subkeys)
    subkey.bindingSignatures = await lengthened(
      longer,
      subkey.bindingSignatures,
      ofSubkey(longer, subkey),
      how,
      subkey,
    );
  return longer;
};

/** A day: what ends "in two years" as a key and as its subkeys, said one after the other, does not end in the same second. */
const together = 86_400_000;

/**
 * The subkeys with which a prolonged key goes on: those that live, and those that ended with the key or after it, for that is what prolonging repairs.
 * One that ended before the key was meant to, and stays as it is; unless nothing of the key could sign then: what signed last goes on.
 */
const goingOn = async (key: PrivateKey, now: number): Promise<readonly Subkey[]> => {
  const primary = await primaryAsSaid(key);
  const subkeys = await subkeysAsSaid(key);
  const signing = subkeys.filter(({ subkey, isForSigning }) => isForSigning && isHere(subkey));
  const living = subkeys.filter(({ end }) => end > now || (primary !== undefined && end >= primary.end - together));
  const signs = primary?.isForSigning === true || living.some((each) => signing.includes(each));
  const last = Math.max(...signing.map(({ end }) => end));
  return (signs ? living : [...living, ...signing.filter(({ end }) => end === last)]).map(({ subkey }) => subkey);
};

type How = { readonly until: number; readonly date: Date };

/** These signatures, and one that lasts longer where the last of them has an end before that. */
const lengthened = async (
  key: PrivateKey,
  signatures: readonly SignaturePacket[],
  said: Said,
  { until, date }: How,
  subkey?: Subkey,
): Promise<SignaturePacket[]> => {
  const { keyPacket } = subkey ?? key;
  const last = await lastSelfSignature(key, signatures, said);
  if (last === undefined || endBy(keyPacket, last) >= until) return [...signatures];
  const lasting = Math.round((until - keyPacket.created.getTime()) / 1000);
  const bound = subkey !== undefined && isHere(subkey) ? (subkey.keyPacket as SecretSubkeyPacket) : undefined;
  const anew = await saidAnew(last, { by: key.keyPacket as SecretKeyPacket, said, date, lasting, bound });
  // Which of two of the same second counts, programs do not agree about.
  return [...signatures.filter((each) => madeAt(each) < date.getTime()), anew];
};

const isRevoked = async (key: PrivateKey, user: PrivateKey['users'][number]): Promise<boolean> => {
  const last = await lastSelfSignature(key, user.selfCertifications, ofUser(key, user));
  return last !== undefined && (await user.isRevoked(last, undefined, whenever, full(lenient)));
};

/** OpenPGP knows no less. */
const wholeSeconds = (time: number): Date => new Date(Math.floor(time / 1000) * 1000);
