import type { Either } from 'fp-ts/lib/Either.js';
import type { Refusal } from '../domain/refusal.ts';

/** The signed index of a suite as an archive gave it, and how long it took. */
export type FetchedRelease = { readonly inRelease: Uint8Array; readonly milliseconds: number };

/** Other people's archives, reached as the host's own apt reaches them. */
export interface Upstream {
  /**
   * Fetches the `InRelease` of `suite` below `uri`, at most a few megabytes within a minute. `left` says what the archive, or the way
   * there, answered instead. Rejects only for faults of this machine.
   */
  readonly release: (uri: string, suite: string) => Promise<Either<Refusal, FetchedRelease>>;
}

/** Says whose a `Release` is. */
export interface ReleaseVerifier {
  /**
   * The text that was signed by one of `keys` (a keyring file on the host, or armored keys), however long ago; else why it cannot be
   * believed, a keyring that cannot be read included.
   */
  readonly verifyRelease: (inRelease: Uint8Array, keys: string) => Promise<Either<Refusal, string>>;
}
