import type { Fingerprint } from '../domain/debian/names.ts';
import type { Signature } from '../domain/upload/events.ts';

/**
 * `signedText` is the only text anybody may parse: `undefined` when framing or arithmetic are wrong; there also when the file is
 * unsigned or the key unknown, since repositories may take such uploads.
 */
export type Verdict = { readonly signature: Signature; readonly signedText: string | undefined };

/** OpenPGP. Policy (digests, key sizes, ages) is apt's, in one module of the adapter. */
export interface Keyring {
  /**
   * Verifies a clearsigned file against the keys in `keyrings` (files on the host, armored or binary). A file that holds anything
   * beside exactly one clearsigned block is `unauthenticated` with rule `text-outside-signature`.
   * Never rejects for what the file holds; rejects, naming it, when a keyring cannot be read.
   */
  readonly verify: (file: Uint8Array, keyrings: readonly string[]) => Promise<Verdict>;
  /** `InRelease` (clearsigned) and `Release.gpg` (armored, detached) for the bytes of a `Release`. `date` in milliseconds. */
  readonly signRelease: (
    release: string,
    date: number,
  ) => Promise<{ readonly inRelease: string; readonly detached: string }>;
  /** The archive key, made on first use. */
  readonly archiveKey: () => Promise<{ readonly fingerprint: Fingerprint; readonly publicKey: string }>;
}
