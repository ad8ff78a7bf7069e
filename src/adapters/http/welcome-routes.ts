import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Caller } from '../../domain/account/caller.ts';
import { RepositoryId } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Access } from '../../ports/access.ts';
import type { Api } from '../../ports/api.ts';
import type { Administration } from './administration.ts';
import { administratorsOnly } from './administrators-only.ts';
import { followParts } from './follow-parts.ts';
import { field, sendPage } from './form-body.ts';
import { formTokenField } from './form-token.ts';
import type { OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { agreedBy, sentDocumentIn, typedIn } from './sent-form.ts';
import { firstStepsPage, stepParts } from './views/administration/first-steps-page.ts';
import { progressUrl, questionsPage, reviewPage } from './views/administration/welcome-page.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

type Parts = {
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly administration: Administration;
  readonly api: Api;
  readonly nameOf: Access['nameOf'];
  readonly changes: Pulse;
  readonly open: OpenStreams;
};

/** What a preparation prints is looked at so often. Milliseconds. */
const often = 1000;

/** `/mini_buildd/administration/welcome`: from nothing to a working repository. */
export const welcomeRoutes = (parts: Parts): Router => {
  const { instance, administration, changes, open } = parts;
  const router = Router();
  const { read, change } = administratorsOnly(router, parts);
  read('/welcome', async (_req, res, { session }) =>
    sendPage(res, questionsPage(instance, await administration.questions(), undefined, formTokenField(session))),
  );
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
  read('/welcome/live', async (req, res) => {
    if (stepsOf(administration, req.query.repository) === undefined) return noRepository(req, res);
    const stream = open(req, res, 'text/event-stream');
    const now = async () => {
      const steps = stepsOf(administration, req.query.repository);
      return steps === undefined ? {} : stepParts(steps);
    };
    if (stream !== undefined) await followParts(stream, now, changes, often);
  });
  change('/welcome/key', async (req, res, { caller, session }) => {
    const repository = field(req, '_repository');
    const faults = await letUpload(parts, caller, field(req, 'key'), repository);
    if (faults.length === 0) return res.redirect(303, `${progressUrl(repository)}#upload`);
    const steps = stepsOf(administration, repository);
    if (steps === undefined) return noRepository(req, res);
    const typed = { key: field(req, 'key'), faults };
    sendPage(res.status(409), firstStepsPage(instance, steps, formTokenField(session), typed));
  });
  return router;
};

const stepsOf = (administration: Administration, repository: unknown) =>
  RepositoryId.is(repository) ? administration.firstSteps(repository) : undefined;

const KeySet = t.type({ fingerprint: t.string });

/** Hands in a key and approves it: who does both is an administrator, and it is their own. */
const letUpload = async (
  { api, nameOf }: Parts,
  caller: Caller,
  key: string,
  repository: string,
): Promise<readonly Refusal[]> => {
  const login = await nameOf(caller);
  if (login === undefined) return [nobody];
  const set = await api.run('setuserkey', { key }, caller);
  if (isLeft(set)) return set.left;
  if (!KeySet.is(set.right.json)) return [];
  const { fingerprint } = set.right.json;
  const approved = await api.run('uploader', { action: 'approve', login, repository, fingerprint }, caller);
  return isLeft(approved) ? approved.left : [];
};

const nobody = refusal('no-account', 'who asks has no account that a key could belong to', 'log in with an account');

const noRepository = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [refusal('no-repository', 'no repository of this name is configured', 'set one up')]);
