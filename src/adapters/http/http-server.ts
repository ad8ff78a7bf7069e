import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import type { Sha256 } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import type { Enrolment } from '../../ports/enrolment.ts';
import type { IncomingDoor } from '../../ports/incoming.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { accountRoutes } from './account-routes.ts';
import type { Administration } from './administration.ts';
import { administrationRoutes } from './administration-routes.ts';
import { arrivingRoutes } from './arriving-routes.ts';
import { assetRoutes } from './assets.ts';
import { bringers, type Uploaders } from './bringers.ts';
import { noteClient } from './client-address.ts';
import { commandPageRoutes } from './command-page-routes.ts';
import { isDisguised, refuseCoding } from './disguised.ts';
import { enrolmentRoutes } from './enrolment-routes.ts';
import { faults } from './faults.ts';
import { healthRoutes } from './health-routes.ts';
import { greetingInstance, inFrame } from './in-frame.ts';
import { incomingRoutes, isUpload } from './incoming-routes.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Listening, listenAt } from './listening.ts';
import { loginBehind } from './login-behind.ts';
import { areaOf, type Metrics, metrics } from './metrics.ts';
import { isDelivery, type NodeParts, nodeRoutes } from './node-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { sendProblem } from './problem.ts';
import { progressRoutes } from './progress-routes.ts';
import { type PublishedRoots, publishedTree } from './published-tree.ts';
import { type Pulse, pulse } from './pulse.ts';
import { frontDoor, type ReadersParts, readersRoutes } from './readers-routes.ts';
import { type Route, routesOf } from './routes-of.ts';
import { safeHeaders } from './safe-headers.ts';
import type { ServerParts } from './server-parts.ts';
import { sessionCookie } from './session-cookie.ts';
import { type SignOnDoor, signOnRoutes } from './sign-on-routes.ts';
import { snapshotTree } from './snapshot-tree.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import type { WorkModel } from './views/home-model.ts';
import type { VerdictModel } from './views/incoming-page.ts';
import { visitors } from './visitor.ts';
import { welcomeRoutes } from './welcome-routes.ts';

export type HttpParts = ReadersParts &
  ServerParts & {
    readonly access: Access;
    readonly enrolment: Enrolment;
    readonly signOn?: SignOnDoor | undefined;
    readonly administration: Administration;
    readonly repositories: PublishedRoots;
    readonly snapshots: Snapshots;
    readonly incoming: IncomingDoor;
    readonly uploaders: Uploaders;
    readonly nodes: NodeParts;
    /** What became of the upload whose `.changes` has these bytes. */
    readonly verdict: (changes: Sha256) => VerdictModel | undefined;
    /** Uploads on their way; by their names for who may know them. */
    readonly arriving: (mayKnowNames: boolean) => readonly WorkModel[];
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

const application = (
  parts: HttpParts,
  limits: Limits,
  changes: Pulse,
  measured: Metrics,
  closing: AbortSignal,
): Express => {
  const { access, administration, log, journal } = parts;
  const cookie = sessionCookie(parts.instanceName);
  const door = frontDoor(parts, limits, changes, closing, {
    visitor: visitors(access, cookie),
    pace: access.paced,
    ran: (command, caller) => journal.info({ command, caller }, 'command'),
  });
  const app = express();
  app.disable('x-powered-by');
  app.use(
    safeHeaders,
    assetRoutes(),
    nodeRoutes(parts.nodes, parts.files),
    readersRoutes(parts, door),
    commandPageRoutes(door),
    subscriptionRoutes(door),
    progressRoutes(door),
    accountRoutes({ ...door, access, cookie, signOn: parts.signOn }),
    signOnRoutes({
      ...door,
      access,
      cookie,
      signOn: parts.signOn,
      linked: (account, is) => journal.info({ account, is }, 'an account is that of an identity elsewhere, or no more'),
    }),
    enrolmentRoutes({ ...door, enrolment: parts.enrolment }),
    welcomeRoutes({ ...door, administration, nameOf: access.nameOf }),
    peopleRoutes({ ...door, administration }),
    administrationRoutes({ ...door, administration }),
    arrivingRoutes({
      ...door,
      uploaders: parts.uploaders,
      arriving: parts.arriving,
      lastPackages: () => door.home.all().packages,
    }),
    incomingRoutes({
      ...door,
      incoming: parts.incoming,
      bringer: bringers(door.visitor, access, parts.uploaders),
      brought: (name, { actor }) => journal.info({ name, by: actor.name }, 'put'),
      verdict: parts.verdict,
      most: limits,
    }),
    healthRoutes(parts.ready, measured),
    nothingHere,
    faults(journal, log),
  );
  return app;
};

const nothingHere: RequestHandler = (req, res) =>
  sendProblem(req, res, 404, [
    refusal('no-such-page', 'nothing is served under this address', 'begin at /mini_buildd/'),
  ]);

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
