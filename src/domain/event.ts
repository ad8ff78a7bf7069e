import type * as t from 'io-ts';
import * as account from './account/events.ts';
import * as archive from './archive/events.ts';
import { retiredArchive } from './archive/retired.ts';
import * as archiveKey from './archive-key/events.ts';
import * as backup from './backup/events.ts';
import * as build from './build/events.ts';
import { retiredBuilds } from './build/retired.ts';
import * as buildrequest from './buildrequest/events.ts';
import * as change from './change/events.ts';
import * as check from './check/events.ts';
import { decodeOrThrow } from './codec.ts';
import * as configuration from './configuration/events.ts';
import { retiredConfiguration } from './configuration/retired.ts';
import type { StreamName } from './ids.ts';
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
  RepositoryPublished: archive.RepositoryPublished,
  PublishFailed: archive.PublishFailed,
  PortRequested: port.PortRequested,
  PortUploaded: port.PortUploaded,
  PortMigrated: port.PortMigrated,
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
  ChrootConfigured: configuration.ChrootConfigured,
  ChrootRemoved: configuration.ChrootRemoved,
  ChrootPrepared: configuration.ChrootPrepared,
  ChrootFailed: configuration.ChrootFailed,
  ChrootOutdated: configuration.ChrootOutdated,
  ChrootLogKept: configuration.ChrootLogKept,
  ChrootLost: configuration.ChrootLost,
  CheckChrootPrepared: configuration.CheckChrootPrepared,
  CheckChrootFailed: configuration.CheckChrootFailed,
  CheckChrootLost: configuration.CheckChrootLost,
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
  NodeAdded: node.NodeAdded,
  NodeRemoved: node.NodeRemoved,
  NodeStarted: node.NodeStarted,
  NodeStopped: node.NodeStopped,
  NodeChrootPrepared: node.NodeChrootPrepared,
  NodeChrootFailed: node.NodeChrootFailed,
  NodeChrootLost: node.NodeChrootLost,
  LogSealed,
};

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

/** The stream an event belongs to. */
export const streamOf = (event: DaemonEvent): StreamName => {
  switch (event.type) {
    case 'UploadReceived':
    case 'UploadAccepted':
    case 'UploadRejected':
    case 'UploadRetried':
    case 'UploadFilesLetGo':
    case 'UploadFilesRemoved':
      return uploadStream(event.upload);
    case 'BuildRequested':
    case 'BuildAssigned':
    case 'BuildStarted':
    case 'BinariesBuilt':
    case 'BuildSucceeded':
    case 'BuildFailed':
    case 'BuildSkipped':
    case 'BuildGivenBack':
    case 'BuildInterrupted':
    case 'BuildDepWaited':
    case 'BuildResumed':
    case 'BuildPrioritised':
    case 'BuildAdopted':
    case 'BuildDispatched':
    case 'BuildresultReceived':
    case 'BuildWithdrawn':
    case 'BuildCancelled':
      return `build-${event.build}` as StreamName;
    case 'BuildrequestReceived':
    case 'BuildrequestDeclined':
    case 'BuildrequestStarted':
    case 'BuildrequestInterrupted':
    case 'BuildresultMade':
    case 'BuildresultSent':
    case 'BuildrequestCancelled':
      return buildrequestStream(event.request);
    case 'CheckRequested':
    case 'CheckStarted':
    case 'CheckPassed':
    case 'CheckFailed':
    case 'CheckSkipped':
    case 'CheckGivenBack':
    case 'CheckInterrupted':
    case 'CheckAbandoned':
    case 'CheckCancelled':
      return checkStream(event.check);
    case 'VersionReserved':
    case 'VersionReleased':
    case 'BinariesInstalled':
    case 'PackageInstalled':
    case 'ArchitectureAdded':
    case 'ArchitectureRefused':
    case 'PackageMigrated':
    case 'PackageRemoved':
    case 'PackageRestored':
    case 'PackageClaimed':
    case 'PackageReleased':
    case 'FilesLetGo':
    case 'FilesRemoved':
      return packageStream(event.repository, event.source);
    case 'ChangePlanned':
    case 'ChangeCompleted':
    case 'ChangeAbandoned':
      return changeStream(event.change);
    case 'PortRequested':
    case 'PortUploaded':
    case 'PortMigrated':
    case 'PortFailed':
      return portStream(event.port);
    case 'RepositoryConfigured':
    case 'RetentionConfigured':
    case 'RepositoryRemoved':
    case 'RepositoryPublished':
    case 'PublishFailed':
      return repositoryStream(event.repository);
    case 'SnapshotNamed':
    case 'SnapshotReleased':
      return snapshotStream(event.repository, event.label);
    case 'FileWithdrawn':
    case 'WithdrawnFileRemoved':
      return fileStream(event.sha256);
    case 'InstanceConfigured':
    case 'ArchiveKeyGenerated':
    case 'ArchiveKeyRetirementScheduled':
    case 'ArchiveKeyRetirementCancelled':
    case 'ArchiveKeyRetired':
    case 'InstanceRestored':
    case 'EngineStarted':
    case 'EngineStopped':
      return instanceStream;
    case 'SourceConfigured':
    case 'SourceRemoved':
    case 'SourceChecked':
    case 'SourceCheckFailed':
    case 'SourceCheckRequested':
      return `source-${event.id}` as StreamName;
    case 'DistributionConfigured':
    case 'DistributionRemoved':
      return `distribution-${event.codename}` as StreamName;
    case 'LayoutConfigured':
    case 'LayoutRemoved':
      return `layout-${streamWord(event.layout)}` as StreamName;
    case 'RemoteConfigured':
    case 'RemoteRemoved':
    case 'RemoteIntroduced':
    case 'RemoteIntroductionRefused':
    case 'RemoteIntroductionDismissed':
    case 'RemoteActivated':
    case 'RemoteDeactivated':
    case 'RemoteFound':
    case 'RemoteLost':
    case 'RemoteUploadRefused':
    case 'RemoteWoken':
      return `remote-${event.remote}` as StreamName;
    case 'ChrootConfigured':
    case 'ChrootRemoved':
    case 'ChrootPrepared':
    case 'ChrootFailed':
    case 'ChrootOutdated':
    case 'ChrootLogKept':
    case 'ChrootLost':
    case 'CheckChrootPrepared':
    case 'CheckChrootFailed':
    case 'CheckChrootLost':
      return `chroot-${event.codename}-${event.architecture}` as StreamName;
    case 'AccountRegistered':
    case 'AccountActivated':
    case 'RoleChanged':
    case 'AccountDisabled':
    case 'AccountEnabled':
    case 'TokenIssued':
    case 'TokenRevoked':
    case 'PasswordRenewed':
    case 'UploaderKeySubmitted':
    case 'UploaderApproved':
    case 'UploaderRevoked':
    case 'SubscriptionAdded':
    case 'SubscriptionRemoved':
    case 'PersonErased':
      return accountStream(event.account);
    case 'WebhookAdded':
    case 'WebhookRemoved':
      return `webhook-${event.webhook}` as StreamName;
    case 'NotificationSent':
    case 'NotificationSkipped':
    case 'NotificationDelayed':
    case 'NotificationFailed':
      return `notification-${event.about}` as StreamName;
    case 'ArchiveLeaseTaken':
    case 'ArchiveLeaseReleased':
      return archiveLeaseStream;
    case 'NodeAdded':
    case 'NodeRemoved':
    case 'NodeStarted':
    case 'NodeStopped':
    case 'NodeChrootPrepared':
    case 'NodeChrootFailed':
    case 'NodeChrootLost':
      return nodeStream(event.node);
    case 'LogSealed':
      return sealStream(event.seal);
  }
};

/** Names of layouts are free text: what a stream's name cannot hold is written as its code, so that no two meet. */
const streamWord = (text: string): string =>
  text.replace(/[^A-Za-z0-9]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`);

export const instanceStream = 'instance' as StreamName;
export const accountStream = (id: string): StreamName => `account-${id}` as StreamName;
export const uploadStream = (id: string): StreamName => `upload-${id}` as StreamName;
export const repositoryStream = (id: string): StreamName => `repository-${id}` as StreamName;
export const buildrequestStream = (sha256: string): StreamName => `buildrequest-${sha256}` as StreamName;
export const checkStream = (id: string): StreamName => `check-${id}` as StreamName;
export const portStream = (id: string): StreamName => `port-${id}` as StreamName;
export const changeStream = (id: string): StreamName => `change-${id}` as StreamName;
export const snapshotStream = (repository: string, label: string): StreamName =>
  `snapshot-${repository}-${label}` as StreamName;
export const fileStream = (sha256: string): StreamName => `file-${sha256}` as StreamName;
export const nodeStream = (node: string): StreamName => `node-${node}` as StreamName;
export const archiveLeaseStream = 'lease-archive' as StreamName;
export const sealStream = (seal: number): StreamName => `seal-${seal}` as StreamName;
export const packageStream = (repository: string, source: string): StreamName =>
  `package-${repository}-${source}` as StreamName;

/** What history is searched by, besides stream, type, actor and time. */
export type Subject = { readonly package?: string; readonly distribution?: string };

export const subjectOf = (event: DaemonEvent): Subject => {
  switch (event.type) {
    case 'UploadReceived':
      return event.facts === null
        ? {}
        : { package: event.facts.source, distribution: event.facts.distribution.slice(0, 100) };
    case 'UploadAccepted':
    case 'BuildRequested':
    case 'BuildrequestReceived':
    case 'CheckRequested':
    case 'VersionReserved':
    case 'PackageInstalled':
    case 'PackageRemoved':
    case 'PackageRestored':
      return { package: event.source, distribution: event.distribution };
    case 'PackageMigrated':
    case 'PortRequested':
      return { package: event.source, distribution: event.to };
    case 'VersionReleased':
    case 'BinariesInstalled':
    case 'FilesLetGo':
    case 'FilesRemoved':
    case 'PackageClaimed':
    case 'PackageReleased':
    case 'ArchitectureAdded':
    case 'ArchitectureRefused':
      return { package: event.source };
    default:
      return {};
  }
};
