import * as t from 'io-ts';
import { Count } from '../codec.ts';
import { RemoteId } from '../configuration/events.ts';
import { DistributionName } from '../debian/distribution.ts';
import { Architecture, Codename, Sha256, SourceName, StoredFile, Version } from '../debian/names.ts';

/** Another instance wants something built: a signed `.changes`, which names it, and its tar. */
export const BuildrequestReceived = t.strict(
  {
    type: t.literal('BuildrequestReceived'),
    /** Hash of its `.changes`. */
    request: Sha256,
    remote: RemoteId,
    source: SourceName,
    version: Version,
    distribution: DistributionName,
    codename: Codename,
    architecture: Architecture,
    changes: StoredFile,
    tar: StoredFile,
  },
  'BuildrequestReceived',
);
export type BuildrequestReceived = t.TypeOf<typeof BuildrequestReceived>;

/** It is not built here; who wants it reads so, and turns to others. */
export const BuildrequestDeclined = t.strict(
  { type: t.literal('BuildrequestDeclined'), request: Sha256, rule: t.string, fact: t.string },
  'BuildrequestDeclined',
);
export type BuildrequestDeclined = t.TypeOf<typeof BuildrequestDeclined>;

/** The claim: appended before it is built. Attempts count from 1. */
export const BuildrequestStarted = t.strict(
  { type: t.literal('BuildrequestStarted'), request: Sha256, attempt: Count },
  'BuildrequestStarted',
);
export type BuildrequestStarted = t.TypeOf<typeof BuildrequestStarted>;

/** The attempt ended with us, and said nothing. */
export const BuildrequestInterrupted = t.strict(
  { type: t.literal('BuildrequestInterrupted'), request: Sha256, attempt: Count, reason: t.string },
  'BuildrequestInterrupted',
);
export type BuildrequestInterrupted = t.TypeOf<typeof BuildrequestInterrupted>;

/** There is a buildresult: a signed `.changes`, and the files that it names. */
export const BuildresultMade = t.strict(
  {
    type: t.literal('BuildresultMade'),
    request: Sha256,
    attempt: Count,
    /** `Sbuild-Status`: successful, skipped, attempted … */
    status: t.string,
    changes: StoredFile,
    files: t.readonlyArray(StoredFile),
  },
  'BuildresultMade',
);
export type BuildresultMade = t.TypeOf<typeof BuildresultMade>;

/** Incoming of who wanted it has all of it. */
export const BuildresultSent = t.strict({ type: t.literal('BuildresultSent'), request: Sha256 }, 'BuildresultSent');
export type BuildresultSent = t.TypeOf<typeof BuildresultSent>;

/** Nobody waits for it any more. */
export const BuildrequestCancelled = t.strict(
  { type: t.literal('BuildrequestCancelled'), request: Sha256, reason: t.string },
  'BuildrequestCancelled',
);
export type BuildrequestCancelled = t.TypeOf<typeof BuildrequestCancelled>;

export type BuildrequestEvent =
  | BuildrequestReceived
  | BuildrequestDeclined
  | BuildrequestStarted
  | BuildrequestInterrupted
  | BuildresultMade
  | BuildresultSent
  | BuildrequestCancelled;
