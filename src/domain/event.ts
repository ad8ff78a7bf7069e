import * as t from 'io-ts';
import * as account from './account/events.ts';
import * as archive from './archive/events.ts';
import { retiredArchive } from './archive/retired.ts';
import * as archiveKey from './archive-key/events.ts';
import * as backup from './backup/events.ts';
import * as binNmu from './binnmu/events.ts';
import * as build from './build/events.ts';
import { retiredBuilds } from './build/retired.ts';
import * as buildrequest from './buildrequest/events.ts';
import * as change from './change/events.ts';
import * as check from './check/events.ts';
import { decodeOrThrow } from './codec.ts';
import * as chroot from './configuration/chroot-events.ts';
import * as configuration from './configuration/events.ts';
import { retiredConfiguration } from './configuration/retired.ts';
import { ExpiryAnnounced } from './expiry/events.ts';
import { ImportAbandoned, RepositoryImported } from './import/events.ts';
import * as lease from './lease/events.ts';
import * as node from './node/events.ts';
import * as notification from './notification/events.ts';
import * as port from './port/events.ts';
import * as remote from './remote/events.ts';
import { retiredRemotes } from './remote/retired.ts';
import * as retention from './retention/events.ts';
import type { Retired } from './retired.ts';
import { LogSealed } from './seal/events.ts';
import * as upload from './upload/events.ts';
import { retiredUploads } from './upload/retired.ts';
import * as webhook from './webhook/events.ts';

export type DaemonEvent =
  | upload.UploadEvent
  | build.BuildEvent
  | buildrequest.BuildrequestEvent
  | archive.PackageEvent
  | archive.PublicationEvent
  | check.CheckEvent
  | change.ChangeEvent
  | binNmu.BinNmuEvent
  | port.PortEvent
  | retention.SnapshotEvent
  | retention.WithdrawalEvent
  | configuration.ConfigurationEvent
  | remote.RemoteEvent
  | archiveKey.ArchiveKeyEvent
  | account.AccountEvent
  | notification.NotificationEvent
  | webhook.WebhookEvent
  | lease.LeaseEvent
  | backup.InstanceRestored
  | node.NodeEvent
  | RepositoryImported
  | ImportAbandoned
  | ExpiryAnnounced
  | LogSealed;

export type EventType = DaemonEvent['type'];

/** Every event there is, by its type: the one place that knows them all. */
export const eventCodecs: { readonly [K in EventType]: t.Type<Extract<DaemonEvent, { type: K }>, unknown> } = {
  UploadReceived: upload.UploadReceived,
  UploadAccepted: upload.UploadAccepted,
  UploadRejected: upload.UploadRejected,
  UploadRetried: upload.UploadRetried,
  UploadFilesLetGo: upload.UploadFilesLetGo,
  UploadFilesRemoved: upload.UploadFilesRemoved,
  BuildRequested: build.BuildRequested,
  BuildAssigned: build.BuildAssigned,
  BuildStarted: build.BuildStarted,
  BinariesBuilt: build.BinariesBuilt,
  BuildSucceeded: build.BuildSucceeded,
  BuildFailed: build.BuildFailed,
  BuildSkipped: build.BuildSkipped,
  BuildGivenBack: build.BuildGivenBack,
  BuildInterrupted: build.BuildInterrupted,
  BuildDepWaited: build.BuildDepWaited,
  BuildResumed: build.BuildResumed,
  BuildPrioritised: build.BuildPrioritised,
  BuildAdopted: build.BuildAdopted,
  BuildDispatched: build.BuildDispatched,
  BuildresultReceived: build.BuildresultReceived,
  BuildWithdrawn: build.BuildWithdrawn,
  BuildCancelled: build.BuildCancelled,
  BuildrequestReceived: buildrequest.BuildrequestReceived,
  BuildrequestDeclined: buildrequest.BuildrequestDeclined,
  BuildrequestStarted: buildrequest.BuildrequestStarted,
  BuildrequestInterrupted: buildrequest.BuildrequestInterrupted,
  BuildresultMade: buildrequest.BuildresultMade,
  BuildresultSent: buildrequest.BuildresultSent,
  BuildrequestCancelled: buildrequest.BuildrequestCancelled,
  VersionReserved: archive.VersionReserved,
  VersionReleased: archive.VersionReleased,
  BinariesInstalled: archive.BinariesInstalled,
  PackageInstalled: archive.PackageInstalled,
  ArchitectureAdded: archive.ArchitectureAdded,
  ArchitectureRefused: archive.ArchitectureRefused,
  BinNmuInstalled: archive.BinNmuInstalled,
  BinNmuRefused: archive.BinNmuRefused,
  PackageAged: archive.PackageAged,
  PackageMigrated: archive.PackageMigrated,
  PackageRemoved: archive.PackageRemoved,
  PackageRestored: archive.PackageRestored,
  PackageClaimed: archive.PackageClaimed,
  PackageReleased: archive.PackageReleased,
  FilesLetGo: retention.FilesLetGo,
  FilesRemoved: retention.FilesRemoved,
  ChangePlanned: change.ChangePlanned,
  ChangeCompleted: change.ChangeCompleted,
  ChangeAbandoned: change.ChangeAbandoned,
  BinNmuPlanned: binNmu.BinNmuPlanned,
  BinNmuScheduled: binNmu.BinNmuScheduled,
  BinNmuDropped: binNmu.BinNmuDropped,
  BinNmuCancelled: binNmu.BinNmuCancelled,
  RepositoryPublished: archive.RepositoryPublished,
  PublishFailed: archive.PublishFailed,
  PortRequested: port.PortRequested,
  PortUploaded: port.PortUploaded,
  PortMigrated: port.PortMigrated,
  PortOvertaken: port.PortOvertaken,
  PortOutdated: port.PortOutdated,
  PortFailed: port.PortFailed,
  RetentionConfigured: retention.RetentionConfigured,
  SnapshotNamed: retention.SnapshotNamed,
  SnapshotReleased: retention.SnapshotReleased,
  FileWithdrawn: retention.FileWithdrawn,
  WithdrawnFileRemoved: retention.WithdrawnFileRemoved,
  InstanceConfigured: configuration.InstanceConfigured,
  ArchiveKeyGenerated: archiveKey.ArchiveKeyGenerated,
  ArchiveKeyRetirementScheduled: archiveKey.ArchiveKeyRetirementScheduled,
  ArchiveKeyRetirementCancelled: archiveKey.ArchiveKeyRetirementCancelled,
  ArchiveKeyRetired: archiveKey.ArchiveKeyRetired,
  ArchiveKeyExpirySet: archiveKey.ArchiveKeyExpirySet,
  InstanceRestored: backup.InstanceRestored,
  EngineStarted: configuration.EngineStarted,
  EngineStopped: configuration.EngineStopped,
  SourceConfigured: configuration.SourceConfigured,
  SourceRemoved: configuration.SourceRemoved,
  SourceChecked: configuration.SourceChecked,
  SourceCheckFailed: configuration.SourceCheckFailed,
  SourceCheckRequested: configuration.SourceCheckRequested,
  DistributionConfigured: configuration.DistributionConfigured,
  DistributionRemoved: configuration.DistributionRemoved,
  LayoutConfigured: configuration.LayoutConfigured,
  LayoutRemoved: configuration.LayoutRemoved,
  RepositoryConfigured: configuration.RepositoryConfigured,
  RepositoryRemoved: configuration.RepositoryRemoved,
  RemoteConfigured: configuration.RemoteConfigured,
  RemoteRemoved: configuration.RemoteRemoved,
  RemoteIntroduced: remote.RemoteIntroduced,
  RemoteIntroductionRefused: remote.RemoteIntroductionRefused,
  RemoteIntroductionDismissed: remote.RemoteIntroductionDismissed,
  RemoteActivated: remote.RemoteActivated,
  RemoteDeactivated: remote.RemoteDeactivated,
  RemoteFound: remote.RemoteFound,
  RemoteLost: remote.RemoteLost,
  RemoteUploadRefused: remote.RemoteUploadRefused,
  RemoteWoken: remote.RemoteWoken,
  ChrootConfigured: chroot.ChrootConfigured,
  ChrootRemoved: chroot.ChrootRemoved,
  ChrootPrepared: chroot.ChrootPrepared,
  ChrootFailed: chroot.ChrootFailed,
  ChrootOutdated: chroot.ChrootOutdated,
  ChrootLogKept: chroot.ChrootLogKept,
  ChrootLost: chroot.ChrootLost,
  CheckChrootPrepared: chroot.CheckChrootPrepared,
  CheckChrootFailed: chroot.CheckChrootFailed,
  CheckChrootLost: chroot.CheckChrootLost,
  CheckRequested: check.CheckRequested,
  CheckStarted: check.CheckStarted,
  CheckPassed: check.CheckPassed,
  CheckFailed: check.CheckFailed,
  CheckSkipped: check.CheckSkipped,
  CheckGivenBack: check.CheckGivenBack,
  CheckInterrupted: check.CheckInterrupted,
  CheckAbandoned: check.CheckAbandoned,
  CheckCancelled: check.CheckCancelled,
  AccountRegistered: account.AccountRegistered,
  AccountActivated: account.AccountActivated,
  RoleChanged: account.RoleChanged,
  AccountDisabled: account.AccountDisabled,
  AccountEnabled: account.AccountEnabled,
  TokenIssued: account.TokenIssued,
  TokenRevoked: account.TokenRevoked,
  PasswordRenewed: account.PasswordRenewed,
  UploaderKeySubmitted: account.UploaderKeySubmitted,
  UploaderApproved: account.UploaderApproved,
  UploaderRevoked: account.UploaderRevoked,
  SubscriptionAdded: account.SubscriptionAdded,
  SubscriptionRemoved: account.SubscriptionRemoved,
  PersonErased: account.PersonErased,
  WebhookAdded: webhook.WebhookAdded,
  WebhookRemoved: webhook.WebhookRemoved,
  NotificationSent: notification.NotificationSent,
  NotificationSkipped: notification.NotificationSkipped,
  NotificationDelayed: notification.NotificationDelayed,
  NotificationFailed: notification.NotificationFailed,
  ArchiveLeaseTaken: lease.ArchiveLeaseTaken,
  ArchiveLeaseReleased: lease.ArchiveLeaseReleased,
  ArchiveRelocated: lease.ArchiveRelocated,
  NodeAdded: node.NodeAdded,
  StandbyAdded: node.StandbyAdded,
  NodeRemoved: node.NodeRemoved,
  NodeStarted: node.NodeStarted,
  NodeStopped: node.NodeStopped,
  NodeChrootPrepared: node.NodeChrootPrepared,
  NodeChrootFailed: node.NodeChrootFailed,
  NodeChrootLost: node.NodeChrootLost,
  NodeDiskFilled: node.NodeDiskFilled,
  NodeDiskFreed: node.NodeDiskFreed,
  RepositoryImported,
  ImportAbandoned,
  ExpiryAnnounced,
  LogSealed,
};

const [first, second, ...others] = Object.values(eventCodecs) as unknown as readonly t.Mixed[];

/** What an event says, whichever it is. */
export const EventBody = t.union([first as t.Mixed, second as t.Mixed, ...others], 'EventBody');

const typeOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'type' in body ? String(body.type) : '';

const codecs: ReadonlyMap<string, Codec> = new Map(Object.entries(eventCodecs));

type Codec = Pick<t.Type<DaemonEvent, unknown>, 'is'> & t.Decoder<unknown, DaemonEvent>;

/** Shapes that were written once, by the type of their event. */
const retired: ReadonlyMap<string, readonly Retired[]> = Map.groupBy(
  [...retiredConfiguration, ...retiredArchive, ...retiredUploads, ...retiredBuilds, ...retiredRemotes],
  ({ type }) => type,
);

/**
 * A body as the log gave it back, in today's shape. Throws, naming `where`, when no codec knows it: then the log is not ours
 * to read.
 */
export const decodeEvent = (body: unknown, where: string): DaemonEvent => {
  const codec = codecs.get(typeOf(body));
  if (codec === undefined) throw new Error(`${where} holds an event of unknown type "${typeOf(body)}"`);
  // A replay meets a million events that are as they should be: only another one is worth a report of what is wrong.
  if (codec.is(body)) return body;
  const today = retired
    .get(typeOf(body))
    ?.find(({ was }) => was.is(body))
    ?.today(body);
  return decodeOrThrow(codec, today ?? body, where);
};
