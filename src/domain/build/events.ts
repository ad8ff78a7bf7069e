import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';
import { SourceId } from '../configuration/events.ts';
import { DistributionName } from '../debian/distribution.ts';
import { Architecture, Codename, SourceName, StoredFile, Version } from '../debian/names.ts';
import { BuildId, UploadId } from '../ids.ts';

export const BuildRequested = t.strict(
  {
    type: t.literal('BuildRequested'),
    build: BuildId,
    upload: UploadId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    codename: Codename,
    architecture: Architecture,
    /** Whether the arch-indep packages are built here too. */
    archAll: t.boolean,
  },
  'BuildRequested',
);
export type BuildRequested = t.TypeOf<typeof BuildRequested>;

export const BuildAssigned = t.strict(
  { type: t.literal('BuildAssigned'), build: BuildId, builder: t.string, because: t.string },
  'BuildAssigned',
);
export type BuildAssigned = t.TypeOf<typeof BuildAssigned>;

/** The claim: appended before the build runs. Attempts count from 1. */
export const BuildStarted = t.strict(
  { type: t.literal('BuildStarted'), build: BuildId, builder: t.string, attempt: Count },
  'BuildStarted',
);
export type BuildStarted = t.TypeOf<typeof BuildStarted>;

/**
 * What an attempt goes through, in this order. Ours: `prepare`, before sbuild says anything, and `keep`, after it said everything. The others
 * are sbuild's: `chroot` makes the session and brings it up to date, `post-build` looks at what was built.
 */
export const BuildStage = t.keyof(
  {
    prepare: null,
    chroot: null,
    'fetch-src': null,
    'install-deps': null,
    build: null,
    'post-build': null,
    lintian: null,
    piuparts: null,
    autopkgtest: null,
    cleanup: null,
    keep: null,
  },
  'BuildStage',
);
export type BuildStage = t.TypeOf<typeof BuildStage>;

export const StageTime = t.strict({ stage: BuildStage, seconds: t.number }, 'StageTime');
export type StageTime = t.TypeOf<typeof StageTime>;

/**
 * Seconds. `install`, `build` and `total` as sbuild's summary tells them, 0 where it does not; `stages` as the builder saw them begin, one after
 * the other from the start of the attempt to its result; none where nobody looked.
 */
export const BuildTimes = t.strict(
  { install: t.number, build: t.number, total: t.number, stages: t.readonlyArray(StageTime) },
  'BuildTimes',
);
export type BuildTimes = t.TypeOf<typeof BuildTimes>;

/** A built binary package, read from its control file. */
export const BuiltBinary = t.strict(
  { package: t.string, version: Version, architecture: Architecture, file: StoredFile },
  'BuiltBinary',
);
export type BuiltBinary = t.TypeOf<typeof BuiltBinary>;

/** A portion of what an attempt built, said before `BuildSucceeded` in the same append when there is too much for one event. */
export const BinariesBuilt = t.strict(
  { type: t.literal('BinariesBuilt'), build: BuildId, attempt: Count, binaries: t.readonlyArray(BuiltBinary) },
  'BinariesBuilt',
);
export type BinariesBuilt = t.TypeOf<typeof BinariesBuilt>;

export const BuildSucceeded = t.strict(
  {
    type: t.literal('BuildSucceeded'),
    build: BuildId,
    attempt: Count,
    /** The last portion, which mostly is all. */
    binaries: t.readonlyArray(BuiltBinary),
    /** The `.changes` and `.buildinfo` that sbuild wrote. */
    records: t.readonlyArray(StoredFile),
    log: StoredFile,
    times: BuildTimes,
  },
  'BuildSucceeded',
);
export type BuildSucceeded = t.TypeOf<typeof BuildSucceeded>;

/** What kind of failure: only some of them say anything about the package. */
export const FailureClass = t.keyof(
  {
    ftbfs: null,
    'dep-wait': null,
    chroot: null,
    timeout: null,
    killed: null,
    source: null,
    /** The products are not what Debian allows: unreadable, misnamed, not of this source. */
    products: null,
  },
  'FailureClass',
);
export type FailureClass = t.TypeOf<typeof FailureClass>;

export const BuildFailed = t.strict(
  {
    type: t.literal('BuildFailed'),
    build: BuildId,
    attempt: Count,
    class: FailureClass,
    /** sbuild's `Fail-Stage`, or ours. */
    stage: t.string,
    fact: t.string,
    log: t.union([StoredFile, t.null]),
    times: BuildTimes,
  },
  'BuildFailed',
);
export type BuildFailed = t.TypeOf<typeof BuildFailed>;

/** Nothing to build on this architecture. */
export const BuildSkipped = t.strict(
  { type: t.literal('BuildSkipped'), build: BuildId, attempt: Count, log: StoredFile },
  'BuildSkipped',
);
export type BuildSkipped = t.TypeOf<typeof BuildSkipped>;

/**
 * Dep-wait: what the package needs cannot be had yet. `waitsFor` are relations as `Build-Depends` has them (Policy §7.1), each of
 * which has to be met; `until` is when waiting ends in vain, counted from the first time.
 */
export const BuildDepWaited = t.strict(
  {
    type: t.literal('BuildDepWaited'),
    build: BuildId,
    attempt: Count,
    waitsFor: t.readonlyArray(t.string),
    until: Instant,
    fact: t.string,
    log: StoredFile,
    times: BuildTimes,
  },
  'BuildDepWaited',
);
export type BuildDepWaited = t.TypeOf<typeof BuildDepWaited>;

/** A binary package of ours that meets what a build waited for. */
export const FoundDependency = t.strict(
  { package: t.string, version: Version, distribution: DistributionName },
  'FoundDependency',
);
export type FoundDependency = t.TypeOf<typeof FoundDependency>;

/** A binary package of a foreign suite that does, or that provides what does. */
export const FoundElsewhere = t.strict({ package: t.string, version: Version, source: SourceId }, 'FoundElsewhere');
export type FoundElsewhere = t.TypeOf<typeof FoundElsewhere>;

/** From dep-wait back to needs-build. `found` is empty when it is tried for another reason. */
export const BuildResumed = t.strict(
  {
    type: t.literal('BuildResumed'),
    build: BuildId,
    because: t.string,
    found: t.readonlyArray(t.union([FoundDependency, FoundElsewhere])),
  },
  'BuildResumed',
);
export type BuildResumed = t.TypeOf<typeof BuildResumed>;
export type Found = BuildResumed['found'][number];

/** Back to needs-build: its builder was stopped in order, and the attempt, as far as it had begun, does not count. */
export const BuildInterrupted = t.strict(
  { type: t.literal('BuildInterrupted'), build: BuildId, attempt: Count, reason: t.string },
  'BuildInterrupted',
);
export type BuildInterrupted = t.TypeOf<typeof BuildInterrupted>;

/** Its place in the queue: higher goes first, 0 is what builds have without it, and among equals the oldest goes first. */
export const BuildPrioritised = t.strict(
  { type: t.literal('BuildPrioritised'), build: BuildId, priority: t.number },
  'BuildPrioritised',
);
export type BuildPrioritised = t.TypeOf<typeof BuildPrioritised>;

/** Nothing was built: an upload that was retried takes what an earlier one built of the same source. */
export const BuildAdopted = t.strict(
  {
    type: t.literal('BuildAdopted'),
    build: BuildId,
    from: BuildId,
    /** The last portion, which mostly is all; others stand in `BinariesBuilt` before, with attempt 0. */
    binaries: t.readonlyArray(BuiltBinary),
    records: t.readonlyArray(StoredFile),
    log: StoredFile,
    times: BuildTimes,
  },
  'BuildAdopted',
);
export type BuildAdopted = t.TypeOf<typeof BuildAdopted>;

/** Back to needs-build: the attempt said nothing about the package. */
export const BuildGivenBack = t.strict(
  { type: t.literal('BuildGivenBack'), build: BuildId, attempt: Count, reason: t.string },
  'BuildGivenBack',
);
export type BuildGivenBack = t.TypeOf<typeof BuildGivenBack>;

/**
 * It was given to another instance: the signed `.changes` that says so, whose hash names the request, and its tar. Appended before it is sent;
 * both files stay in the exchange as long as it is under way.
 */
export const BuildDispatched = t.strict(
  { type: t.literal('BuildDispatched'), build: BuildId, attempt: Count, request: StoredFile, tar: StoredFile },
  'BuildDispatched',
);
export type BuildDispatched = t.TypeOf<typeof BuildDispatched>;

/** What another instance made of it: the signed `.changes`, and the files that it names, in the exchange. */
export const BuildresultReceived = t.strict(
  {
    type: t.literal('BuildresultReceived'),
    build: BuildId,
    attempt: Count,
    result: StoredFile,
    files: t.readonlyArray(StoredFile),
  },
  'BuildresultReceived',
);
export type BuildresultReceived = t.TypeOf<typeof BuildresultReceived>;

/** Back to needs-build: another instance declined it, lost it, or fell silent. The attempt says nothing about the package, and does not count. */
export const BuildWithdrawn = t.strict(
  { type: t.literal('BuildWithdrawn'), build: BuildId, attempt: Count, builder: t.string, reason: t.string },
  'BuildWithdrawn',
);
export type BuildWithdrawn = t.TypeOf<typeof BuildWithdrawn>;

export const BuildCancelled = t.strict(
  { type: t.literal('BuildCancelled'), build: BuildId, reason: t.string },
  'BuildCancelled',
);
export type BuildCancelled = t.TypeOf<typeof BuildCancelled>;

export type BuildEvent =
  | BuildRequested
  | BuildAssigned
  | BuildStarted
  | BinariesBuilt
  | BuildSucceeded
  | BuildFailed
  | BuildSkipped
  | BuildGivenBack
  | BuildInterrupted
  | BuildDepWaited
  | BuildResumed
  | BuildPrioritised
  | BuildAdopted
  | BuildDispatched
  | BuildresultReceived
  | BuildWithdrawn
  | BuildCancelled;
