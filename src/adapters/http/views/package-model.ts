import type { Instant } from '../../../domain/codec.ts';
import type { Position } from '../../../ports/event-log.ts';
import type { Happening } from './happening.ts';
import type { UploadFlow } from './upload-model.ts';

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

export type PackageModel = {
  readonly source: string;
  readonly repositories: readonly PackageMatrix[];
  /** Of the upload that came last, if that is near. */
  readonly way: UploadFlow | undefined;
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
