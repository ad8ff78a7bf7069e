import type { EventType } from '../event.ts';
import type { Actor, StreamName } from '../ids.ts';
import type { Refusal } from '../refusal.ts';
import { type Privilege, suffices } from './privilege.ts';

/** Who looks at history: what they may do at this moment, and the names that they go by in it (account, key). */
export type Viewer = { readonly privilege: Privilege; readonly names: ReadonlySet<string> };

export const stranger: Viewer = { privilege: 'none', names: new Set() };

/** What of an event this is about. */
type Seen = { readonly stream: StreamName; readonly actor: Actor; readonly body: { readonly type: string } };

/**
 * An event as `viewer` may see it, or `undefined` where it is none of their business. Staff see everything. Everybody else sees
 * no person and no origin, but for what they did themselves and what their own account is about; and of kinds of events that
 * are not known to be everybody's, nothing.
 */
export const shownTo = <Event extends Seen>(viewer: Viewer, event: Event): Event | undefined => {
  if (suffices(viewer.privilege, 'staff') || isOwn(viewer, event)) return event;
  const { type } = event.body;
  if (!everybodys.has(type)) return undefined;
  return {
    ...event,
    actor: withoutName(event.actor),
    body: impersonal.has(type) ? event.body : (withoutPersons(event.body) as Event['body']),
  };
};

/** What is said of an upload that was refused, as `viewer` may read it: whose key it was is for staff. */
export const refusalShownTo = ({ privilege }: Pick<Viewer, 'privilege'>, { rule, fact, remedy }: Refusal): Refusal =>
  suffices(privilege, 'staff')
    ? { rule, fact, remedy }
    : { rule, fact: withoutNames(fact), remedy: withoutNames(remedy) };

/** The same for all who see the same of any event. */
export const sightOf = ({ privilege, names }: Viewer): string =>
  suffices(privilege, 'staff') ? 'staff' : [...names].sort().join(' ');

const isOwn = ({ names }: Viewer, { stream, actor }: Seen): boolean =>
  names.has(actor.name) || (stream.startsWith('account-') && names.has(stream.slice('account-'.length)));

/** A duty of the daemon is nobody. Who comes from another machine, or sits at this one, is somebody. */
const withoutName = (actor: Actor): Actor =>
  actor.kind === 'duty' || actor.kind === 'anonymous' ? actor : { ...actor, name: '' };

/** What is said of packages, builds and publications. A kind of event that is not here is for staff. */
const everybodys: ReadonlySet<string> = new Set<EventType>([
  'UploadReceived',
  'UploadAccepted',
  'UploadRejected',
  'UploadRetried',
  'BuildRequested',
  'BuildAssigned',
  'BuildStarted',
  'BinariesBuilt',
  'BuildSucceeded',
  'BuildFailed',
  'BuildSkipped',
  'BuildGivenBack',
  'BuildInterrupted',
  'BuildDepWaited',
  'BuildResumed',
  'BuildPrioritised',
  'BuildAdopted',
  'BuildCancelled',
  'VersionReserved',
  'VersionReleased',
  'BinariesInstalled',
  'PackageInstalled',
  'ArchitectureAdded',
  'ArchitectureRefused',
  'BinNmuPlanned',
  'BinNmuScheduled',
  'BinNmuDropped',
  'BinNmuCancelled',
  'BinNmuInstalled',
  'BinNmuRefused',
  'PackageAged',
  'PackageMigrated',
  'PackageRemoved',
  'PackageRestored',
  'PackageClaimed',
  'PackageReleased',
  'ChangePlanned',
  'ChangeCompleted',
  'ChangeAbandoned',
  'FilesLetGo',
  'FilesRemoved',
  'UploadFilesLetGo',
  'UploadFilesRemoved',
  'RetentionConfigured',
  'SnapshotNamed',
  'SnapshotReleased',
  'RepositoryPublished',
  'PublishFailed',
  'ArchiveKeyGenerated',
  'ArchiveKeyRetirementScheduled',
  'ArchiveKeyRetirementCancelled',
  'ArchiveKeyRetired',
  'ArchiveKeyExpirySet',
  'InstanceRestored',
  'RepositoryImported',
  'ImportAbandoned',
  'EngineStarted',
  'EngineStopped',
  'SourceConfigured',
  'SourceRemoved',
  'DistributionRemoved',
  'LayoutRemoved',
  'RepositoryRemoved',
  'ChrootRemoved',
  'DistributionConfigured',
  'LayoutConfigured',
  'RepositoryConfigured',
  'ChrootConfigured',
  'ChrootPrepared',
  'ChrootFailed',
  'ChrootOutdated',
  'ChrootLogKept',
  'ChrootLost',
  'CheckChrootPrepared',
  'CheckChrootFailed',
  'CheckChrootLost',
  'CheckRequested',
  'CheckStarted',
  'CheckPassed',
  'CheckFailed',
  'CheckSkipped',
  'CheckGivenBack',
  'CheckInterrupted',
  'CheckAbandoned',
  'CheckCancelled',
  'LogSealed',
]);

/** The only keys in these are our own. */
const impersonal: ReadonlySet<string> = new Set<EventType>([
  'RepositoryPublished',
  'ArchiveKeyGenerated',
  'ArchiveKeyRetirementScheduled',
  'ArchiveKeyRetirementCancelled',
  'ArchiveKeyRetired',
  'ArchiveKeyExpirySet',
  'LogSealed',
]);

/** Fields that say who somebody is, or who may do what, wherever they stand in an event. */
const personal: ReadonlySet<string> = new Set([
  'account',
  'fingerprint',
  'signature',
  'signedBy',
  'email',
  'notify',
  'uploaderKeyrings',
]);

/** Whether a field of this name is nothing for strangers. */
export const isPersonal = (field: string): boolean => personal.has(field);

const withoutPersons = (value: unknown): unknown => {
  if (typeof value === 'string') return withoutNames(value);
  if (Array.isArray(value)) return value.map(withoutPersons);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, held]) => (isPersonal(name) ? [] : [[name, withoutPersons(held)]])),
  );
};

/** Fingerprints and ids of keys, and addresses, as sentences about refused uploads name them. Addresses are looked for where one can be: that takes long. */
const withoutNames = (text: string): string => {
  const keyless = text.replace(keys, '…');
  return keyless.includes('@') ? keyless.replace(addresses, '…') : keyless;
};

const keys = /\b(?:0x)?[0-9A-F]{16,40}\b/g;
const addresses = /[^\s<>()"',;]{1,64}@[A-Za-z0-9.-]{1,253}/g;
