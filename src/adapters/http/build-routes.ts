import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import { sendPage } from './form-body.ts';
import type { LivePages } from './live-pages.ts';
import { aroundFirstError, lastLines } from './log-view-routes.ts';
import type { OpenLogs } from './logs/open-logs.ts';
import { sendProblem } from './problem.ts';
import { readerOf } from './reader.ts';
import type { PageParts } from './rendered-parts.ts';
import { turnAway } from './turn-away.ts';
import type { BuildModel } from './views/build-model.ts';
import { buildPage, buildParts, type LogShown, logHasCome } from './views/build-page.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor, visitors } from './visitor.ts';

/** One build as `caller` may see it; `undefined` when it never was. */
export type BuildPages = (build: BuildId, caller: Caller) => Promise<BuildModel | undefined>;

type BuildParts = {
  readonly api: Pick<Api, 'commands'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly build: BuildPages;
  readonly logs: OpenLogs;
  readonly live: LivePages;
};

/** `/mini_buildd/builds/ID`, and `live` below it, what reads otherwise as the build goes on. Its log is below it, too. */
export const buildRoutes = ({ api, instance, visitor, build: pageOf, logs, live }: BuildParts): Router => {
  const router = Router();
  const lookOf = async (req: Request, res: Response): Promise<Look | undefined> => {
    const found = await visitor(req);
    if (isLeft(found)) return void turnAway(req, res, instance, found.left, req.originalUrl);
    const { build } = req.params;
    return {
      visitor: found.right,
      model: async ({ caller }) => (BuildId.is(build) ? pageOf(build, caller) : undefined),
    };
  };
  router.get('/mini_buildd/builds/:build', async (req, res) => {
    const look = await lookOf(req, res);
    if (look === undefined) return;
    const model = await look.model(look.visitor);
    if (model === undefined) return sendProblem(req, res, 404, [noBuild]);
    sendPage(res, buildPage(instance, model, await logOf(logs, model), readerOf(api, look.visitor)));
  });
  router.get('/mini_buildd/builds/:build/live', async (req, res) => {
    const look = await lookOf(req, res);
    if (look === undefined) return;
    if ((await look.model(look.visitor)) === undefined) return sendProblem(req, res, 404, [noBuild]);
    const isLogShown = req.query.log === 'shown';
    const parts = async (who: Visitor): Promise<PageParts | undefined> => {
      const model = await look.model(who);
      if (model === undefined) return undefined;
      const hasLog = !isLogShown && (await logOf(logs, model)) !== undefined;
      return { ...buildParts(model, readerOf(api, who)), ...(hasLog ? { log: logHasCome(model.build) } : {}) };
    };
    await live(req, res, { visitor: look.visitor, key: `${req.params.build} ${isLogShown}`, parts, often });
  });
  return router;
};

/** Somebody who looks, and what they may see of it by then. */
type Look = {
  readonly visitor: Visitor;
  readonly model: (visitor: Visitor) => Promise<BuildModel | undefined>;
};

/** A log comes to be without an event. Milliseconds. */
const often = 2000;

/** Its end; of a build that failed, where it first went wrong. `undefined` without a log, or with one that cannot be read: the page is about more. */
const logOf = async (logs: OpenLogs, { build, state }: BuildModel): Promise<LogShown | undefined> => {
  const log = await logs(build).catch(() => undefined);
  if (log === undefined || 'gone' in log) return undefined;
  const shown: Promise<LogShown> = state === 'failed' ? aroundFirstError(log) : lastLines(log);
  return shown.catch(() => undefined);
};

const noBuild = refusal(
  'no-build',
  'no build of this id was ever wanted',
  'the page of a source package names its builds',
);
