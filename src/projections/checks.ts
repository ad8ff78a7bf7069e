import type { CheckOutcome } from '../domain/check/check.ts';
import type { CheckRequested } from '../domain/check/events.ts';
import type { Finding } from '../domain/check/findings.ts';
import type { Instant } from '../domain/codec.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { SourceName, Version } from '../domain/debian/names.ts';
import { type BuildId, type CheckId, type EventId, type UploadId, uploadOfBuild } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

export type CheckStatus = 'requested' | 'running' | 'passed' | 'failed' | 'skipped' | 'abandoned' | 'cancelled';

export type CheckStory = {
  readonly id: CheckId;
  readonly requested: CheckRequested;
  readonly status: CheckStatus;
  readonly changedAt: Instant;
  /** The event that changed it last. */
  readonly changedBy: EventId;
  readonly attempts: number;
  readonly builder: string | undefined;
  /** Why it was given back, abandoned or cancelled. */
  readonly because: string | undefined;
  readonly outcome: CheckOutcome | undefined;
};

/** Checks of uploads under way, of the last that failed, and of what distributions hold and held before. Folded in place: ask, do not keep. */
export type Checks = {
  /** Requested and not ended. */
  readonly open: Map<CheckId, CheckStory>;
  /** Builds that succeeded and about which nothing is decided: those that checks may be wanted for. */
  readonly built: Set<BuildId>;
  readonly ofUpload: Map<UploadId, Map<CheckId, CheckStory>>;
  /** By distribution and source: whose checks are those of what it got last, and of what it got before. */
  readonly installed: Map<string, { readonly upload: UploadId; readonly before: UploadId | undefined }>;
  /** By distribution and source: the upload that was checked last, unless something was installed since. */
  readonly latest: Map<string, UploadId>;
  /** Uploads that were not installed, oldest first, at most `mostReleased`. */
  readonly released: UploadId[];
};

const mostReleased = 200;

export const noChecks = (): Checks => ({
  open: new Map(),
  built: new Set(),
  ofUpload: new Map(),
  installed: new Map(),
  latest: new Map(),
  released: [],
});

export const foldChecks = (checks: Checks, recorded: Recorded): void => {
  const { event } = recorded;
  switch (event.type) {
    case 'BuildSucceeded':
    case 'BuildAdopted':
      checks.built.add(event.build);
      break;
    case 'CheckRequested':
      checks.latest.set(slot(event.distribution, event.source), event.upload);
      put(checks, {
        id: event.check,
        requested: event,
        status: 'requested',
        changedAt: recorded.recordedAt,
        changedBy: recorded.id,
        attempts: 0,
        builder: undefined,
        because: undefined,
        outcome: undefined,
      });
      break;
    case 'CheckStarted':
      change(checks, event.check, recorded, { status: 'running', attempts: event.attempt, builder: event.builder });
      break;
    case 'CheckGivenBack':
    case 'CheckInterrupted':
      change(checks, event.check, recorded, { status: 'requested', builder: undefined, because: event.reason });
      break;
    case 'CheckPassed':
      change(checks, event.check, recorded, { status: 'passed', outcome: event });
      break;
    case 'CheckFailed':
      change(checks, event.check, recorded, { status: 'failed', outcome: event });
      break;
    case 'CheckSkipped':
      change(checks, event.check, recorded, { status: 'skipped', outcome: event });
      break;
    case 'CheckAbandoned':
      change(checks, event.check, recorded, { status: 'abandoned', because: event.reason });
      break;
    case 'CheckCancelled':
      change(checks, event.check, recorded, { status: 'cancelled', because: event.reason });
      break;
    case 'PackageInstalled':
      forgetBuilt(checks, event.upload);
      install(checks, event);
      break;
    case 'VersionReleased':
      forgetBuilt(checks, event.upload);
      release(checks, event.upload);
      break;
  }
};

const put = (checks: Checks, story: CheckStory): void => {
  if (story.status === 'requested' || story.status === 'running') checks.open.set(story.id, story);
  else checks.open.delete(story.id);
  const { upload } = story.requested;
  const siblings = checks.ofUpload.get(upload) ?? new Map<CheckId, CheckStory>();
  checks.ofUpload.set(upload, siblings.set(story.id, story));
};

const change = (checks: Checks, id: CheckId, recorded: Recorded, news: Partial<CheckStory>): void => {
  const story = checks.open.get(id);
  if (story !== undefined) put(checks, { ...story, ...news, changedAt: recorded.recordedAt, changedBy: recorded.id });
};

/** Nothing that an upload built is to be checked any more. */
export const forgetBuilt = ({ built }: Checks, upload: UploadId): void => {
  for (const build of built) if (build.startsWith(upload)) built.delete(build);
};

const slot = (distribution: DistributionName, source: SourceName): string => `${distribution}/${source}`;

type Installed = {
  readonly distribution: DistributionName;
  readonly source: SourceName;
  readonly upload: UploadId;
};

/** Versions that nobody checked are nothing to compare with. */
const install = (checks: Checks, { distribution, source, upload }: Installed): void => {
  checks.latest.delete(slot(distribution, source));
  if (!checks.ofUpload.has(upload)) return;
  const last = checks.installed.get(slot(distribution, source));
  if (last?.before !== undefined) checks.ofUpload.delete(last.before);
  checks.installed.set(slot(distribution, source), { upload, before: last?.upload });
};

const release = (checks: Checks, upload: UploadId): void => {
  if (!checks.ofUpload.has(upload)) return;
  checks.released.push(upload);
  if (checks.released.length > mostReleased) forget(checks, checks.released.shift() as UploadId);
};

const forget = (checks: Checks, upload: UploadId): void => {
  for (const { requested } of checksOf(checks, upload)) {
    const place = slot(requested.distribution, requested.source);
    if (checks.latest.get(place) === upload) checks.latest.delete(place);
  }
  checks.ofUpload.delete(upload);
};

/** As far as they are remembered, by architecture and tool. */
export const checksOf = ({ ofUpload }: Checks, upload: UploadId): readonly CheckStory[] => [
  ...(ofUpload.get(upload)?.values() ?? []),
];

/** Of the upload that was checked last for a distribution and is not installed there: it failed, or is on its way. */
export const checksOfLatest = (
  checks: Checks,
  distribution: DistributionName,
  source: SourceName,
): readonly CheckStory[] => {
  const latest = checks.latest.get(slot(distribution, source));
  return latest === undefined ? [] : checksOf(checks, latest).toSorted(byId);
};

/** Of a version that distributions of one repository got, as far as they are remembered, by architecture and tool. */
export const checksOfVersion = (
  checks: Checks,
  distributions: readonly DistributionName[],
  source: SourceName,
  version: Version,
): readonly CheckStory[] => {
  const installed = distributions.flatMap((name) => checks.installed.get(slot(name, source)) ?? []);
  const uploads = new Set(
    installed.flatMap(({ upload, before }) => (before === undefined ? [upload] : [upload, before])),
  );
  return [...uploads]
    .flatMap((upload) => checksOf(checks, upload))
    .filter(({ requested }) => requested.version === version)
    .sort(byId);
};

const byId = (one: CheckStory, other: CheckStory): number => (one.id < other.id ? -1 : 1);

export const checksOfBuild = (checks: Checks, build: BuildId): readonly CheckStory[] =>
  checksOf(checks, uploadOfBuild(build)).filter(({ requested }) => requested.build === build);

export const isEnded = ({ status }: CheckStory): boolean => status !== 'requested' && status !== 'running';

/** Claimed by `builder` and not ended: what it must be running, or have lost. */
export const runningChecks = ({ open }: Checks, builder: string): readonly CheckStory[] =>
  [...open.values()].filter((story) => story.status === 'running' && story.builder === builder);

/** Whether it keeps what it looked at from being installed. */
export const isDenied = ({ requested, status }: CheckStory): boolean =>
  requested.denies && (status === 'failed' || status === 'abandoned');

/** What the same check says otherwise than it did of the version before. */
export type Comparison = {
  readonly version: Version;
  readonly appeared: readonly Finding[];
  readonly gone: readonly Finding[];
};

/** Compared with the version that the distribution had before, if that was checked. */
export const comparedWithBefore = (checks: Checks, { requested, outcome }: CheckStory): Comparison | undefined => {
  const last = checks.installed.get(slot(requested.distribution, requested.source));
  const before = last?.upload === requested.upload ? last.before : last?.upload;
  // What came after it says nothing about what it brought.
  if (last?.before === requested.upload) return undefined;
  const then = (before === undefined ? [] : checksOf(checks, before)).find(
    (story) => story.requested.tool === requested.tool && story.requested.architecture === requested.architecture,
  );
  const [now, earlier] = [findingsIn(outcome), findingsIn(then?.outcome)];
  if (now === undefined || earlier === undefined || then === undefined) return undefined;
  return compared(now, { version: then.requested.version, findings: earlier });
};

export const compared = (
  now: readonly Finding[],
  before: { readonly version: Version; readonly findings: readonly Finding[] },
): Comparison => ({
  version: before.version,
  appeared: without(now, before.findings),
  gone: without(before.findings, now),
});

const findingsIn = (outcome: CheckOutcome | undefined): readonly Finding[] | undefined =>
  outcome === undefined || outcome.type === 'CheckSkipped' ? undefined : outcome.findings;

const without = (some: readonly Finding[], others: readonly Finding[]): readonly Finding[] => {
  const known = new Set(others.map(what));
  return some.filter((finding) => !known.has(what(finding)));
};

const what = ({ severity, about, tag }: Finding): string => `${severity} ${about} ${tag}`;
