import { Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import { sendPage } from './form-body.ts';
import { lastLines } from './log-view-routes.ts';
import type { LogWindow } from './logs/log-window.ts';
import type { OpenLogs } from './logs/open-logs.ts';
import { sendProblem } from './problem.ts';
import { turnAway } from './turn-away.ts';
import type { BuildModel } from './views/build-model.ts';
import { buildPage } from './views/build-page.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

/** One build as `caller` may see it; `undefined` when it never was. */
export type BuildPages = (build: BuildId, caller: Caller) => Promise<BuildModel | undefined>;

type BuildParts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly build: BuildPages;
  readonly logs: OpenLogs;
};

/** `/mini_buildd/builds/ID`; its log is below it. */
export const buildRoutes = ({ instance, visitor, build: pageOf, logs }: BuildParts): Router => {
  const router = Router();
  router.get('/mini_buildd/builds/:build', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { build } = req.params;
    const model = BuildId.is(build) ? await pageOf(build, found.right.caller) : undefined;
    if (model === undefined) return sendProblem(req, res, 404, [noBuild]);
    sendPage(res, buildPage(instance, model, await logEnd(logs, model.build)));
  });
  return router;
};

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
