import * as t from 'io-ts';
import { Count, Instant, text } from '../codec.ts';
import { Architecture, Codename, Component, Fingerprint, RepositoryId, SuiteName } from '../debian/names.ts';

/** Identity of an instance: what `Origin`, the dput target and mail say. */
export const InstanceId = text('InstanceId', /^[a-z0-9][a-z0-9-]{0,31}$/, 'lower case letters, digits and "-"');
export type InstanceId = t.TypeOf<typeof InstanceId>;

export const InstanceConfigured = t.strict(
  {
    type: t.literal('InstanceConfigured'),
    instance: InstanceId,
    /** Name under which people and apt reach us. */
    hostname: t.string,
    httpPort: Count,
    ftpPort: Count,
  },
  'InstanceConfigured',
);
export type InstanceConfigured = t.TypeOf<typeof InstanceConfigured>;

/** The key that signs what we publish. Its secret part lies in `keys/`. */
export const ArchiveKeyGenerated = t.strict(
  { type: t.literal('ArchiveKeyGenerated'), fingerprint: Fingerprint, publicKey: t.string },
  'ArchiveKeyGenerated',
);
export type ArchiveKeyGenerated = t.TypeOf<typeof ArchiveKeyGenerated>;

export const EngineStarted = t.strict({ type: t.literal('EngineStarted') }, 'EngineStarted');
export type EngineStarted = t.TypeOf<typeof EngineStarted>;
export const EngineStopped = t.strict({ type: t.literal('EngineStopped'), reason: t.string }, 'EngineStopped');
export type EngineStopped = t.TypeOf<typeof EngineStopped>;

/** A foreign archive's suite that chroots and builds draw from: `debian-bookworm`, `debian-bookworm-security`. */
export const SourceId = text('SourceId', /^[a-z0-9][a-z0-9.+-]{0,63}$/, 'lower case letters, digits, ".", "+", "-"');
export type SourceId = t.TypeOf<typeof SourceId>;

export const SourceConfigured = t.strict(
  {
    type: t.literal('SourceConfigured'),
    id: SourceId,
    origin: t.string,
    /** What stands after the URI in an apt line: `bookworm-security`. */
    suite: t.string,
    codename: Codename,
    uris: t.readonlyArray(t.string),
    components: t.readonlyArray(Component),
    /** Keyring file on the host that its `Release` is signed with. */
    keyring: t.string,
  },
  'SourceConfigured',
);
export type SourceConfigured = t.TypeOf<typeof SourceConfigured>;

export const DistributionConfigured = t.strict(
  {
    type: t.literal('DistributionConfigured'),
    codename: Codename,
    /** The `%CODEVERSION%` of version rules: `12`, `~SID`. */
    codeversion: t.string,
    base: SourceId,
    /** Further sources for builds; `priority` null leaves apt's own (500, security and updates included). */
    extras: t.readonlyArray(t.strict({ source: SourceId, priority: t.union([t.number, t.null]) })),
    components: t.readonlyArray(Component),
    architectures: t.readonlyArray(
      t.strict({ architecture: Architecture, optional: t.boolean, buildsArchAll: t.boolean }),
    ),
  },
  'DistributionConfigured',
);
export type DistributionConfigured = t.TypeOf<typeof DistributionConfigured>;

export const Suite = t.strict(
  {
    suite: SuiteName,
    uploadable: t.boolean,
    experimental: t.boolean,
    migratesTo: t.union([SuiteName, t.null]),
    buildsKeyring: t.boolean,
    /** How many earlier occupants stay reachable as `-rollback0` … */
    rollbacks: Count,
    notAutomatic: t.boolean,
    butAutomaticUpgrades: t.boolean,
  },
  'Suite',
);
export type Suite = t.TypeOf<typeof Suite>;

/** `%IDENTITY%` and `%CODEVERSION%` are replaced when a version is judged or made. */
export const LayoutConfigured = t.strict(
  {
    type: t.literal('LayoutConfigured'),
    layout: t.string,
    suites: t.readonlyArray(Suite),
    defaultVersion: t.string,
    mandatoryVersion: t.string,
    experimentalDefaultVersion: t.string,
    experimentalMandatoryVersion: t.string,
    /** `unstable` → `sid-unstable`: what Debian's own names mean here, as CODENAME-SUITE. */
    metaDistributions: t.record(t.string, t.string),
  },
  'LayoutConfigured',
);
export type LayoutConfigured = t.TypeOf<typeof LayoutConfigured>;

export const RepositoryConfigured = t.strict(
  {
    type: t.literal('RepositoryConfigured'),
    repository: RepositoryId,
    layout: t.string,
    codenames: t.readonlyArray(Codename),
    allowUnauthenticated: t.boolean,
    /** Keyring files on the host whose keys may upload. */
    uploaderKeyrings: t.readonlyArray(t.string),
    /** Days until `Valid-Until`; null or 0 leaves the field out. */
    validForDays: t.union([Count, t.null]),
  },
  'RepositoryConfigured',
);
export type RepositoryConfigured = t.TypeOf<typeof RepositoryConfigured>;

export const ChrootKind = t.keyof(
  { directory: null, file: null, 'btrfs-snapshot': null, 'lvm-snapshot': null, unshare: null },
  'ChrootKind',
);
export type ChrootKind = t.TypeOf<typeof ChrootKind>;

export const ChrootConfigured = t.strict(
  {
    type: t.literal('ChrootConfigured'),
    codename: Codename,
    architecture: Architecture,
    kind: ChrootKind,
    /** Volume group, btrfs folder …: what the kind needs; empty for `directory`. */
    options: t.record(t.string, t.string),
    include: t.readonlyArray(t.string),
    ccache: t.boolean,
  },
  'ChrootConfigured',
);
export type ChrootConfigured = t.TypeOf<typeof ChrootConfigured>;

/** A template is ready; builds begun from now on use it. `generation` names its folder or volume. */
export const ChrootPrepared = t.strict(
  {
    type: t.literal('ChrootPrepared'),
    codename: Codename,
    architecture: Architecture,
    generation: t.string,
    preparedAt: Instant,
    seconds: t.number,
  },
  'ChrootPrepared',
);
export type ChrootPrepared = t.TypeOf<typeof ChrootPrepared>;

export const ChrootFailed = t.strict(
  {
    type: t.literal('ChrootFailed'),
    codename: Codename,
    architecture: Architecture,
    stage: t.string,
    fact: t.string,
  },
  'ChrootFailed',
);
export type ChrootFailed = t.TypeOf<typeof ChrootFailed>;

/** The template that the log speaks of is not there any more; builds wait for a new one. */
export const ChrootLost = t.strict(
  {
    type: t.literal('ChrootLost'),
    codename: Codename,
    architecture: Architecture,
    generation: t.string,
    fact: t.string,
  },
  'ChrootLost',
);
export type ChrootLost = t.TypeOf<typeof ChrootLost>;

export type ConfigurationEvent =
  | InstanceConfigured
  | ArchiveKeyGenerated
  | EngineStarted
  | EngineStopped
  | SourceConfigured
  | DistributionConfigured
  | LayoutConfigured
  | RepositoryConfigured
  | ChrootConfigured
  | ChrootPrepared
  | ChrootFailed
  | ChrootLost;
