import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import { RepositoryId } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import type { Api } from '../../ports/api.ts';
import type { Administration } from './administration.ts';
import { administratorsOnly } from './administrators-only.ts';
import { field, sendPage } from './form-body.ts';
import { formTokenField } from './form-token.ts';
import type { LivePages } from './live-pages.ts';
import { ownKey } from './own-key.ts';
import { sendProblem } from './problem.ts';
import { agreedBy, sentDocumentIn, typedIn } from './sent-form.ts';
import { firstStepsPage, stepParts } from './views/administration/first-steps-page.ts';
import { ownKeyPage } from './views/administration/own-key-page.ts';
import { progressUrl, questionsPage, reviewPage } from './views/administration/welcome-page.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

type Parts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly administration: Administration;
  readonly api: Api;
  readonly nameOf: Access['nameOf'];
  readonly live: LivePages;
};

/** What a preparation prints is looked at so often. Milliseconds. */
const often = 1000;

/** `/mini_buildd/administration/welcome`: from nothing to a working repository. */
export const welcomeRoutes = (parts: Parts): Router => {
  const { instance, administration, live } = parts;
  const router = Router();
  const { read, change } = administratorsOnly(router, parts);
  read('/welcome', async (_req, res, { session }) => {
    const asked = await administration.questions();
    const { document } = await administration.answered(asked.typed);
    sendPage(res, questionsPage(instance, asked, undefined, formTokenField(session), document));
  });
  change('/welcome', async (req, res, { session }) => {
    const { questions, document } = await administration.answered(typedIn(req));
    const token = formTokenField(session);
    const isAsked = field(req, '_step') === 'check';
    if (document !== undefined && !isAsked)
      return sendPage(res, reviewPage(instance, document, field(req, 'repository'), token));
    sendPage(
      res.status(document === undefined && !isAsked ? 400 : 200),
      questionsPage(instance, questions, document, token),
    );
  });
  change('/welcome/apply', async (req, res, { caller, session }) => {
    const { text, shown } = sentDocumentIn(req);
    const repository = field(req, '_repository');
    const token = formTokenField(session);
    if (field(req, '_step') !== 'apply') {
      const document = await administration.sentDocument(text, shown);
      return sendPage(res, reviewPage(instance, document, repository, token));
    }
    const done = await administration.applyDocument(text, shown, agreedBy(req), caller);
    if (isLeft(done)) return sendPage(res.status(409), reviewPage(instance, done.left, repository, token));
    res.redirect(303, progressUrl(repository));
  });
  read('/welcome/progress', (req, res, { session }) => {
    const steps = stepsOf(administration, req.query.repository);
    if (steps === undefined) return noRepository(req, res);
    sendPage(res, firstStepsPage(instance, steps, formTokenField(session)));
  });
  read('/welcome/live', async (req, res, visitor) => {
    if (stepsOf(administration, req.query.repository) === undefined) return noRepository(req, res);
    const now = async () => {
      const steps = stepsOf(administration, req.query.repository);
      return steps && stepParts(steps);
    };
    await live(req, res, { visitor, key: req.originalUrl, parts: now, often });
  });
  change('/welcome/key', async (req, res, { caller, session }) => {
    const [key, repository] = [field(req, 'key'), field(req, '_repository')];
    const steps = stepsOf(administration, repository);
    if (steps === undefined) return noRepository(req, res);
    const token = formTokenField(session);
    const again = (faults: readonly Refusal[]) => firstStepsPage(instance, steps, token, { key, faults });
    if (field(req, '_step') === 'change') return sendPage(res, again([]));
    const confirmed = field(req, '_step') === 'apply' ? field(req, '_agreed') : undefined;
    const came = await ownKey(parts, { key, repository }, confirmed, caller);
    switch (came.kind) {
      case 'refused':
        return sendPage(res.status(409), again(came.refusals));
      case 'planned':
        return sendPage(res.status(came.isStale ? 409 : 200), ownKeyPage(instance, came.plan, { ...came, token }));
      case 'done':
        return res.redirect(303, `${progressUrl(repository)}#upload`);
    }
  });
  return router;
};

const stepsOf = (administration: Administration, repository: unknown) =>
  RepositoryId.is(repository) ? administration.firstSteps(repository) : undefined;

const noRepository = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [refusal('no-repository', 'no repository of this name is configured', 'set one up')]);
