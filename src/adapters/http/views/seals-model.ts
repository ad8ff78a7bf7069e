import type { Instant } from '../../../domain/codec.ts';
import type { Fingerprint, Sha256 } from '../../../domain/debian/names.ts';
import type { EventId } from '../../../domain/ids.ts';
import type { Position } from '../../../ports/event-log.ts';

export type SealLine = {
  readonly seal: number;
  readonly sealedAt: Instant;
  /** Places in the log, counted from 1, of the events it adds. */
  readonly first: number;
  readonly last: number;
  /** The event at `last`. */
  readonly upTo: EventId;
  readonly sha256: Sha256;
  readonly previous: Sha256 | null;
  readonly signedBy: readonly Fingerprint[];
};

/** How far the log is sealed. */
export type SealingModel = {
  readonly last: SealLine | undefined;
  /** Whether the last one was held against the log since the daemon started. */
  readonly isChecked: boolean;
  readonly doubt: { readonly seal: number; readonly because: string } | undefined;
  readonly isOverdue: boolean;
};

export type SealsModel = {
  readonly sealing: SealingModel;
  /** The newest first. */
  readonly seals: readonly SealLine[];
  /** Where it goes on to older ones. */
  readonly next: Position | undefined;
};
