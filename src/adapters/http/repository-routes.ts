import { type Request, Router } from 'express';
import { RepositoryId } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import { sendPage } from './form-body.ts';
import { sendProblem } from './problem.ts';
import type { Instance } from './views/instance.ts';
import { type RepositoryModel, type Sort, sorts } from './views/repository-model.ts';
import { repositoryPage } from './views/repository-page.ts';

/** `undefined` for a repository that is not. Pages count from 1. */
export type RepositoryPages = (asked: {
  readonly repository: RepositoryId;
  readonly codename: string | undefined;
  readonly name: string;
  readonly sort: Sort;
  readonly page: number;
}) => RepositoryModel | undefined;

/** `/mini_buildd/repositories/ID?codename=&name=&sort=&page=`: what cannot be read is passed over. */
export const repositoryRoutes = (instance: Instance, pageOf: RepositoryPages): Router => {
  const router = Router();
  router.get('/mini_buildd/repositories/:repository', (req, res) => {
    const { repository } = req.params;
    const model = RepositoryId.is(repository) ? pageOf({ repository, ...askedBy(req) }) : undefined;
    if (model === undefined) return sendProblem(req, res, 404, [noRepository]);
    sendPage(res, repositoryPage(instance, model));
  });
  return router;
};

const askedBy = ({ query }: Request) => {
  const text = (name: string): string => {
    const value = query[name];
    return typeof value === 'string' ? value.trim().slice(0, 100) : '';
  };
  return {
    codename: text('codename'),
    name: text('name').toLowerCase(),
    sort: sorts.find((each) => each === text('sort')) ?? 'name',
    page: /^[1-9]\d{0,5}$/.test(text('page')) ? Number(text('page')) : 1,
  };
};

const noRepository = refusal(
  'no-repository',
  'no repository of this name is configured',
  'see /mini_buildd/ for those that are',
);
