import type { Either } from 'fp-ts/lib/Either.js';
import type { FileName, StoredFile } from '../domain/debian/names.ts';
import type { Refusal } from '../domain/refusal.ts';

/** Where from: a URL, or an absolute path of the host; and what the configuration allows beside public addresses. */
export type ForeignAddress = { readonly address: string; readonly allowed: readonly string[] };

/**
 * Fetches source packages from outside, in bounded size and time. `left` when it may not be fetched, is not there, or is other
 * than it should be; rejects when it could not be reached this time. The same again is the same file.
 */
export interface SourceFetcher {
  /** A `.dsc`, of which nothing is known yet: it is not kept. */
  readonly dsc: (
    from: ForeignAddress,
  ) => Promise<Either<Refusal, { readonly name: FileName; readonly bytes: Uint8Array }>>;
  /**
   * Into the file store: a file that the `.dsc` at that address lists, from beside it, with exactly the bytes it shall have. `came` hears
   * how many of them are there.
   */
  readonly beside: (
    from: ForeignAddress,
    wanted: StoredFile,
    came?: (bytes: number) => void,
  ) => Promise<Either<Refusal, StoredFile>>;
}
