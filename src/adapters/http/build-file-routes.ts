import { stat } from 'node:fs/promises';
import { Router } from 'express';
import type { StoredFile } from '../../domain/debian/names.ts';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { contentType } from './content-type.ts';
import { deliver } from './deliver.ts';
import { sendProblem } from './problem.ts';

/** A package that a build made, by the name of its file. */
export type BuiltFile = (build: BuildId, name: string) => Promise<StoredFile | undefined>;

/** `/mini_buildd/builds/ID/files/NAME`: packages that no repository has, or not yet. */
export const buildFileRoutes = (builtFile: BuiltFile, files: FileStore): Router => {
  const router = Router();
  router.get('/mini_buildd/builds/:build/files/:name', async (req, res) => {
    const { build, name } = req.params;
    const file = BuildId.is(build) ? await builtFile(build, name) : undefined;
    if (file === undefined) return sendProblem(req, res, 404, [noFile]);
    if (!(await files.has(file.sha256))) return sendProblem(req, res, 410, [letGo(file)]);
    const path = await files.path(file.sha256);
    deliver(req, res, {
      etag: `"${file.sha256}"`,
      modified: undefined,
      contentType: contentType(file.name),
      cacheControl: 'no-cache',
      size: (await stat(path)).size,
      bytes: path,
    });
  });
  return router;
};

const noFile = refusal('no-such-file', 'the build made no package of this name', 'its page names all that it made');

const letGo = ({ name }: StoredFile) =>
  refusal('file-let-go', `${name} is not kept any more`, 'the history of its package says when that was');
