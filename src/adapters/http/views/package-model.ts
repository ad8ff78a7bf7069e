import type { Instant } from '../../../domain/codec.ts';
import type { Actor, EventId } from '../../../domain/ids.ts';
import type { Position } from '../../../ports/event-log.ts';

/** A version in a place, and when it came there, as far as that is still near. */
export type Standing = { readonly version: string; readonly since: Instant | undefined };

export type PackagePlace = {
  readonly distribution: string;
  readonly codename: string;
  readonly suite: string;
  /** The suite it may go to from here. */
  readonly migratesTo: string | undefined;
  readonly present: Standing | undefined;
  /** Rollback 0 first. */
  readonly earlier: readonly Standing[];
};

export type PackageMatrix = { readonly repository: string; readonly places: readonly PackagePlace[] };

/** One event, as far as the viewer may see it. */
export type Happening = {
  readonly id: EventId;
  readonly position: Position;
  readonly at: Instant;
  readonly type: string;
  /** In words; nothing for those that say no more than their type. */
  readonly says: string | undefined;
  readonly actor: Actor;
  readonly causedBy: EventId | undefined;
  /** The upload or command that started it all. */
  readonly correlation: string;
  readonly stream: string;
  readonly package: string | undefined;
  readonly distribution: string | undefined;
  readonly version: string | undefined;
  readonly repository: string | undefined;
  readonly build: string | undefined;
};

export type PackageModel = {
  readonly source: string;
  readonly repositories: readonly PackageMatrix[];
  /** Newest first. */
  readonly happenings: readonly Happening[];
  /** Whether the timeline begins with the last event of all. */
  readonly isFirst: boolean;
  /** Where it goes on to older ones. */
  readonly next: Position | undefined;
};

export type FoundPackages = {
  readonly names: readonly string[];
  /** How many there are, more than `names` perhaps. */
  readonly found: number;
  /** Whether one is called exactly so. */
  readonly isKnown: boolean;
};
