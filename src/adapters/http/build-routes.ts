import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { anonymous, type Caller } from '../../domain/account/caller.ts';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import { followParts } from './follow-parts.ts';
import { sendPage } from './form-body.ts';
import { lastLines } from './log-view-routes.ts';
import type { LogWindow } from './logs/log-window.ts';
import type { OpenLogs } from './logs/open-logs.ts';
import type { OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { readerOf } from './reader.ts';
import { sharedParts } from './shared-parts.ts';
import { turnAway } from './turn-away.ts';
import type { BuildModel } from './views/build-model.ts';
import { buildPage, buildParts, logHasCome } from './views/build-page.ts';
import type { Reader } from './views/deed-button.ts';
import type { Html } from './views/html.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

/** One build as `caller` may see it; `undefined` when it never was. */
export type BuildPages = (build: BuildId, caller: Caller) => Promise<BuildModel | undefined>;

type BuildParts = {
  readonly api: Pick<Api, 'commands'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly build: BuildPages;
  readonly logs: OpenLogs;
  readonly changes: Pulse;
  readonly open: OpenStreams;
};

/** `/mini_buildd/builds/ID`, and `live` below it, what reads otherwise as the build goes on. Its log is below it, too. */
export const buildRoutes = ({ api, instance, visitor, build: pageOf, logs, changes, open }: BuildParts): Router => {
  const router = Router();
  const sameForAll = sharedParts<Readonly<Record<string, Html>>>(changes.count, often / 2);
  const lookOf = async (req: Request, res: Response): Promise<Look | undefined> => {
    const found = await visitor(req);
    if (isLeft(found)) return void turnAway(req, res, instance, found.left, req.originalUrl);
    const { build } = req.params;
    return {
      reader: readerOf(api, found.right),
      isAnonymous: found.right.caller === anonymous,
      model: async () => (BuildId.is(build) ? pageOf(build, found.right.caller) : undefined),
    };
  };
  router.get('/mini_buildd/builds/:build', async (req, res) => {
    const look = await lookOf(req, res);
    if (look === undefined) return;
    const model = await look.model();
    if (model === undefined) return sendProblem(req, res, 404, [noBuild]);
    sendPage(res, buildPage(instance, model, await logEnd(logs, model.build), look.reader));
  });
  router.get('/mini_buildd/builds/:build/live', async (req, res) => {
    const look = await lookOf(req, res);
    if (look === undefined) return;
    if ((await look.model()) === undefined) return sendProblem(req, res, 404, [noBuild]);
    const isLogShown = req.query.log === 'shown';
    const parts = async (): Promise<Readonly<Record<string, Html>>> => {
      const model = await look.model();
      if (model === undefined) return {};
      const hasLog = !isLogShown && (await logEnd(logs, model.build)) !== undefined;
      return { ...buildParts(model, look.reader), ...(hasLog ? { log: logHasCome(model.build) } : {}) };
    };
    const stream = open(req, res, 'text/event-stream');
    const asked = look.isAnonymous ? () => sameForAll(`${req.params.build} ${isLogShown}`, parts) : parts;
    if (stream !== undefined) await followParts(stream, asked, changes, often);
  });
  return router;
};

/** Somebody who looks, and what they look at as it is by then. */
type Look = {
  readonly reader: Reader;
  readonly isAnonymous: boolean;
  readonly model: () => Promise<BuildModel | undefined>;
};

/** A log comes to be without an event. Milliseconds. */
const often = 2000;

/** `undefined` without a log, or with one that cannot be read: the page is about more. */
const logEnd = async (logs: OpenLogs, build: BuildId): Promise<LogWindow | undefined> => {
  const log = await logs(build).catch(() => undefined);
  return log === undefined || 'gone' in log ? undefined : lastLines(log).catch(() => undefined);
};

const noBuild = refusal(
  'no-build',
  'no build of this id was ever wanted',
  'the page of a source package names its builds',
);
