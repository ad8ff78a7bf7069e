import type { DaemonEvent } from './event.ts';
import { expiringKey } from './expiry/expiry.ts';
import type { StreamName } from './ids.ts';

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
    case 'BinNmuInstalled':
    case 'BinNmuRefused':
    case 'PackageAged':
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
    case 'BinNmuPlanned':
    case 'BinNmuScheduled':
    case 'BinNmuDropped':
    case 'BinNmuCancelled':
      return binNmuStream(event.binNmu);
    case 'PortRequested':
    case 'PortUploaded':
    case 'PortMigrated':
    case 'PortOvertaken':
    case 'PortOutdated':
    case 'PortFailed':
      return portStream(event.port);
    case 'RepositoryConfigured':
    case 'RetentionConfigured':
    case 'RepositoryRemoved':
    case 'RepositoryPublished':
    case 'PublishFailed':
    case 'RepositoryImported':
    case 'ImportAbandoned':
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
    case 'ArchiveKeyExpirySet':
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
    case 'ArchiveRelocated':
      return archiveLeaseStream;
    case 'NodeAdded':
    case 'StandbyAdded':
    case 'NodeRemoved':
    case 'NodeStarted':
    case 'NodeStopped':
    case 'NodeChrootPrepared':
    case 'NodeChrootFailed':
    case 'NodeChrootLost':
    case 'NodeDiskFilled':
    case 'NodeDiskFreed':
      return nodeStream(event.node);
    case 'ExpiryAnnounced':
      return `expiry-${expiringKey(event.what).replace(/[^A-Za-z0-9-]/g, '_')}` as StreamName;
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
export const binNmuStream = (id: string): StreamName => `binnmu-${id}` as StreamName;
export const changeStream = (id: string): StreamName => `change-${id}` as StreamName;
export const snapshotStream = (repository: string, label: string): StreamName =>
  `snapshot-${repository}-${label}` as StreamName;
export const fileStream = (sha256: string): StreamName => `file-${sha256}` as StreamName;
export const nodeStream = (node: string): StreamName => `node-${node}` as StreamName;
export const archiveLeaseStream = 'lease-archive' as StreamName;
export const sealStream = (seal: number): StreamName => `seal-${seal}` as StreamName;
export const packageStream = (repository: string, source: string): StreamName =>
  `package-${repository}-${source}` as StreamName;
