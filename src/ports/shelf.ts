import type { Sha256 } from '../domain/debian/names.ts';

/** Where files lie by hash that may go at any time, because they come back when they are wanted. */
export type ShelfPlace = {
  /** What is there, whole or begun; what was not used for longest comes first, as far as that is known. */
  readonly list: () => Promise<readonly Sha256[]>;
  /** Bytes, of what is whole and begun together; zero where nothing is. */
  readonly sizeOf: (sha256: Sha256) => Promise<number>;
  /** Takes it away, whole or begun. Nothing there is no fault. */
  readonly remove: (sha256: Sha256) => Promise<void>;
};

export type ShelfBounds = {
  /** Bytes that all together may take. */
  readonly capacity: number;
  /** What was used within so many milliseconds stays, though there is no room: who was shown it may not have opened it yet. */
  readonly justUsed: number;
};

/** Keeps what lies at a place within bounds. */
export interface Shelf {
  /** Somebody wants it: it goes later than others. */
  readonly use: (sha256: Sha256) => void;
  /** Takes note of what is there of it by now. */
  readonly measure: (sha256: Sha256) => Promise<void>;
  /** Takes away what is there of it, whole or begun. */
  readonly remove: (sha256: Sha256) => Promise<void>;
  /** Removes what nobody wanted for longest while all together take more than they may; what `isBusy` stays. */
  readonly makeRoom: (isBusy: (sha256: Sha256) => boolean) => Promise<void>;
}

export type Shelves = (place: ShelfPlace, bounds: ShelfBounds) => Shelf;
