import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';
import { DistributionName } from '../debian/distribution.ts';
import {
  Architecture,
  Component,
  FileName,
  Fingerprint,
  RepositoryId,
  Sha256,
  SourceName,
  StoredFile,
  Version,
} from '../debian/names.ts';
import { UploadId } from '../ids.ts';
import { Refusal } from '../refusal.ts';

/**
 * What the OpenPGP verifier said at the door. `good` carries the primary key's fingerprint and that of
 * the (sub)key that signed; everything else is `unauthenticated` and says why.
 */
export const Signature = t.union(
  [
    t.strict({
      status: t.literal('good'),
      fingerprint: Fingerprint,
      signedBy: Fingerprint,
      signedAt: Instant,
      digest: t.string,
    }),
    t.strict({ status: t.literal('unauthenticated'), because: Refusal }),
  ],
  'Signature',
);
export type Signature = t.TypeOf<typeof Signature>;

/** One file named by a `.dsc`, with the digest it must have. Size in bytes. */
const SourceFile = t.strict({ name: FileName, size: t.number, sha256: Sha256 });

/** What decisions read of a `.dsc`. */
export const DscFacts = t.strict(
  {
    file: FileName,
    source: SourceName,
    version: Version,
    /** The `Architecture` field, word by word: `any`, `all`, `linux-any`, `amd64` … */
    architectures: t.readonlyArray(t.string),
    files: t.readonlyArray(SourceFile),
    signature: Signature,
  },
  'DscFacts',
);
export type DscFacts = t.TypeOf<typeof DscFacts>;

/** A `MINI_BUILDD_OPTION` line: key, alternative (`ARCH` or empty), value. */
export const AskedOption = t.strict({ key: t.string, architecture: t.string, value: t.string }, 'AskedOption');

/** What decisions read of a `.changes` that could be read. `distribution` is as written, not yet known to exist. */
export const ChangesFacts = t.strict(
  {
    source: SourceName,
    version: Version,
    distribution: t.string,
    architectures: t.readonlyArray(t.string),
    options: t.readonlyArray(AskedOption),
    /** What the uploader should know of how the options were read. */
    remarks: t.readonlyArray(t.string),
    component: Component,
    dsc: t.union([DscFacts, t.null]),
  },
  'ChangesFacts',
);
export type ChangesFacts = t.TypeOf<typeof ChangesFacts>;

/**
 * An upload is complete and durable. `facts` is null when the `.changes` could not be read at all; `faults`
 * holds every rule the door found broken, the gravest first. Nothing here is judged yet.
 */
export const UploadReceived = t.strict(
  {
    type: t.literal('UploadReceived'),
    upload: UploadId,
    door: t.keyof({ ftp: null, http: null, internal: null }),
    changes: StoredFile,
    files: t.readonlyArray(StoredFile),
    signature: Signature,
    facts: t.union([ChangesFacts, t.null]),
    faults: t.readonlyArray(Refusal),
  },
  'UploadReceived',
);
export type UploadReceived = t.TypeOf<typeof UploadReceived>;

/** How one architecture of an accepted upload is to be built. */
export const WantedBuild = t.strict(
  { architecture: Architecture, mandatory: t.boolean, archAll: t.boolean },
  'WantedBuild',
);
export type WantedBuild = t.TypeOf<typeof WantedBuild>;

export const UploadAccepted = t.strict(
  {
    type: t.literal('UploadAccepted'),
    upload: UploadId,
    repository: RepositoryId,
    distribution: DistributionName,
    source: SourceName,
    version: Version,
    component: Component,
    /** Every file of the source package, those taken from the pool included; the `.dsc` first. */
    sources: t.readonlyArray(StoredFile),
    builds: t.readonlyArray(WantedBuild),
    /** What the uploader asked for; how it counts beside what the distribution says, `build/recipe.ts` knows. */
    options: t.readonlyArray(AskedOption),
    /** What the uploader should know though it did not stop the upload. */
    warnings: t.readonlyArray(t.string),
  },
  'UploadAccepted',
);
export type UploadAccepted = t.TypeOf<typeof UploadAccepted>;

export const UploadRejected = t.strict(
  {
    type: t.literal('UploadRejected'),
    upload: UploadId,
    rule: t.string,
    fact: t.string,
    remedy: t.string,
  },
  'UploadRejected',
);
export type UploadRejected = t.TypeOf<typeof UploadRejected>;

/** An upload that failed is judged and built again, as a new one with the same files. `of` is the one that failed. */
export const UploadRetried = t.strict(
  {
    type: t.literal('UploadRetried'),
    upload: UploadId,
    of: UploadId,
    /** Architectures whose packages are taken from there, if they were built there. */
    keeps: t.readonlyArray(Architecture),
  },
  'UploadRetried',
);
export type UploadRetried = t.TypeOf<typeof UploadRetried>;

/** Accepted and never installed, it is not kept any longer, as the retention of its repository says. From here on it cannot be retried. */
export const UploadFilesLetGo = t.strict({ type: t.literal('UploadFilesLetGo'), upload: UploadId }, 'UploadFilesLetGo');
export type UploadFilesLetGo = t.TypeOf<typeof UploadFilesLetGo>;

/**
 * What a rejected upload brought, or one that was let go, is gone from disk, but for its `.changes`. `files` counts those that nothing else
 * needed, `bytes` what they took.
 */
export const UploadFilesRemoved = t.strict(
  { type: t.literal('UploadFilesRemoved'), upload: UploadId, files: Count, bytes: Count },
  'UploadFilesRemoved',
);
export type UploadFilesRemoved = t.TypeOf<typeof UploadFilesRemoved>;

export type UploadEvent =
  | UploadReceived
  | UploadRetried
  | UploadAccepted
  | UploadRejected
  | UploadFilesLetGo
  | UploadFilesRemoved;
