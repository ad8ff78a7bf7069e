import type { Sha256 } from '../domain/debian/names.ts';

/** Nobody holds the archive, or it cannot be reached, or does not know us. Asked again later it may be otherwise. */
export class ArchiveAway extends Error {}

/** The way from a node to whoever holds the archive. */
export interface ArchiveLink {
  /** Says that the process that holds `token` lives, and why it can record nothing, when it cannot. Rejects when it was not heard. */
  readonly alive: (token: number, waitsFor?: string) => Promise<void>;
  /** Files that were fetched or delivered, and lie about here. */
  readonly fetched: () => Promise<readonly Sha256[]>;
  /** Lets go of one here, unless it came within the last hour. */
  readonly letGo: (sha256: Sha256) => Promise<void>;
  /** Ends what is under way. */
  readonly close: () => void;
}
