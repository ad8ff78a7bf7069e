import type { Fingerprint } from '../domain/debian/names.ts';
import type { Signature } from '../domain/upload/events.ts';

/** `signedText` is the only text anybody may parse; `undefined` when the file is not one clearsigned message. */
export type Verdict = { readonly signature: Signature; readonly signedText: string | undefined };

/** OpenPGP. Policy (digests, key sizes, ages) is apt's, in one module of the adapter. */
export interface Keyring {
  /**
   * Verifies a clearsigned file against the keys in `keyrings` (files on the host, armored or binary). A file that holds anything
   * beside exactly one clearsigned block is `unauthenticated` with rule `text-outside-signature`.
   * Never rejects for what the file holds.
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
