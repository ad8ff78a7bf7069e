import type { Readable } from 'node:stream';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Refusal } from '../domain/refusal.ts';

/** A repository that somebody else made: `dists/` and `pool/`. Only read, and nothing in it is believed. */
export interface ImportSource {
  /** Names of suites below `dists/`; `undefined` where they cannot be listed. Rejects where there is no repository. */
  readonly suites: () => Promise<readonly string[] | undefined>;
  /** The bytes of a regular file below it, wherever links within it lead; `absent-file` where there is none. The stream may fail. */
  readonly open: (path: string) => Promise<Either<Refusal, Readable>>;
  /** Unpacks an index, as long as it is no more than `most` bytes then; rejects otherwise. */
  readonly unpack: (packed: Buffer, packing: '' | '.gz' | '.xz', most: number) => Promise<Buffer>;
  /** The control file of a binary package that begins with these bytes; rejects where that is none. */
  readonly control: (start: Buffer) => Promise<string>;
}
