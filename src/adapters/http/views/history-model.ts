import type { Instant } from '../../../domain/codec.ts';
import type { Position, RecordedEvent, Verified } from '../../../ports/event-log.ts';
import type { AptLines } from './apt-sources.ts';
import type { When } from './distribution-model.ts';
import type { Happening } from './happening.ts';
import type { SealingModel } from './seals-model.ts';

/** By what events are sought, in the order of the form. */
export const filterNames = [
  'package',
  'distribution',
  'type',
  'actor',
  'from',
  'until',
  'stream',
  'correlation',
] as const;

/** As they were typed. */
export type Filters = Readonly<Partial<Record<(typeof filterNames)[number], string>>>;

export type HistoryModel = {
  /** Newest first. */
  readonly happenings: readonly Happening[];
  /** Where it goes on to older ones. */
  readonly next: Position | undefined;
  /** The distribution that is asked about, as it was when the last of them happened. */
  readonly asItWas: DistributionThen | undefined;
  /** Those that may be asked about. */
  readonly distributions: readonly string[];
  /** Those that are there no more, and that apt saw once. */
  readonly formerDistributions: readonly string[];
  /** Of people whose deeds may be asked for. */
  readonly logins: readonly string[];
  readonly proof: Proof;
  /** Where the log ended when it was asked, as far as that is known: what stands beyond is newer than the page. */
  readonly asOf: Position | undefined;
};

/** `at` is `undefined` for now. `sources` tell apt of it as it was; `undefined` where apt saw nothing by then. */
export type DistributionThen = {
  readonly repository: string;
  readonly distribution: string;
  readonly at: Instant | undefined;
  /** Since when there is no such distribution. */
  readonly ended: Instant | undefined;
  readonly when: When;
  readonly sources: AptLines | undefined;
};

/** What can be said of the log itself. */
export type Proof = {
  readonly events: number;
  readonly head: Position | undefined;
  /** Why it takes no more. */
  readonly trouble: string | undefined;
  readonly verified: Verified | undefined;
  readonly sealing: SealingModel;
};

export type EventModel = {
  readonly happening: Happening;
  /** As far as the viewer may see it. */
  readonly recorded: RecordedEvent;
  /** From what started it all to what made it necessary. */
  readonly causes: readonly Happening[];
  /** In order of the log; direct ones have depth 1. */
  readonly consequences: readonly (Happening & { readonly depth: number })[];
  readonly moreConsequences: number;
  /** The events of its stream just before and after it. */
  readonly before: Happening | undefined;
  readonly after: Happening | undefined;
};
