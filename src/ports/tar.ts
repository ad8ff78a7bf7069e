import type { Readable } from 'node:stream';
import type { Either } from 'fp-ts/lib/Either.js';
import type { FileName } from '../domain/debian/names.ts';
import type { Refusal } from '../domain/refusal.ts';

/** A file in a tar: from a file on disk, or a text. */
export type Member = { readonly name: string; readonly mode?: number } & (
  | { readonly path: string }
  | { readonly text: string }
);

/** Tars of plain files beside each other, as buildrequests and buildresults are. */
export interface Tars {
  /** The same members give the same bytes. */
  readonly pack: (members: readonly Member[]) => Readable;
  /**
   * Gives every member to `take`, one after the other. Refuses, at the first sign: links, devices and folders, names that are no plain file
   * name or come twice, more members or bytes than there may be, and what is no tar. Rejects when `take` does.
   */
  readonly unpack: (
    path: string,
    most: { readonly members: number; readonly bytes: number },
    take: (name: FileName, bytes: Readable) => Promise<unknown>,
  ) => Promise<Either<Refusal, undefined>>;
}
