import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';
import { DistributionName } from '../debian/distribution.ts';
import { Architecture, Component, RepositoryId, SourceName, StoredFile, Version } from '../debian/names.ts';
import { BinNmuId, UploadId } from '../ids.ts';
import { AskedOption } from '../upload/events.ts';

/** One source on one architecture, as it shall be built again. `upload` stands where a build has its upload. */
export const PlannedRebuild = t.strict(
  {
    upload: UploadId,
    source: SourceName,
    version: Version,
    architecture: Architecture,
    /** The N of `+bN`. */
    number: Count,
    /** Sources of the same plan whose packages it is built with: theirs have to be there first. */
    needs: t.readonlyArray(SourceName),
    /** What the upload that brought the version asked for its builds. */
    options: t.readonlyArray(AskedOption),
  },
  'PlannedRebuild',
);
export type PlannedRebuild = t.TypeOf<typeof PlannedRebuild>;

/** Sources of a distribution shall be built again without a change, those that others need first (Developer's Reference §5.10.2.1). */
export const BinNmuPlanned = t.strict(
  {
    type: t.literal('BinNmuPlanned'),
    binNmu: BinNmuId,
    repository: RepositoryId,
    distribution: DistributionName,
    /** As it stands in the changelog of what is built. */
    reason: t.string,
    /** The date of the changelog entry. */
    requestedAt: Instant,
    rebuilds: t.readonlyArray(PlannedRebuild),
  },
  'BinNmuPlanned',
);
export type BinNmuPlanned = t.TypeOf<typeof BinNmuPlanned>;

/** All that one of them needs is there, and apt sees it: it is to be built now. */
export const BinNmuScheduled = t.strict(
  {
    type: t.literal('BinNmuScheduled'),
    binNmu: BinNmuId,
    upload: UploadId,
    repository: RepositoryId,
    distribution: DistributionName,
    source: SourceName,
    version: Version,
    architecture: Architecture,
    number: Count,
    component: Component,
    /** The source package as it is held; the `.dsc` first. */
    sources: t.readonlyArray(StoredFile),
    options: t.readonlyArray(AskedOption),
  },
  'BinNmuScheduled',
);
export type BinNmuScheduled = t.TypeOf<typeof BinNmuScheduled>;

/** One of them will not be built: what it needs did not come, or another version stands there by now. */
export const BinNmuDropped = t.strict(
  {
    type: t.literal('BinNmuDropped'),
    binNmu: BinNmuId,
    upload: UploadId,
    distribution: DistributionName,
    source: SourceName,
    architecture: Architecture,
    rule: t.string,
    fact: t.string,
    remedy: t.string,
  },
  'BinNmuDropped',
);
export type BinNmuDropped = t.TypeOf<typeof BinNmuDropped>;

/** Nothing of the plan is given out any more, and what waits to be built of it or is being built is cancelled. What was built stays. */
export const BinNmuCancelled = t.strict(
  { type: t.literal('BinNmuCancelled'), binNmu: BinNmuId, distribution: DistributionName, reason: t.string },
  'BinNmuCancelled',
);
export type BinNmuCancelled = t.TypeOf<typeof BinNmuCancelled>;

export type BinNmuEvent = BinNmuPlanned | BinNmuScheduled | BinNmuDropped | BinNmuCancelled;
