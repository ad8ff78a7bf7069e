import type { Either } from 'fp-ts/lib/Either.js';
import type { BuildOrder, BuildResult } from './builder.ts';

type Products = Pick<Extract<BuildResult, { readonly outcome: 'succeeded' }>, 'binaries' | 'records'>;

/** Looks at what a build left, wherever it was built. */
export interface ProductReader {
  /**
   * Takes the `.changes` of a build and what it names from a folder into the file store. `left` says what Debian does not allow of it.
   * The same again takes the same files.
   */
  readonly take: (
    order: Pick<BuildOrder, 'source' | 'version' | 'architecture' | 'archAll' | 'binNmu'>,
    folder: string,
  ) => Promise<Either<string, Products>>;
}
