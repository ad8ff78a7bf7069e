import { Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import { sendPage } from './form-body.ts';
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
};

/** `/mini_buildd/builds/ID`; its log is below it. */
export const buildRoutes = ({ instance, visitor, build: pageOf }: BuildParts): Router => {
  const router = Router();
  router.get('/mini_buildd/builds/:build', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { build } = req.params;
    const model = BuildId.is(build) ? await pageOf(build, found.right.caller) : undefined;
    if (model === undefined) return sendProblem(req, res, 404, [noBuild]);
    sendPage(res, buildPage(instance, model));
  });
  return router;
};

const noBuild = refusal(
  'no-build',
  'no build of this id was ever wanted',
  'the page of a source package names its builds',
);
