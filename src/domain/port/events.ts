import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';
import { SourceId } from '../configuration/events.ts';
import { DistributionName } from '../debian/distribution.ts';
import { Fingerprint, Sha256, SourceName, StoredFile, Version } from '../debian/names.ts';
import { PortId, UploadId } from '../ids.ts';
import { Signature } from '../upload/events.ts';

/** Where a ported source package comes from: what we hold, an address outside with what its signature is worth here, or ourselves. */
export const PortOrigin = t.union(
  [
    t.strict({ kind: t.literal('internal'), distribution: DistributionName }),
    t.strict({ kind: t.literal('external'), url: t.string, signature: Signature }),
    t.strict({ kind: t.literal('generated') }),
    /** Ourselves: the package that carries these archive keys to machines. */
    t.strict({ kind: t.literal('keyring'), keys: t.readonlyArray(Fingerprint) }),
  ],
  'PortOrigin',
);
export type PortOrigin = t.TypeOf<typeof PortOrigin>;

/**
 * A source package shall be uploaded to another distribution, with a changelog entry of ours on top and nothing else changed. The upload
 * it becomes has its id from now on, so that it is made once however often it is tried.
 */
export const PortRequested = t.strict(
  {
    type: t.literal('PortRequested'),
    port: PortId,
    upload: UploadId,
    origin: PortOrigin,
    source: SourceName,
    /** That of the original. */
    version: Version,
    /** The original's `.dsc` first, then what it names, which is fetched when it is needed; or the tree of what we wrote ourselves. */
    files: t.readonlyArray(StoredFile),
    to: DistributionName,
    /** The version it gets there. */
    as: Version,
    /** Upload options, as they stand behind `MINI_BUILDD_OPTION:`. */
    options: t.readonlyArray(t.string),
    /** The upload whose `auto-ports` asked for it; null when a person did. */
    askedBy: t.union([UploadId, t.null]),
    /** How many ports in a row led to this one, itself included. */
    generation: Count,
    /** Whether it is to migrate to the last suite of its chain once it is installed. */
    migrates: t.boolean,
    /** The date of the changelog entry. */
    requestedAt: Instant,
  },
  'PortRequested',
);
export type PortRequested = t.TypeOf<typeof PortRequested>;

/** The upload came in through the door `internal`; from now on its own story tells how it fares. */
export const PortUploaded = t.strict(
  { type: t.literal('PortUploaded'), port: PortId, upload: UploadId },
  'PortUploaded',
);
export type PortUploaded = t.TypeOf<typeof PortUploaded>;

/** What was ported is where it was to migrate to. */
export const PortMigrated = t.strict(
  { type: t.literal('PortMigrated'), port: PortId, to: t.readonlyArray(DistributionName) },
  'PortMigrated',
);
export type PortMigrated = t.TypeOf<typeof PortMigrated>;

/** There will be no upload, or no migration after it. */
export const PortFailed = t.strict(
  { type: t.literal('PortFailed'), port: PortId, rule: t.string, fact: t.string, remedy: t.string },
  'PortFailed',
);
export type PortFailed = t.TypeOf<typeof PortFailed>;

/**
 * The archive that it came from has a newer version by now, which stands in its signed lists: said once for each. `next` is what a port of
 * that is called, if nobody else asks for one.
 */
export const PortOvertaken = t.strict(
  {
    type: t.literal('PortOvertaken'),
    port: PortId,
    source: SourceName,
    to: DistributionName,
    /** The version that was ported, and the newer one. */
    ported: Version,
    version: Version,
    archive: SourceId,
    /** Of its `.dsc`, and what that has to be. */
    url: t.string,
    sha256: Sha256,
    next: PortId,
  },
  'PortOvertaken',
);
export type PortOvertaken = t.TypeOf<typeof PortOvertaken>;

/** The distribution of ours that it came from has a newer version by now: said once for each. `next` as above. */
export const PortOutdated = t.strict(
  {
    type: t.literal('PortOutdated'),
    port: PortId,
    source: SourceName,
    to: DistributionName,
    /** The version that was ported, and the newer one. */
    ported: Version,
    version: Version,
    from: DistributionName,
    next: PortId,
  },
  'PortOutdated',
);
export type PortOutdated = t.TypeOf<typeof PortOutdated>;

export type PortEvent = PortRequested | PortUploaded | PortMigrated | PortFailed | PortOvertaken | PortOutdated;
