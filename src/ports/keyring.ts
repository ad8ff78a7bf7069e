import type { Either } from 'fp-ts/lib/Either.js';
import type { Instant } from '../domain/codec.ts';
import type { Fingerprint } from '../domain/debian/names.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Signature } from '../domain/upload/events.ts';

/**
 * `signedText` is the only text anybody may parse: `undefined` when framing or arithmetic are wrong; there also when the file is
 * unsigned or the key unknown, since repositories may take such uploads.
 */
export type Verdict = { readonly signature: Signature; readonly signedText: string | undefined };

/** What a public key says of itself. */
export type KeyFacts = {
  readonly fingerprint: Fingerprint;
  /** Names and addresses as its owner wrote them: personal, and vouched for by nobody. */
  readonly userIds: readonly string[];
  /** Fingerprints of its subkeys that may sign: programs name one of those, and not the key, where it did. */
  readonly subkeys: readonly string[];
  /** From when on nothing can be signed with it any more; `null` is never. */
  readonly expiresAt: Instant | null;
  /** Why nothing can be signed with it at this moment. */
  readonly fault: Refusal | undefined;
};

export type ArchiveKeyFacts = {
  readonly fingerprint: Fingerprint;
  readonly publicKey: string;
  /** From when on it signs nothing that anybody believes; `null` is never. */
  readonly expiresAt: Instant | null;
  /** Whether the secret part of the primary key is here: without it its subkeys sign, and nothing of the key can be changed. */
  readonly primaryIsHere: boolean;
};

/** OpenPGP. Policy (digests, key sizes, ages) is apt's, in one module of the adapter. */
export interface Keyring {
  /**
   * Verifies a clearsigned file against the keys in `keyrings` (files on the host, armored or binary) and armored `keys`. Of several
   * copies of a key each vouches for what it says itself, but what one of them revokes is revoked. A file that holds anything
   * beside exactly one clearsigned block is `unauthenticated` with rule `text-outside-signature`.
   * Never rejects for what the file holds; rejects, naming it, when a keyring cannot be read.
   */
  readonly verify: (file: Uint8Array, keyrings: readonly string[], keys?: readonly string[]) => Promise<Verdict>;
  /**
   * `InRelease` (clearsigned) and `Release.gpg` (armored, detached) for the bytes of a `Release`, each with signatures by every key
   * in `by` (by its subkeys that sign, where it has some) that has not ended by `date` (milliseconds). Rejects, naming it, when an archive key is not there: none is ever made instead;
   * with the refusal `archive-key-expired` when each of them has ended, since apt would believe nothing of that.
   */
  readonly signRelease: (
    release: string,
    date: number,
    by: readonly Fingerprint[],
  ) => Promise<{ readonly inRelease: string; readonly detached: string }>;
  /** Whose signatures those would be: fingerprints of keys, and of their subkeys. Rejects as `signRelease` does. */
  readonly signersOfRelease: (date: number, by: readonly Fingerprint[]) => Promise<readonly string[]>;
  /** The text clearsigned by each of those archive keys, as dpkg and gpgv take it. Rejects as `signRelease` does. */
  readonly clearsign: (text: string, by: readonly Fingerprint[]) => Promise<string>;
  /** How those of these archive keys stand that are there, as their files say now. */
  readonly archiveKeys: (by: readonly Fingerprint[]) => Promise<readonly ArchiveKeyFacts[]>;
  /**
   * Lets an archive key end at `until` (milliseconds) and no sooner, durably, with its subkeys; those that ended before the key stay as they are, unless
   * nothing of it could sign then. Its fingerprint stays, what was revoked stays so, and signatures from before stay good. Said again it changes nothing. Rejects when the key, or its primary part, is not there.
   */
  readonly prolong: (fingerprint: Fingerprint, until: number) => Promise<ArchiveKeyFacts>;
  /**
   * An archive key that is none of `known`. One that was made and that nobody came to know (the power failed, or somebody asks at this very
   * moment), or that was put there by hand, is given before another is made, so that asking again until it is known makes no second key. Rejects where
   * that one cannot sign.
   */
  readonly newArchiveKey: (
    known: readonly Fingerprint[],
  ) => Promise<{ readonly fingerprint: Fingerprint; readonly publicKey: string }>;
}

/** Reads public keys, and judges nobody's signature. Policy is that of the `Keyring`. */
export interface KeyReader {
  /**
   * Reads what somebody hands in as their public key: one armored block with one key that can sign now. `armored` is what to keep:
   * `verify` reads it as a keyring.
   */
  readonly readKey: (text: string) => Promise<Either<Refusal, KeyFacts & { readonly armored: string }>>;
  /** The keys in these files, in their order. Rejects, naming it, when a file cannot be read; a key that cannot is left out. */
  readonly keysIn: (keyrings: readonly string[]) => Promise<readonly KeyFacts[]>;
}
