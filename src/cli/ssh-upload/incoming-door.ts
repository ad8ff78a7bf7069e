import type { Either } from 'fp-ts/lib/Either.js';
import type { FileName } from '../../domain/debian/names.ts';
import type { StatusCode } from './response.ts';

/** Why a file is not taken: for a program, and for a person. */
export type Refused = { readonly code: StatusCode; readonly why: string };

/** Who takes files of a session, one after the other. */
export type IncomingDoor = {
  readonly begin: (name: FileName) => Promise<Either<Refused, FileTransfer>>;
  /** Lets go of everything; a file on its way is not taken. */
  readonly leave: () => void;
};

export type FileTransfer = {
  /** Resolves when more may come, with what went wrong where something did. */
  readonly write: (bytes: Buffer) => Promise<Refused | undefined>;
  /** Resolves with nothing when the file is received durably. */
  readonly finish: () => Promise<Refused | undefined>;
  /** Nothing of the file is kept. */
  readonly abandon: () => void;
};
