import { Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { UploadId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import { sendPage } from './form-body.ts';
import type { LivePages } from './live-pages.ts';
import { isGone } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulses } from './pulses.ts';
import { turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';
import type { UploadModel } from './views/upload-model.ts';
import { uploadPage, uploadParts } from './views/upload-page.ts';
import type { Visitor, visitors } from './visitor.ts';

/** One upload as `caller` may see it; `undefined` when it never was. */
export type UploadPages = (upload: UploadId, caller: Caller) => Promise<UploadModel | undefined>;

type UploadParts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly upload: UploadPages;
  readonly live: LivePages;
  /** What happened to one source package. */
  readonly touched: Pulses;
};

/** `/mini_buildd/uploads/ID`, and `live` below it what reads otherwise by then. */
export const uploadRoutes = ({ instance, visitor, upload: pageOf, live, touched }: UploadParts): Router => {
  const router = Router();
  router.get('/mini_buildd/uploads/:upload', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { upload } = req.params;
    const model = UploadId.is(upload) ? await pageOf(upload, found.right.caller) : undefined;
    if (model === undefined) return sendProblem(req, res, 404, [noUpload]);
    sendPage(res, uploadPage(instance, model));
  });
  router.get('/mini_buildd/uploads/:upload/live', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { upload } = req.params;
    const pageFor = async ({ caller }: Visitor) => (UploadId.is(upload) ? pageOf(upload, caller) : undefined);
    const first = await pageFor(found.right);
    if (first === undefined) return sendProblem(req, res, 404, [noUpload]);
    const parts = async (who: Visitor) => {
      const model = await pageFor(who);
      return model && uploadParts(model);
    };
    if (isGone(req, res)) return;
    const about = first.source ?? '';
    const changes = touched.of(about);
    res.once('close', () => touched.leave(about));
    await live(req, res, { visitor: found.right, key: upload, parts, changes, often });
  });
  return router;
};

/** Its package is not known before it was read. Milliseconds. */
const often = 15_000;

const noUpload = refusal(
  'no-upload',
  'no upload of this id ever came',
  'the page of a source package names its uploads',
);
