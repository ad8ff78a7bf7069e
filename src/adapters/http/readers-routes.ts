import { Router } from 'express';
import type { Observable } from 'rxjs';
import type { Caller } from '../../domain/account/caller.ts';
import type { Viewer } from '../../domain/account/viewer.ts';
import type { Api } from '../../ports/api.ts';
import type { BuildLogs } from '../../ports/build-logs.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { type BuiltFile, buildFileRoutes } from './build-file-routes.ts';
import { buildLogRoutes } from './build-log-routes.ts';
import { type BuildPages, buildRoutes } from './build-routes.ts';
import type { CommandParts } from './command-parts.ts';
import { commandRoutes } from './command-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { type Feeds, feedRoutes } from './feed-routes.ts';
import { type HistoryPages, historyRoutes } from './history-routes.ts';
import { homeRoutes } from './home-routes.ts';
import { greetingInstance } from './in-frame.ts';
import type { Limits } from './limits.ts';
import { type ListPages, listRoutes } from './list-routes.ts';
import { type LivePages, livePages } from './live-pages.ts';
import { type LiveParts, liveParts } from './live-parts.ts';
import { logViewRoutes } from './log-view-routes.ts';
import type { ExpandedLogs } from './logs/expanded-logs.ts';
import { openLogs } from './logs/open-logs.ts';
import { manualRoutes } from './manual-routes.ts';
import { type OpenStreams, openStreams } from './open-stream.ts';
import { type PackageLogs, packageLogRoutes } from './package-log-routes.ts';
import { type PackagePages, packageRoutes } from './package-routes.ts';
import type { Pulse } from './pulse.ts';
import { pulses } from './pulses.ts';
import { referenceRoutes } from './reference-routes.ts';
import { type RepositoryPages, repositoryRoutes } from './repository-routes.ts';
import { type SealPages, sealRoutes } from './seal-routes.ts';
import type { ServerParts } from './server-parts.ts';
import { type StatisticsPages, statisticsRoutes } from './statistics-routes.ts';
import { styleRoutes } from './style-routes.ts';
import { type UploadPages, uploadRoutes } from './upload-routes.ts';
import type { HomeModel } from './views/home-model.ts';
import type { Instance } from './views/instance.ts';

/** What everybody may read, and what it is made of. */
export type ReadersParts = BuildLogs & {
  /** Asked for each page, too. */
  readonly instanceName: () => string;
  /** The daemon's own. */
  readonly version: string;
  /** What pages say of the instance beside its name; asked for each. */
  readonly identity: () => Pick<Instance, 'fingerprint' | 'origin'>;
  readonly api: Api;
  readonly viewer: (caller: Caller) => Viewer;
  readonly log: EventLog;
  readonly files: FileStore;
  /** Stored logs that somebody looks into. */
  readonly expanded: ExpandedLogs;
  readonly packageLogs: PackageLogs;
  readonly feeds: Feeds;
  readonly packages: PackagePages;
  readonly repository: RepositoryPages;
  readonly history: HistoryPages;
  readonly seals: SealPages;
  readonly build: BuildPages;
  readonly builtFile: BuiltFile;
  readonly upload: UploadPages;
  readonly lists: ListPages;
  readonly statistics: StatisticsPages;
  readonly home: () => HomeModel;
  /** Fires when the log grew and the state with it, once or more for any number of events. */
  readonly changes$: Observable<unknown>;
  /** When one source package reads otherwise. */
  readonly touched: (source: string) => Observable<unknown>;
};

/** How a server meets those who ask: who they are, and what keeps fresh what they look at. */
export type FrontDoor = CommandParts &
  Pick<Limits, 'heartbeat'> & {
    readonly home: LiveParts;
    readonly live: LivePages;
    readonly changes: Pulse;
    readonly open: OpenStreams;
    /** For a past state, before its page says that it is on its way. Milliseconds. */
    readonly patience: number;
  };

/** `closing` ends what is followed. */
export const frontDoor = (
  parts: ReadersParts & Pick<ServerParts, 'journal'>,
  limits: Limits,
  changes: Pulse,
  closing: AbortSignal,
  who: Pick<CommandParts, 'visitor' | 'pace' | 'ran'>,
): FrontDoor => {
  const { api, version, viewer, journal } = parts;
  const open = openStreams(limits, closing);
  return {
    ...who,
    api,
    version,
    instance: greetingInstance(parts),
    bodyBytes: limits.bodyBytes,
    turnedAway: (rule, from) => journal.warn({ rule, from }, 'turned away'),
    home: liveParts(parts.home, changes.count),
    live: livePages({ visitor: who.visitor, viewer, changes, open }),
    changes,
    open,
    heartbeat: limits.heartbeat,
    patience: limits.lookBack,
  };
};

/** What readers ask for, of the archive and of its replicas alike. What is not known here is left to the next. */
export const readersRoutes = (parts: ReadersParts, door: FrontDoor): Router => {
  const { api, files, log, viewer } = parts;
  const { instance, open } = door;
  const logs = openLogs(parts, files, parts.expanded);
  const touched = pulses(parts.touched);
  return Router().use(
    homeRoutes({ ...door, parts: door.home }),
    commandRoutes(door),
    referenceRoutes(api, instance),
    eventRoutes({ ...door, log, viewer, names: parts.history.names }),
    buildLogRoutes(parts, logs, files, open),
    logViewRoutes(instance, logs, open, parts.build),
    packageRoutes({ ...door, packages: parts.packages, touched }),
    repositoryRoutes({ ...door, pages: parts.repository }),
    historyRoutes({ ...door, viewer, history: parts.history }),
    sealRoutes(instance, parts.seals),
    listRoutes({ ...door, lists: parts.lists }),
    buildRoutes({ ...door, build: parts.build, logs }),
    buildFileRoutes(parts.builtFile, files),
    uploadRoutes({ ...door, files, upload: parts.upload, touched }),
    statisticsRoutes({ ...door, statistics: parts.statistics }),
    styleRoutes(instance),
    manualRoutes(instance),
    packageLogRoutes(parts.packageLogs, files),
    feedRoutes(parts.feeds),
  );
};
