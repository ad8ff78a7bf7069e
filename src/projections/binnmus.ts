import { nothingNewRule } from '../domain/archive/binnmus.ts';
import { binNmuVersion } from '../domain/binnmu/binnmu-version.ts';
import type { BinNmuCancelled, BinNmuPlanned, PlannedRebuild } from '../domain/binnmu/events.ts';
import type { Instant } from '../domain/codec.ts';
import type { Architecture, SourceName, Version } from '../domain/debian/names.ts';
import { type Actor, type BinNmuId, type EventId, type UploadId, uploadOfBuild } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

/** `planned`: it waits for what it needs. `scheduled`: it is to be built, or was and waits for its checks. The others are ends; `unchanged`: it came out as it was. */
export type RebuildStatus =
  | 'planned'
  | 'scheduled'
  | 'installed'
  | 'unchanged'
  | 'refused'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'dropped';

export type RebuildStory = {
  readonly planned: PlannedRebuild;
  readonly status: RebuildStatus;
  /** The event that brought it into this status. */
  readonly because: EventId;
  /** What was said of it in the end, where it was not installed. */
  readonly fact: string | undefined;
};

export type BinNmuStory = {
  readonly planned: BinNmuPlanned;
  readonly plannedAt: Instant;
  readonly correlation: string;
  readonly rebuilds: Map<UploadId, RebuildStory>;
  /** Which of them is of a source on an architecture. */
  readonly places: ReadonlyMap<string, UploadId>;
  /** Who asked for it. */
  readonly askedBy: Actor;
  /** Why nothing more of it is given out, if that is so. */
  readonly cancelled: string | undefined;
  /** The event after which nothing of it was under way. */
  readonly endedBy: EventId | undefined;
};

/** What is built again: plans under way, the last that ended, and what every rebuild ever was of. Folded in place: ask, do not keep. */
export type BinNmus = {
  readonly open: Map<BinNmuId, BinNmuStory>;
  /** Newest first, at most `mostEnded`. */
  readonly ended: BinNmuStory[];
  readonly every: Map<UploadId, Rebuild>;
  /** The same by source, in the order of their plans. */
  readonly bySource: Map<SourceName, PlannedRebuild[]>;
};

/** One rebuild, and the plan that it is part of. */
export type Rebuild = { readonly planned: PlannedRebuild; readonly of: BinNmuPlanned };

const mostEnded = 200;

export const noBinNmus = (): BinNmus => ({ open: new Map(), ended: [], every: new Map(), bySource: new Map() });

export const foldBinNmus = (all: BinNmus, recorded: Recorded): void => {
  const { event } = recorded;
  switch (event.type) {
    case 'BinNmuPlanned':
      plan(all, event, recorded);
      break;
    case 'BinNmuScheduled':
      change(all, event.upload, 'scheduled', recorded, undefined);
      break;
    case 'BinNmuDropped':
      change(all, event.upload, 'dropped', recorded, event.fact);
      break;
    case 'BinNmuCancelled':
      cancel(all, event, recorded);
      break;
    case 'BinNmuInstalled':
      change(all, event.upload, 'installed', recorded, undefined);
      break;
    case 'BinNmuRefused':
      change(all, event.upload, event.rule === nothingNewRule ? 'unchanged' : 'refused', recorded, event.fact);
      break;
    case 'BuildFailed':
      change(all, uploadOfBuild(event.build), 'failed', recorded, `${event.class} in ${event.stage}: ${event.fact}`);
      break;
    case 'BuildSkipped':
      change(all, uploadOfBuild(event.build), 'skipped', recorded, 'nothing is built of it there');
      break;
    case 'BuildCancelled':
      change(all, uploadOfBuild(event.build), 'cancelled', recorded, event.reason);
      break;
  }
};

const plan = (all: BinNmus, planned: BinNmuPlanned, recorded: Recorded): void => {
  const { id, recordedAt, correlation, actor: askedBy } = recorded;
  const rebuilds = planned.rebuilds.map(
    (each) => [each.upload, { planned: each, status: 'planned', because: id, fact: undefined }] as const,
  );
  const places = new Map(planned.rebuilds.map((each) => [placeOf(each.source, each.architecture), each.upload]));
  all.open.set(planned.binNmu, {
    ...{ planned, plannedAt: recordedAt, correlation, rebuilds: new Map(rebuilds), places, askedBy },
    ...{ cancelled: undefined, endedBy: undefined },
  });
  for (const each of planned.rebuilds) {
    all.every.set(each.upload, { planned: each, of: planned });
    const ofSource = all.bySource.get(each.source);
    if (ofSource === undefined) all.bySource.set(each.source, [each]);
    else ofSource.push(each);
  }
};

const change = (
  all: BinNmus,
  upload: UploadId,
  status: RebuildStatus,
  { id }: Recorded,
  fact: string | undefined,
): void => {
  const story = storyWith(all, upload);
  const rebuild = story?.rebuilds.get(upload);
  if (story === undefined || rebuild === undefined) return;
  story.rebuilds.set(upload, { ...rebuild, status, because: id, fact });
  close(all, story, id);
};

/** What is given out already ends by its build. */
const cancel = (all: BinNmus, { binNmu, reason }: BinNmuCancelled, { id }: Recorded): void => {
  const story = all.open.get(binNmu);
  if (story === undefined) return;
  for (const [upload, rebuild] of story.rebuilds)
    if (rebuild.status === 'planned')
      story.rebuilds.set(upload, { ...rebuild, status: 'cancelled', because: id, fact: reason });
  const cancelled = { ...story, cancelled: reason };
  all.open.set(binNmu, cancelled);
  close(all, cancelled, id);
};

const close = (all: BinNmus, story: BinNmuStory, endedBy: EventId): void => {
  if (story.rebuilds.values().some(isUnderWay)) return;
  all.open.delete(story.planned.binNmu);
  all.ended.unshift({ ...story, endedBy });
  if (all.ended.length > mostEnded) all.ended.pop();
};

/** The plan of which an event was the last. */
export const endedWith = ({ ended: [last] }: BinNmus, event: EventId): BinNmuStory | undefined =>
  last?.endedBy === event ? last : undefined;

/** The plan under way that a rebuild is part of. */
const storyWith = ({ open, every }: BinNmus, upload: UploadId): BinNmuStory | undefined =>
  open.get(every.get(upload)?.of.binNmu as BinNmuId);

export const isUnderWay = ({ status }: RebuildStory): boolean => status === 'planned' || status === 'scheduled';

/** It is there: built anew, or as it was. */
export const isThere = ({ status }: RebuildStory): boolean => status === 'installed' || status === 'unchanged';

/** What a build rebuilds, by what stands where others have their upload; `undefined` of those. */
export const rebuildOf = ({ every }: BinNmus, upload: UploadId): Rebuild | undefined => every.get(upload);

/** The version that a build gives to what it builds, unless a package has one of its own. */
export const builtAs = (
  binNmus: BinNmus,
  { upload, version }: { readonly upload: UploadId; readonly version: Version },
): Version => {
  const rebuild = rebuildOf(binNmus, upload);
  return rebuild === undefined ? version : binNmuVersion(version, rebuild.planned.number);
};

/** Rebuilds of the same plan that one needs, as they are now. It costs what it needs, however many the plan has. */
export const neededBy = (
  { rebuilds, places }: BinNmuStory,
  { planned: { needs, architecture } }: RebuildStory,
): readonly RebuildStory[] =>
  needs.flatMap((source) => rebuilds.get(places.get(placeOf(source, architecture)) as UploadId) ?? []);

const placeOf = (source: SourceName, architecture: Architecture): string => `${source} ${architecture}`;

/** Whether a source of a repository is being built again, or is to be. */
export const isRebuilt = (all: BinNmus, repository: string, source: SourceName): boolean =>
  (all.bySource.get(source) ?? []).some(({ upload }) => {
    const story = storyWith(all, upload);
    const rebuild = story?.rebuilds.get(upload);
    return story?.planned.repository === repository && rebuild !== undefined && isUnderWay(rebuild);
  });
