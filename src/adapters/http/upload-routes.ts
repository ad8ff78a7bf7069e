import { setTimeout as pause } from 'node:timers/promises';
import { Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { RepositoryId, Sha256, SourceName, Version } from '../../domain/debian/names.ts';
import { type BuildId, UploadId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { sendPage } from './form-body.ts';
import type { LivePages } from './live-pages.ts';
import { isGone } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulses } from './pulses.ts';
import { readerOf } from './reader.ts';
import { beginningOf } from './stored-text.ts';
import { turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';
import { buildUrl, packageUrl } from './views/parts.ts';
import { mostOfChanges, type UploadModel } from './views/upload-model.ts';
import { uploadPage, uploadParts } from './views/upload-page.ts';
import type { Visitor, visitors } from './visitor.ts';

export type UploadPages = {
  /** One upload as `caller` may see it; `undefined` when it never was. */
  readonly page: (upload: UploadId, caller: Caller) => Promise<UploadModel | undefined>;
  /** Whose a version is or was. */
  /** Whether a version is here that no upload brought. */
  readonly movedIn: (repository: RepositoryId, source: SourceName, version: Version) => boolean;
  /** The build that has this where others have their upload, since it rebuilds what stands. */
  readonly rebuilt: (upload: UploadId) => BuildId | undefined;
  readonly ofVersion: (repository: RepositoryId, source: SourceName, version: Version) => Promise<UploadId | undefined>;
};

type UploadParts = {
  readonly api: Pick<Api, 'commands'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly upload: UploadPages;
  readonly files: Pick<FileStore, 'path'>;
  readonly live: LivePages;
  /** What happened to one source package. */
  readonly touched: Pulses;
};

/**
 * `/mini_buildd/uploads/ID`, and `live` below it what reads otherwise by then; `/mini_buildd/uploads/REPOSITORY/SOURCE/VERSION` leads to the
 * upload that brought the version.
 */
export const uploadRoutes = ({ api, instance, visitor, upload: pages, files, live, touched }: UploadParts): Router => {
  const router = Router();
  router.get('/mini_buildd/uploads/:upload', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { upload } = req.params;
    const rebuilt = UploadId.is(upload) ? pages.rebuilt(upload) : undefined;
    if (rebuilt !== undefined) return res.redirect(302, buildUrl(rebuilt));
    const model = UploadId.is(upload) ? await pages.page(upload, found.right.caller) : undefined;
    if (model === undefined) return sendProblem(req, res, 404, [noUpload]);
    sendPage(res, uploadPage(instance, model, await changesOf(files, model), readerOf(api, found.right)));
  });
  router.get('/mini_buildd/uploads/:repository/:source/:version', async (req, res) => {
    const { repository, source, version } = req.params;
    const isNamed = RepositoryId.is(repository) && SourceName.is(source) && Version.is(version);
    const upload = isNamed ? await pages.ofVersion(repository, source, version) : undefined;
    // What moved in from elsewhere never came as an upload.
    if (upload === undefined && isNamed && pages.movedIn(repository, source, version))
      return res.set('Cache-Control', 'no-store').redirect(302, packageUrl(source));
    if (upload === undefined) return sendProblem(req, res, 404, [noVersion]);
    // Not for ever: where an upload comes to nothing another one may bring the version.
    res.set('Cache-Control', 'no-store').redirect(302, `/mini_buildd/uploads/${upload}`);
  });
  router.get('/mini_buildd/uploads/:upload/live', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { upload } = req.params;
    const pageFor = async ({ caller }: Visitor) => (UploadId.is(upload) ? pages.page(upload, caller) : undefined);
    const first = await pageFor(found.right);
    if (first === undefined) return sendProblem(req, res, 404, [noUpload]);
    const parts = async (who: Visitor) => {
      const model = await pageFor(who);
      return model && uploadParts(model, await changesOf(files, model), readerOf(api, who));
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

/** A replica fetches it, and its archive may be away: the page is as true without. Milliseconds. */
const patience = 1000;

/** As `/log/` has it: what nobody accepted may be of anybody. */
const changesOf = async (
  files: Pick<FileStore, 'path'>,
  { files: [changes] }: UploadModel,
): Promise<string | undefined> =>
  changes?.isKept === true && Sha256.is(changes.sha256)
    ? Promise.race([
        beginningOf(files, { sha256: changes.sha256 }, mostOfChanges).catch(() => undefined),
        pause(patience, undefined, { ref: false }),
      ])
    : undefined;

const noUpload = refusal(
  'no-upload',
  'no upload of this id ever came',
  'the page of a source package names its uploads',
);

const noVersion = refusal(
  'no-upload',
  'no upload ever brought this version into this repository',
  'the form is /mini_buildd/uploads/REPOSITORY/SOURCE/VERSION; the page of a source package names its uploads',
);
