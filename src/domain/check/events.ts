import * as t from 'io-ts';
import { Count } from '../codec.ts';
import { DistributionName } from '../debian/distribution.ts';
import { Architecture, Codename, SourceName, StoredFile, Version } from '../debian/names.ts';
import { BuildId, CheckId, UploadId } from '../ids.ts';
import { CheckTool, Counts, Finding } from './findings.ts';

/** One tool is to look at what one build made. `denies`: what fails is not installed. */
export const CheckRequested = t.strict(
  {
    type: t.literal('CheckRequested'),
    check: CheckId,
    upload: UploadId,
    build: BuildId,
    tool: CheckTool,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    codename: Codename,
    architecture: Architecture,
    mode: t.keyof({ ignore: null, error: null, warning: null }),
    denies: t.boolean,
  },
  'CheckRequested',
);
export type CheckRequested = t.TypeOf<typeof CheckRequested>;

/** The claim: appended before the check runs. Attempts count from 1. */
export const CheckStarted = t.strict(
  { type: t.literal('CheckStarted'), check: CheckId, builder: t.string, attempt: Count },
  'CheckStarted',
);
export type CheckStarted = t.TypeOf<typeof CheckStarted>;

const found = {
  check: CheckId,
  attempt: Count,
  /** As the tool calls itself: `2.116.3`. */
  toolVersion: t.string,
  counts: Counts,
  /** The gravest first, at most `mostFindings`; the whole is in `report`. */
  findings: t.readonlyArray(Finding),
  /** How many kinds of them are left out. */
  more: Count,
  report: t.union([StoredFile, t.null]),
  log: StoredFile,
};

export const CheckPassed = t.strict({ type: t.literal('CheckPassed'), ...found }, 'CheckPassed');
export type CheckPassed = t.TypeOf<typeof CheckPassed>;

/** What was found is a failure under the check's mode. */
export const CheckFailed = t.strict({ type: t.literal('CheckFailed'), ...found }, 'CheckFailed');
export type CheckFailed = t.TypeOf<typeof CheckFailed>;

/** There was nothing to check. */
export const CheckSkipped = t.strict(
  { type: t.literal('CheckSkipped'), check: CheckId, attempt: Count, because: t.string, log: StoredFile },
  'CheckSkipped',
);
export type CheckSkipped = t.TypeOf<typeof CheckSkipped>;

/** The attempt said nothing about the packages: it is made again. */
export const CheckGivenBack = t.strict(
  { type: t.literal('CheckGivenBack'), check: CheckId, attempt: Count, reason: t.string },
  'CheckGivenBack',
);
export type CheckGivenBack = t.TypeOf<typeof CheckGivenBack>;

/** The daemon was told to end while the check ran: it is made again, and the attempt does not count against it. */
export const CheckInterrupted = t.strict(
  { type: t.literal('CheckInterrupted'), check: CheckId, attempt: Count, reason: t.string },
  'CheckInterrupted',
);
export type CheckInterrupted = t.TypeOf<typeof CheckInterrupted>;

/** Given back too often. A check that denies denies what it could not look at. */
export const CheckAbandoned = t.strict(
  { type: t.literal('CheckAbandoned'), check: CheckId, attempt: Count, reason: t.string },
  'CheckAbandoned',
);
export type CheckAbandoned = t.TypeOf<typeof CheckAbandoned>;

/** Nobody waits for it any more: it is not run, or is ended. It denies nothing. */
export const CheckCancelled = t.strict(
  { type: t.literal('CheckCancelled'), check: CheckId, reason: t.string },
  'CheckCancelled',
);
export type CheckCancelled = t.TypeOf<typeof CheckCancelled>;

export type CheckEvent =
  | CheckRequested
  | CheckStarted
  | CheckPassed
  | CheckFailed
  | CheckSkipped
  | CheckGivenBack
  | CheckInterrupted
  | CheckAbandoned
  | CheckCancelled;
