import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Observable } from 'rxjs';
import type { Caller } from '../../domain/account/caller.ts';
import type { Viewer } from '../../domain/account/viewer.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { Actor } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import type { Api } from '../../ports/api.ts';
import type { BuildLogs } from '../../ports/build-logs.ts';
import type { Certificate } from '../../ports/certificate.ts';
import type { Enrolment } from '../../ports/enrolment.ts';
import type { EventLog, LogState } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { IncomingDoor } from '../../ports/incoming.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { StandbyAway } from '../../ports/standby.ts';
import { accountRoutes } from './account-routes.ts';
import type { Administration } from './administration.ts';
import { administrationRoutes } from './administration-routes.ts';
import { arrivingRoutes } from './arriving-routes.ts';
import { assetRoutes } from './assets.ts';
import { type BuiltFile, buildFileRoutes } from './build-file-routes.ts';
import { buildLogRoutes } from './build-log-routes.ts';
import { type BuildPages, buildRoutes } from './build-routes.ts';
import { noteClient, type Proxies } from './client-address.ts';
import { commandPageRoutes } from './command-page-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { enrolmentRoutes } from './enrolment-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { type Feeds, feedRoutes } from './feed-routes.ts';
import { sendPage } from './form-body.ts';
import { healthRoutes } from './health-routes.ts';
import { type HistoryPages, historyRoutes } from './history-routes.ts';
import { homeRoutes } from './home-routes.ts';
import { greetingInstance, inFrame } from './in-frame.ts';
import { incomingRoutes, isUpload } from './incoming-routes.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type ListPages, listRoutes } from './list-routes.ts';
import { type HttpEndpoint, type Listening, listenAt } from './listening.ts';
import { livePages } from './live-pages.ts';
import { liveParts } from './live-parts.ts';
import { logViewRoutes } from './log-view-routes.ts';
import { loginBehind } from './login-behind.ts';
import type { ExpandedLogs } from './logs/expanded-logs.ts';
import { openLogs } from './logs/open-logs.ts';
import { manualRoutes } from './manual-routes.ts';
import { type Metrics, type MetricsHooks, metrics } from './metrics.ts';
import { isDelivery, type NodeParts, nodeRoutes } from './node-routes.ts';
import { openStreams } from './open-stream.ts';
import { type PackageLogs, packageLogRoutes } from './package-log-routes.ts';
import { type PackagePages, packageRoutes } from './package-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { sendProblem } from './problem.ts';
import { progressRoutes } from './progress-routes.ts';
import { type PublishedRoots, publishedTree } from './published-tree.ts';
import { type Pulse, pulse } from './pulse.ts';
import { pulses } from './pulses.ts';
import { referenceRoutes } from './reference-routes.ts';
import { type RepositoryPages, repositoryRoutes } from './repository-routes.ts';
import { type Route, routesOf } from './routes-of.ts';
import { type SealPages, sealRoutes } from './seal-routes.ts';
import { sessionCookie } from './session-cookie.ts';
import { snapshotTree } from './snapshot-tree.ts';
import { type StatisticsPages, statisticsRoutes } from './statistics-routes.ts';
import { type UploadPages, uploadRoutes } from './upload-routes.ts';
import type { HomeModel, WorkModel } from './views/home-model.ts';
import type { VerdictModel } from './views/incoming-page.ts';
import type { Instance } from './views/instance.ts';
import { stylePage } from './views/style-page.ts';
import { visitors } from './visitor.ts';
import { welcomeRoutes } from './welcome-routes.ts';

export type HttpParts = BuildLogs & {
  readonly endpoints: readonly HttpEndpoint[];
  /** For those endpoints that speak TLS. */
  readonly certificate: Certificate | undefined;
  /** Those in front of us; whoever else says for whom he asks is not believed. */
  readonly proxies: Proxies;
  /** Asked for each page, too. */
  readonly instanceName: () => string;
  /** The daemon's own. */
  readonly version: string;
  /** What pages say of the instance beside its name; asked for each. */
  readonly identity: () => Pick<Instance, 'fingerprint' | 'origin'>;
  readonly api: Api;
  readonly access: Access;
  readonly enrolment: Enrolment;
  readonly administration: Administration;
  readonly viewer: (caller: Caller) => Viewer;
  readonly log: EventLog;
  readonly repositories: PublishedRoots;
  readonly snapshots: Snapshots;
  readonly files: FileStore;
  /** Stored logs that somebody looks into. */
  readonly expanded: ExpandedLogs;
  readonly incoming: IncomingDoor;
  readonly nodes: NodeParts;
  /** What became of the upload whose `.changes` has these bytes. */
  readonly verdict: (changes: Sha256) => VerdictModel | undefined;
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
  /** Uploads on their way; by their names for who may know them. */
  readonly arriving: (mayKnowNames: boolean) => readonly WorkModel[];
  /** Fires when the log grew and the state with it, once or more for any number of events. */
  readonly changes$: Observable<unknown>;
  /** When one source package reads otherwise. */
  readonly touched: (source: string) => Observable<unknown>;
  /** `true`, or why uploads are not taken yet. */
  readonly ready: () => true | string;
  readonly metrics: MetricsHooks;
  readonly journal: Logger;
  readonly limits?: Partial<Limits>;
};

/** Its `close` also ends live streams; `routes` are those of pages, API and feeds. */
export type HttpServer = Listening & { readonly routes: readonly Route[] };

/** The web side of the daemon: what apt reads, the API, the event feed and the pages. Rejects when it cannot listen. */
export const httpServer = async (parts: HttpParts): Promise<HttpServer> => {
  const limits = { ...defaultLimits, ...parts.limits };
  const closing = new AbortController();
  const changes = pulse(parts.changes$);
  const measured = metrics(parts.metrics);
  try {
    const app = application(parts, limits, changes, measured, closing.signal);
    const { ports, close } = await listenAt(parts.endpoints, parts.certificate, limits, {
      proxies: parts.proxies,
      respond: respond(parts, limits, measured, app),
    });
    return {
      ports,
      routes: routesOf(app),
      close: async () => {
        closing.abort();
        changes.stop();
        await close();
        measured.stop();
      },
    };
  } catch (error) {
    changes.stop();
    measured.stop();
    throw error;
  }
};

/** Everything but the published tree goes through express; apt's road is short. */
const respond = (parts: HttpParts, limits: Limits, measured: Metrics, app: Express) => {
  const tree = publishedTree(parts.repositories);
  const past = snapshotTree(parts.snapshots, parts.files);
  const frame = inFrame(greetingInstance(parts), loginsOf(parts));
  return (req: IncomingMessage, res: ServerResponse): void => {
    noteClient(req, parts.proxies);
    const isTree = /^\/repositories(?:[/?]|$)/.test(req.url ?? '');
    const isPast = /^\/snapshots(?:[/?]|$)/.test(req.url ?? '');
    const area = isTree ? 'repositories' : isPast ? 'snapshots' : areaOf(req.url ?? '');
    res.once('finish', () => measured.answered(area, res.statusCode));
    res.on('error', () => undefined);
    frame(req, () => {
      boundBody(req, res, limits.request);
      if (isDisguised(req)) refuseCoding(req, res);
      else if (isTree) tree(req, res);
      else if (isPast) past(req, res);
      else app(req, res);
    });
  };
};

/** Whose session a browser shows. Whoever shows who they are in another way is no matter of a page's head. */
const loginsOf = ({ access, instanceName }: HttpParts) => {
  const cookie = sessionCookie(instanceName);
  return (req: IncomingMessage) => {
    if (req.headers.authorization !== undefined) return 'unsaid';
    const session = cookie.read(req);
    return session === undefined ? 'stranger' : loginBehind(access, session);
  };
};

/** A coding that only sounds like `chunked` ends a request elsewhere for us than for a proxy before us (RFC 9112 §6.3). */
export const isDisguised = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined && headers['transfer-encoding'].toLowerCase() !== 'chunked';

export const refuseCoding = (req: IncomingMessage, res: ServerResponse): void => {
  res.setHeader('Connection', 'close');
  sendProblem(req, res, 400, [
    refusal('transfer-coding', 'the request is framed by a transfer coding we do not know', 'send it whole or chunked'),
  ]);
};

export const areaOf = (url: string): string =>
  /^\/(?:mini_buildd\/)?(api|events|feeds|live|builds|log|assets|upload|metrics|healthz|readyz)\b/.exec(url)?.[1] ??
  'pages';

const application = (
  parts: HttpParts,
  limits: Limits,
  changes: Pulse,
  measured: Metrics,
  closing: AbortSignal,
): Express => {
  const { api, access, log, files, instanceName, version, journal } = parts;
  const cookie = sessionCookie(instanceName);
  const instance = greetingInstance(parts);
  const atTheDoor = {
    instance,
    bodyBytes: limits.bodyBytes,
    visitor: visitors(access, cookie),
    turnedAway: (rule: string, from: string): void => journal.warn({ rule, from }, 'turned away'),
  };
  const open = openStreams(limits, closing);
  const app = express();
  app.disable('x-powered-by');
  app.use(safeHeaders);
  app.use(assetRoutes());
  app.use(nodeRoutes(parts.nodes, files));
  const home = liveParts(parts.home, changes.count);
  const live = livePages({ ...atTheDoor, viewer: parts.viewer, changes, open });
  const touched = pulses(parts.touched);
  app.use(homeRoutes({ ...atTheDoor, parts: home, changes, open, heartbeat: limits.heartbeat }));
  const ran = (command: string, caller: Actor): void => journal.info({ command, caller }, 'command');
  const commands = { ...atTheDoor, pace: access.paced, api, version, ran };
  app.use(commandRoutes(commands));
  app.use(commandPageRoutes(commands));
  app.use(referenceRoutes(api, instance));
  app.use(progressRoutes({ api, instance, changes, open, heartbeat: limits.heartbeat }));
  app.use(accountRoutes({ ...atTheDoor, access, cookie, api }));
  app.use(enrolmentRoutes({ ...atTheDoor, enrolment: parts.enrolment }));
  const { administration } = parts;
  app.use(welcomeRoutes({ ...atTheDoor, administration, api, nameOf: access.nameOf, live }));
  app.use(peopleRoutes({ ...atTheDoor, administration, live }));
  app.use(administrationRoutes({ ...atTheDoor, administration, live }));
  app.use(eventRoutes({ ...atTheDoor, log, viewer: parts.viewer, changes, open, heartbeat: limits.heartbeat }));
  const logs = openLogs(parts, files, parts.expanded);
  app.use(buildLogRoutes(parts, logs, files, open));
  app.use(logViewRoutes(instance, logs, open));
  app.use(packageRoutes({ ...atTheDoor, api, packages: parts.packages, live, touched }));
  app.use(
    repositoryRoutes({
      ...atTheDoor,
      api,
      pages: parts.repository,
      live,
      patience: limits.lookBack,
    }),
  );
  app.use(historyRoutes({ ...atTheDoor, api, history: parts.history, live }));
  app.use(sealRoutes(instance, parts.seals));
  app.use(listRoutes({ ...atTheDoor, api, lists: parts.lists, live }));
  app.use(buildRoutes({ ...atTheDoor, api, build: parts.build, logs, live }));
  app.use(buildFileRoutes(parts.builtFile, files));
  app.use(uploadRoutes({ ...atTheDoor, upload: parts.upload, live, touched }));
  app.use(statisticsRoutes({ ...atTheDoor, statistics: parts.statistics, live }));
  app.get('/mini_buildd/style', (_req, res) => sendPage(res, stylePage(instance)));
  app.use(arrivingRoutes({ ...atTheDoor, arriving: parts.arriving, lastPackages: () => home.all().packages, live }));
  app.use(
    incomingRoutes({
      instance,
      incoming: parts.incoming,
      verdict: parts.verdict,
      most: limits,
      changes,
      open,
      heartbeat: limits.heartbeat,
    }),
  );
  app.use(manualRoutes(instance));
  app.use(packageLogRoutes(parts.packageLogs, files));
  app.use(feedRoutes(parts.feeds));
  app.use(healthRoutes(parts.ready, measured));
  app.use((req, res) => sendProblem(req, res, 404, [nothingHere]));
  app.use(faults(journal, log));
  return app;
};

/** No script, style, frame or form but our own; nothing inline. Whether TLS is spoken is said by the address that people were given. */
export const safeHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // With "no-referrer" a browser says of our own forms, too, that nobody knows where they came from (Origin: null).
  referrerPolicy: { policy: 'same-origin' },
  strictTransportSecurity: false,
  crossOriginEmbedderPolicy: false,
});

const nothingHere = refusal('no-such-page', 'nothing is served under this address', 'begin at /mini_buildd/');

/** What no route answered: a body we cannot read is the client's fault, everything else is ours and goes into the journal. */
export const faults =
  (journal: Logger, log: Pick<EventLog, 'state'>): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    const { status, because } = fault(error, log.state());
    if (status === 503) res.set('Retry-After', '10');
    if (status >= 500) journal.error({ err: error, method: req.method, path: req.path }, 'a request failed');
    if (status === 413) res.set('Connection', 'close');
    sendProblem(req, res, status, [because]);
  };

const fault = (error: unknown, log: LogState): { readonly status: number; readonly because: Refusal } => {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status === 413)
    return {
      status,
      because: refusal('too-large', 'the body is larger than any command needs', 'upload files with dput'),
    };
  if (status >= 400 && status < 500) {
    return {
      status,
      because: refusal('unreadable-request', 'the request cannot be read', 'send a JSON object or a form, in UTF-8'),
    };
  }
  if (error instanceof StandbyAway)
    return { status: 503, because: refusal('standby-away', error.message, 'try again when it is back') };
  if (log.status === 'unreachable') {
    const remedy = 'try again later; what was asked for may have been done nevertheless';
    return { status: 503, because: refusal('log-unreachable', log.reason, remedy) };
  }
  return {
    status: 500,
    because: refusal('internal-fault', 'the daemon failed to answer', 'try again; its journal says more'),
  };
};

/** A body that takes too long ends its connection. An upload takes as long as it takes. Milliseconds. */
const boundBody = (req: IncomingMessage, res: ServerResponse, longest: number): void => {
  if (req.method === 'GET' || req.method === 'HEAD' || isUpload(req) || isDelivery(req)) return;
  const timer = setTimeout(() => {
    if (req.complete) return;
    res.once('finish', () => req.socket.destroy());
    sendProblem(req, res, 408, [tooSlow]);
  }, longest);
  res.once('close', () => clearTimeout(timer));
};

const tooSlow = refusal('too-slow', 'the body of the request did not come in time', 'send it again');
