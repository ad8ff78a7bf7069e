import { Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { UploadId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import { sendPage } from './form-body.ts';
import { sendProblem } from './problem.ts';
import { turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';
import type { UploadModel } from './views/upload-model.ts';
import { uploadPage } from './views/upload-page.ts';
import type { visitors } from './visitor.ts';

/** One upload as `caller` may see it; `undefined` when it never was. */
export type UploadPages = (upload: UploadId, caller: Caller) => Promise<UploadModel | undefined>;

type UploadParts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly upload: UploadPages;
};

/** `/mini_buildd/uploads/ID`. */
export const uploadRoutes = ({ instance, visitor, upload: pageOf }: UploadParts): Router => {
  const router = Router();
  router.get('/mini_buildd/uploads/:upload', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { upload } = req.params;
    const model = UploadId.is(upload) ? await pageOf(upload, found.right.caller) : undefined;
    if (model === undefined) return sendProblem(req, res, 404, [noUpload]);
    sendPage(res, uploadPage(instance, model));
  });
  return router;
};

const noUpload = refusal(
  'no-upload',
  'no upload of this id ever came',
  'the page of a source package names its uploads',
);
