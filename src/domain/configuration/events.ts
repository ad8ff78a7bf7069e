import * as t from 'io-ts';
import { AccountId } from '../account/events.ts';
import { Count, text } from '../codec.ts';
import {
  Architecture,
  Codename,
  Component,
  Fingerprint,
  RepositoryId,
  StoredFile,
  SuiteName,
} from '../debian/names.ts';
import { Refusal } from '../refusal.ts';
import type { RetentionConfigured } from '../retention/events.ts';
import type { ChrootEvent } from './chroot-events.ts';
import { WebAddress } from './web-address.ts';

/** Identity of an instance: what `Origin`, the dput target and mail say. */
export const InstanceId = text('InstanceId', /^[a-z0-9][a-z0-9-]{0,31}$/, 'lower case letters, digits and "-"');
export type InstanceId = t.TypeOf<typeof InstanceId>;

export const InstanceConfigured = t.strict(
  {
    type: t.literal('InstanceConfigured'),
    instance: InstanceId,
    /** Name under which people and apt reach us. */
    hostname: t.string,
    /** Where its pages and repositories are, as everybody outside reaches them; before a proxy that is the proxy. */
    url: WebAddress,
    ftpPort: Count,
    /** The daemon's own address: who sends its mail and maintains the packages it makes. */
    email: t.union([t.string, t.null]),
    /** A pattern: addresses that are taken from uploads get mail only if it matches somewhere in them. */
    allowEmailsTo: t.string,
    /** Who is told of everything. */
    notify: t.readonlyArray(AccountId),
    registration: t.keyof({ open: null, closed: null }),
    /** Beginnings of URLs, and folders of the host, that foreign source packages may be fetched from. */
    portextFrom: t.readonlyArray(t.string),
  },
  'InstanceConfigured',
);
export type InstanceConfigured = t.TypeOf<typeof InstanceConfigured>;

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
    /** Who signs its `Release`, as `Signed-By` has it (sources.list(5)): a keyring file on the host, or armored keys. */
    keys: t.string,
    /** Fields of its `Release` that set it apart besides origin and codename: `Label`, `Suite`, `Version`. */
    pin: t.record(t.string, t.string),
    /** Whether a `Release` past its `Valid-Until` counts for nothing; archives that nobody updates any more need no. */
    checkValidUntil: t.boolean,
    /** What its `Release` writes before the names of components, as security archives once did: `updates/`. */
    removeFromComponents: t.string,
    /** How often its archives are looked at while they answer. */
    checkHours: Count,
  },
  'SourceConfigured',
);
export type SourceConfigured = t.TypeOf<typeof SourceConfigured>;

export const SourceRemoved = t.strict({ type: t.literal('SourceRemoved'), id: SourceId }, 'SourceRemoved');
export type SourceRemoved = t.TypeOf<typeof SourceRemoved>;

/**
 * An archive of the source has what it is to have, signed by whom it is to be. Said when something of it is news; `uri` is the
 * archive to draw from, one of those in `usable`.
 */
export const SourceChecked = t.strict(
  {
    type: t.literal('SourceChecked'),
    id: SourceId,
    uri: t.string,
    usable: t.readonlyArray(t.string),
    unusable: t.readonlyArray(t.strict({ uri: t.string, because: Refusal })),
    codeversion: t.string,
    architectures: t.readonlyArray(t.string),
    components: t.readonlyArray(t.string),
  },
  'SourceChecked',
);
export type SourceChecked = t.TypeOf<typeof SourceChecked>;

/** No archive of the source can be drawn from. Looked at again and again; said once, until it is otherwise. */
export const SourceCheckFailed = t.strict(
  {
    type: t.literal('SourceCheckFailed'),
    id: SourceId,
    unusable: t.readonlyArray(t.strict({ uri: t.string, because: Refusal })),
  },
  'SourceCheckFailed',
);
export type SourceCheckFailed = t.TypeOf<typeof SourceCheckFailed>;

/** Somebody wants its archives looked at now, before it is due. */
export const SourceCheckRequested = t.strict(
  { type: t.literal('SourceCheckRequested'), id: SourceId },
  'SourceCheckRequested',
);
export type SourceCheckRequested = t.TypeOf<typeof SourceCheckRequested>;

export const CheckMode = t.keyof({ disabled: null, ignore: null, error: null, warning: null }, 'CheckMode');
export type CheckMode = t.TypeOf<typeof CheckMode>;

/** One tool that looks at what was built: not at all, for the record, or denying from that severity on. */
export const PackageCheck = t.strict({ mode: CheckMode, options: t.readonlyArray(t.string) }, 'PackageCheck');
export type PackageCheck = t.TypeOf<typeof PackageCheck>;

export const PackageChecks = t.strict(
  { lintian: PackageCheck, piuparts: PackageCheck, autopkgtest: PackageCheck },
  'PackageChecks',
);
export type PackageChecks = t.TypeOf<typeof PackageChecks>;

/** What a suite wants otherwise than its distribution. */
export const SuiteChecks = t.strict(
  {
    lintian: t.union([PackageCheck, t.null]),
    piuparts: t.union([PackageCheck, t.null]),
    autopkgtest: t.union([PackageCheck, t.null]),
  },
  'SuiteChecks',
);
export type SuiteChecks = t.TypeOf<typeof SuiteChecks>;

/** How packages of a distribution are built. */
export const BuildSettings = t.strict(
  {
    /** Who finds build dependencies. */
    resolver: t.keyof({ apt: null, aptitude: null, aspcud: null }),
    /** Pin of our own suites: 1 takes from them only what nobody else has in a version that fits. */
    internalAptPriority: t.number,
    debBuildOptions: t.readonlyArray(t.string),
    debBuildProfiles: t.readonlyArray(t.string),
    /** Run as root in each build's chroot before its dependencies are installed; empty for none. */
    setupScript: t.string,
    /** Jobs of one build; null leaves it to the machine. */
    parallel: t.union([Count, t.null]),
  },
  'BuildSettings',
);
export type BuildSettings = t.TypeOf<typeof BuildSettings>;

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
    build: BuildSettings,
    checks: PackageChecks,
    /** How old a template becomes before it is made anew. */
    chrootDays: Count,
  },
  'DistributionConfigured',
);
export type DistributionConfigured = t.TypeOf<typeof DistributionConfigured>;

export const DistributionRemoved = t.strict(
  { type: t.literal('DistributionRemoved'), codename: Codename },
  'DistributionRemoved',
);
export type DistributionRemoved = t.TypeOf<typeof DistributionRemoved>;

export const Suite = t.strict(
  {
    suite: SuiteName,
    uploadable: t.boolean,
    experimental: t.boolean,
    migratesTo: t.union([SuiteName, t.null]),
    /** What apt has seen there for so many days, without a failed check, migrates by itself; 0: nothing does. */
    migratesAfterDays: Count,
    buildsKeyring: t.boolean,
    /** How many earlier occupants stay reachable as `-rollback0` … */
    rollbacks: Count,
    notAutomatic: t.boolean,
    butAutomaticUpgrades: t.boolean,
    checks: SuiteChecks,
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

export const LayoutRemoved = t.strict({ type: t.literal('LayoutRemoved'), layout: t.string }, 'LayoutRemoved');
export type LayoutRemoved = t.TypeOf<typeof LayoutRemoved>;

/** What a builder is good for, as administrators call it, or its name: `big`, `buildd.example.org:8066`. */
export const BuilderTag = text(
  'BuilderTag',
  /^[a-z0-9](?:[a-z0-9.:-]{0,98}[a-z0-9])?$/,
  'a tag, or the name of a builder',
);
export type BuilderTag = t.TypeOf<typeof BuilderTag>;

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
    /** Who is told of everything that happens here. */
    notify: t.readonlyArray(AccountId),
    /** Whether who made an upload (`Changed-By`) and who maintains the package are told, by the address they gave. */
    notifyChangedBy: t.boolean,
    notifyMaintainer: t.boolean,
    /** What is done about packages that a change would leave without their dependencies. */
    installability: t.keyof({ off: null, warn: null, refuse: null }),
    /** Its builds go only to builders that are called so, or have one of these tags; to any when it is empty. */
    builders: t.readonlyArray(BuilderTag),
    /** Where people find more about this repository. */
    externalHomeUrl: t.union([t.string, t.null]),
    /** What is done when a port that stands here is overtaken where it came from. */
    portUpdates: t.keyof({ offer: null, build: null }),
  },
  'RepositoryConfigured',
);
export type RepositoryConfigured = t.TypeOf<typeof RepositoryConfigured>;

/** It is not served any more. What it held stays on record, and its versions stay burnt. */
export const RepositoryRemoved = t.strict(
  { type: t.literal('RepositoryRemoved'), repository: RepositoryId },
  'RepositoryRemoved',
);
export type RepositoryRemoved = t.TypeOf<typeof RepositoryRemoved>;

/** Another instance, by where it listens: `buildd.example.org:8066`. */
export const RemoteId = text('RemoteId', /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?:\d{1,5}$/, 'HOST:PORT in lower case');
export type RemoteId = t.TypeOf<typeof RemoteId>;

/** An instance that we know: its address, and the key that its administrator vouched for when it was added. */
export const RemoteConfigured = t.strict(
  { type: t.literal('RemoteConfigured'), remote: RemoteId, url: t.string, fingerprint: Fingerprint, key: StoredFile },
  'RemoteConfigured',
);
export type RemoteConfigured = t.TypeOf<typeof RemoteConfigured>;

export const RemoteRemoved = t.strict({ type: t.literal('RemoteRemoved'), remote: RemoteId }, 'RemoteRemoved');
export type RemoteRemoved = t.TypeOf<typeof RemoteRemoved>;

export type ConfigurationEvent =
  | InstanceConfigured
  | EngineStarted
  | EngineStopped
  | SourceConfigured
  | SourceRemoved
  | SourceChecked
  | SourceCheckFailed
  | SourceCheckRequested
  | DistributionConfigured
  | DistributionRemoved
  | LayoutConfigured
  | LayoutRemoved
  | RepositoryConfigured
  | RepositoryRemoved
  | RemoteConfigured
  | RemoteRemoved
  | RetentionConfigured
  | ChrootEvent;
