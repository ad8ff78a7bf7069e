import type { DaemonEvent } from './event.ts';

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
    case 'BinNmuInstalled':
    case 'BinNmuRefused':
    case 'BinNmuScheduled':
    case 'BinNmuDropped':
    case 'PackageAged':
    case 'PackageRemoved':
    case 'PackageRestored':
      return { package: event.source, distribution: event.distribution };
    case 'PackageMigrated':
    case 'PortRequested':
    case 'PortOvertaken':
    case 'PortOutdated':
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
    case 'BinNmuPlanned':
    case 'BinNmuCancelled':
      return { distribution: event.distribution };
    default:
      return {};
  }
};
