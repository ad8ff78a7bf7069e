import {
  type AnyKeyPacket,
  type AnySecretKeyPacket,
  type Config,
  enums,
  type Key,
  SignaturePacket,
  type Subkey,
  type User,
} from 'openpgp';
import { fails, full } from './key-faults.ts';
import { lenient } from './policy.ts';

/** What a primary key says of a part of its key: the youngest such signature counts (RFC 9580 §5.2.3.10), whenever it is looked at. */
export const lastSelfSignature = async (
  key: Key,
  signatures: readonly SignaturePacket[],
  { type, data }: Said,
): Promise<SignaturePacket | undefined> => {
  for (const each of signatures.toSorted((one, other) => madeAt(other) - madeAt(one)))
    if ((await fails(each.verify(key.keyPacket, type, data, whenever, false, full(lenient)))) === undefined)
      return each;
  return undefined;
};

/** Of what a signature speaks, as the library wants to have it. */
export type Said = { readonly type: enums.signature; readonly data: object };

export const ofSubkey = (key: Key, subkey: Subkey): Said => ({
  type: enums.signature.subkeyBinding,
  data: { key: key.keyPacket, bind: subkey.keyPacket },
});

export const ofUser = (key: Key, { userID, userAttribute }: User): Said => ({
  type: enums.signature.certGeneric,
  data: { key: key.keyPacket, userID, userAttribute },
});

export const ofKey = (key: Key): Said => ({ type: enums.signature.key, data: { key: key.keyPacket } });

/** What a key says of a subkey that it did not revoke. */
export type SubkeyAsSaid = { readonly subkey: Subkey; readonly end: number; readonly isForSigning: boolean };

export const subkeysAsSaid = async (key: Key): Promise<readonly SubkeyAsSaid[]> => {
  const all: SubkeyAsSaid[] = [];
  for (const subkey of key.subkeys) {
    const said = await lastSelfSignature(key, subkey.bindingSignatures, ofSubkey(key, subkey));
    if (said === undefined || (await subkey.isRevoked(whenever, whenever, whenever, full(lenient)))) continue;
    all.push({ subkey, end: endBy(subkey.keyPacket, said), isForSigning: isForSigning(said) });
  }
  return all;
};

/** When the primary key ends, and whether it may sign. */
export type PrimaryAsSaid = { readonly end: number; readonly isForSigning: boolean };

/** It stands in user ids, and in direct signatures. `undefined` where no user id is left. */
export const primaryAsSaid = async (key: Key): Promise<PrimaryAsSaid | undefined> => {
  const whole = key as WholeKey;
  const [said] = await Promise.allSettled([whole.getPrimarySelfSignature(whenever, undefined, full(lenient))]);
  if (said.status === 'rejected') return undefined;
  const direct = await lastSelfSignature(key, whole.directSignatures, ofKey(key));
  const ends = [said.value, direct].map((each) => (each === undefined ? never : endBy(key.keyPacket, each)));
  return { end: Math.min(...ends), isForSigning: isForSigning(said.value) };
};

/** What the library's types leave out. */
export type WholeKey = Key & {
  directSignatures: SignaturePacket[];
  readonly getPrimarySelfSignature: (date: Date, userId: undefined, config: Config) => Promise<SignaturePacket>;
};

/** When a key ends of which this is said, in milliseconds. OpenPGP counts from its making (RFC 9580 §5.2.3.13). */
export const endBy = ({ created }: { readonly created: Date }, said: SignaturePacket): number => {
  const ofKey = said.keyNeverExpires === false ? created.getTime() + (said.keyExpirationTime ?? 0) * 1000 : never;
  const ofWhatIsSaid = said.getExpirationTime();
  return Math.min(ofKey, ofWhatIsSaid instanceof Date ? ofWhatIsSaid.getTime() : never);
};

const never = Number.POSITIVE_INFINITY;

/** Who says nothing of what a key is for allows everything, as the library reads it. */
const isForSigning = ({ keyFlags }: SignaturePacket): boolean =>
  keyFlags === null || ((keyFlags[0] ?? 0) & enums.keyFlags.signData) !== 0;

export type Anew = {
  readonly by: AnySecretKeyPacket;
  readonly said: Said;
  readonly date: Date;
  /** Seconds from the making of the key of which it is said. Without it nothing is said of an end. */
  readonly lasting?: number;
  /** A subkey that says itself that it belongs to the key, inside what the key says of it. */
  readonly bound?: AnySecretKeyPacket | undefined;
};

/** Says the same once more, of that date, and for so long. What a signature says that the library cannot read is left out. */
export const saidAnew = async (
  old: SignaturePacket,
  { by, said, date, lasting, bound }: Anew,
): Promise<SignaturePacket> => {
  const anew = new SignaturePacket();
  anew.read(old.write());
  Object.assign(anew, {
    hashAlgorithm: enums.hash.sha512,
    publicKeyAlgorithm: by.algorithm,
    salt: null,
    rawNotations: anew.rawNotations.filter(({ name }) => name !== saltNotation),
    signatureExpirationTime: null,
    signatureNeverExpires: true,
    ...(lasting !== undefined && { keyExpirationTime: lasting, keyNeverExpires: false }),
  });
  if (anew.embeddedSignature !== null && bound !== undefined)
    anew.embeddedSignature = await saidAnew(anew.embeddedSignature, { by: bound, said, date });
  await (anew as unknown as Signing).sign(by, said.data, date, false, full({}));
  return anew;
};

/** The library's types know neither that it needs its configuration, nor what it signs. */
type Signing = {
  readonly sign: (by: AnyKeyPacket, data: object, date: Date, detached: boolean, config: Config) => Promise<void>;
};

/** The library puts one into each signature, and will not sign what has one. */
const saltNotation = 'salt@notations.openpgpjs.org';

/** The library's types forbid the `null` that its own code passes: no time, or nothing in particular. */
export const whenever = null as never;

export const madeAt = ({ created }: SignaturePacket): number => created?.getTime() ?? 0;
