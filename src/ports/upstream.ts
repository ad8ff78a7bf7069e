import type { Either } from 'fp-ts/lib/Either.js';
import type { SourceConfigured } from '../domain/configuration/events.ts';
import type { SourceIndex } from '../domain/configuration/source-indices.ts';
import type { Refusal } from '../domain/refusal.ts';

/** The signed index of a suite: with its signature around it, or (in old archives) in a file beside it. */
export type SignedRelease =
  | { readonly inRelease: Uint8Array }
  | { readonly release: Uint8Array; readonly signature: Uint8Array };

/** It as an archive gave it, and how long it took. */
export type FetchedRelease = { readonly signed: SignedRelease; readonly milliseconds: number };

/** An index that a believed `Release` vouches for; `at` is where it lies below the suite's folder. */
export type NamedIndex = SourceIndex & { readonly at: string };

/**
 * A suite as one of its archives has it, whose `Release` is believed. `digest` tells one `Release` from another, `time` says when to give up what is
 * read of it.
 */
export type SeenSuite = {
  readonly source: SourceConfigured;
  readonly uri: string;
  readonly release: string;
  readonly digest: string;
  readonly time: AbortSignal;
};

/** Other people's archives, reached as the host's own apt reaches them. */
export interface Upstream {
  /**
   * Fetches the `InRelease` of `suite` below `uri`, or where the archive has none its `Release` and `Release.gpg` (apt-secure(8)); at most
   * a few megabytes within a minute each. `left` says what the archive, or the way there, answered instead. Rejects only for faults of
   * this machine.
   */
  readonly release: (uri: string, suite: string) => Promise<Either<Refusal, FetchedRelease>>;
  /**
   * Fetches an index of `suite` below `uri`, and gives those of its stanzas that are wanted. Nothing of it counts unless it has the size and the
   * SHA-256 that are said of it; it takes bounded room, and is given up when `time` is. `left` as above. `isWanted` is asked piece by piece, so that
   * whoever else works here goes on meanwhile.
   */
  readonly stanzas: (
    uri: string,
    suite: string,
    index: NamedIndex,
    isWanted: (stanza: string) => boolean,
    time: AbortSignal,
  ) => Promise<Either<Refusal, readonly string[]>>;
}

/** Says whose a `Release` is. */
export interface ReleaseVerifier {
  /**
   * The text that was signed by one of `keys` (a keyring file on the host, or armored keys), however long ago; else why it cannot be
   * believed, a keyring that cannot be read included. As of `at` (milliseconds), which is now where nothing is said.
   */
  readonly verifyRelease: (signed: SignedRelease, keys: string, at?: number) => Promise<Either<Refusal, string>>;
}
