import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { right } from 'fp-ts/lib/Either.js';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import { ArchiveAway } from '../../ports/archive-link.ts';
import { assetRoutes } from './assets.ts';
import { buildFileRoutes } from './build-file-routes.ts';
import { buildLogRoutes } from './build-log-routes.ts';
import { buildRoutes } from './build-routes.ts';
import { noteClient } from './client-address.ts';
import { commandRoutes } from './command-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { feedRoutes } from './feed-routes.ts';
import { sendPage } from './form-body.ts';
import { healthRoutes } from './health-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { homeRoutes } from './home-routes.ts';
import { areaOf, faults, type HttpParts, isDisguised, refuseCoding, safeHeaders } from './http-server.ts';
import { greetingInstance, inFrame } from './in-frame.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { listRoutes } from './list-routes.ts';
import { type Listening, listenAt } from './listening.ts';
import { livePages } from './live-pages.ts';
import { liveParts } from './live-parts.ts';
import { logViewRoutes } from './log-view-routes.ts';
import { openLogs } from './logs/open-logs.ts';
import { manualRoutes } from './manual-routes.ts';
import { type Metrics, metrics } from './metrics.ts';
import { openStreams } from './open-stream.ts';
import { packageLogRoutes } from './package-log-routes.ts';
import { packageRoutes } from './package-routes.ts';
import { type PassOn, passOn } from './pass-on.ts';
import { sendProblem } from './problem.ts';
import { type Pulse, pulse } from './pulse.ts';
import { pulses } from './pulses.ts';
import { referenceRoutes } from './reference-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import { sealRoutes } from './seal-routes.ts';
import { sessionCookie } from './session-cookie.ts';
import { statisticsRoutes } from './statistics-routes.ts';
import { uploadRoutes } from './upload-routes.ts';
import { stylePage } from './views/style-page.ts';
import { stranger } from './visitor.ts';

/** What a replica shows is what the archive shows to strangers. */
export type ReplicaParts = Omit<
  HttpParts,
  | 'access'
  | 'enrolment'
  | 'administration'
  | 'repositories'
  | 'snapshots'
  | 'incoming'
  | 'arriving'
  | 'nodes'
  | 'verdict'
  | 'liveLog'
> & {
  readonly pace: Access['paced'];
  /** Whether a command is answered here, by what the log says. */
  readonly answers: (command: string) => boolean;
  /** Whether a build runs: its log is where the archive is. */
  readonly isUnderWay: (build: BuildId) => boolean;
  readonly archive: {
    /** Where it answers now: `http://HOST:PORT`. */
    readonly where: () => Promise<string>;
    /** Whether it did lately. */
    readonly isReached: () => boolean;
  };
};

/**
 * The web side of a replica. What strangers read comes from here; whatever else is asked for, known here or not, goes to the archive as it came. Rejects when
 * it cannot listen.
 */
export const replicaServer = async (parts: ReplicaParts): Promise<Listening> => {
  const limits = { ...defaultLimits, ...parts.limits };
  const closing = new AbortController();
  const changes = pulse(parts.changes$);
  const measured = metrics(parts.metrics);
  const passing = passOn({ where: parts.archive.where });
  const stop = (): void => {
    changes.stop();
    measured.stop();
    passing.close();
  };
  try {
    const app = application(parts, limits, changes, measured, passing, closing.signal);
    const { ports, close } = await listenAt(parts.endpoints, parts.certificate, limits, {
      proxies: parts.proxies,
      respond: respond(parts, measured, passing, app),
    });
    return {
      ports,
      close: async () => {
        closing.abort();
        await close();
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
};

const respond = (parts: ReplicaParts, measured: Metrics, { pass }: PassOn, app: Express): RequestListener => {
  const { proxies, instanceName, archive } = parts;
  const cookie = sessionCookie(instanceName);
  /** Who has a session is known where the archive is; while that is away, they are strangers, who may read. */
  const isStranger = (req: IncomingMessage): boolean =>
    req.headers.authorization === undefined && (cookie.read(req) === undefined || !archive.isReached());
  const frame = inFrame(greetingInstance(parts), (req) =>
    req.headers.authorization === undefined && cookie.read(req) === undefined ? 'stranger' : 'unsaid',
  );
  return (req, res) => {
    noteClient(req, proxies);
    res.once('finish', () => measured.answered(areaOf(req.url ?? ''), res.statusCode));
    res.on('error', () => undefined);
    frame(req, () => {
      if (isDisguised(req)) refuseCoding(req, res);
      else if (isOurOwn(req) || (isReading(req) && isStranger(req))) app(req, res);
      else pass(req, res);
    });
  };
};

/** What is asked of this daemon, whoever asks. */
const isOurOwn = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'GET' && /^\/(?:healthz|readyz|metrics)$/.test(url);

const isReading = ({ method, headers }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0;

const application = (
  parts: ReplicaParts,
  limits: Limits,
  changes: Pulse,
  measured: Metrics,
  { pass }: PassOn,
  closing: AbortSignal,
): Express => {
  const { api, log, files, version, journal, archive } = parts;
  const { heartbeat } = limits;
  const instance = greetingInstance(parts);
  const atTheDoor = {
    ...{ instance, version, bodyBytes: limits.bodyBytes, pace: parts.pace },
    visitor: async (req: Request) => right({ caller: stranger(req), session: undefined }),
    turnedAway: (rule: string, from: string): void => journal.warn({ rule, from }, 'turned away'),
    ran: () => undefined,
  };
  const open = openStreams(limits, closing);
  const onward: RequestHandler = (req, res) => pass(req, res);
  const app = express();
  app.disable('x-powered-by');
  app.use(safeHeaders);
  app.use(healthRoutes(parts.ready, measured));
  app.use(assetRoutes());
  app.use(homeRoutes({ ...atTheDoor, parts: liveParts(parts.home, changes.count), changes, open, heartbeat }));
  app.all('/mini_buildd/api', (req, res, next) => (req.query.command === undefined ? next() : pass(req, res)));
  app.all('/mini_buildd/api/:command', (req, res, next) =>
    req.params.command === 'openapi.json' || parts.answers(req.params.command) ? next() : pass(req, res),
  );
  app.use(commandRoutes({ ...atTheDoor, api }));
  app.use(referenceRoutes(api, instance));
  app.use(eventRoutes({ ...atTheDoor, log, viewer: parts.viewer, changes, open, heartbeat }));
  app.all('/mini_buildd/builds/:build{/*below}', (req, res, next) => {
    const { build } = req.params;
    const isFollowed = BuildId.is(build) && parts.isUnderWay(build) && archive.isReached();
    return isFollowed ? pass(req, res) : next();
  });
  const kept = { liveLog: () => undefined, storedLog: parts.storedLog };
  const logs = openLogs(kept, files, parts.expanded);
  app.use(buildLogRoutes(kept, logs, files, open));
  app.use(logViewRoutes(instance, logs, open));
  const live = livePages({ ...atTheDoor, viewer: parts.viewer, changes, open });
  const touched = pulses(parts.touched);
  app.use(packageRoutes({ ...atTheDoor, api, packages: parts.packages, live, touched }));
  app.use(repositoryRoutes({ ...atTheDoor, api, pages: parts.repository, live, patience: limits.lookBack }));
  app.use(historyRoutes({ ...atTheDoor, api, history: parts.history, live }));
  app.use(sealRoutes(instance, parts.seals));
  app.use(listRoutes({ ...atTheDoor, api, lists: parts.lists, live }));
  app.use(buildRoutes({ ...atTheDoor, api, build: parts.build, logs, live }));
  app.use(buildFileRoutes(parts.builtFile, files));
  app.use(uploadRoutes({ ...atTheDoor, upload: parts.upload, live, touched }));
  app.use(statisticsRoutes({ ...atTheDoor, statistics: parts.statistics, live }));
  app.get('/mini_buildd/style', (_req, res) => sendPage(res, stylePage(instance)));
  app.use(manualRoutes(instance));
  app.use(packageLogRoutes(parts.packageLogs, files));
  app.use(feedRoutes(parts.feeds));
  app.use(onward);
  app.use(archiveAway);
  app.use(faults(journal, log));
  return app;
};

const archiveAway: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (!(error instanceof ArchiveAway)) return next(error);
  const fact = `what is asked for is where the archive is, and that cannot be reached: ${error.message}`;
  res.set('Retry-After', '10');
  sendProblem(req, res, 503, [refusal('archive-unreachable', fact, 'try again later; pages can be read meanwhile')]);
};
