import { type Request, type Response, Router } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { RepositoryId } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import type { NotServed } from '../../ports/snapshots.ts';
import { addressOf } from './client-address.ts';
import { sendPage } from './form-body.ts';
import { pageAskedBy } from './list-query.ts';
import type { LivePages } from './live-pages.ts';
import { sendProblem } from './problem.ts';
import { readerOf } from './reader.ts';
import { soon } from './soon.ts';
import { turnAway } from './turn-away.ts';
import { comparisonPage } from './views/comparison-page.ts';
import type { Reader } from './views/deed-button.ts';
import {
  type ComparisonModel,
  type DistributionModel,
  type Kind,
  kinds,
  type Publication,
} from './views/distribution-model.ts';
import { distributionPage, distributionParts } from './views/distribution-page.ts';
import type { WorkModel } from './views/home-model.ts';
import type { Instance } from './views/instance.ts';
import { type Narrowed, sorts, urlWith } from './views/listing.ts';
import { distributionUrl } from './views/parts.ts';
import { pastToComePage } from './views/past-to-come-page.ts';
import type { Former, RepositoryModel } from './views/repository-model.ts';
import { formerRepositoryPage, repositoryPage, repositoryParts } from './views/repository-page.ts';
import type { Visitor, visitors } from './visitor.ts';

/** A distribution at a time as people write it, or an event; now without it. */
type At = { readonly distribution: DistributionName; readonly at: string | undefined };

/** `undefined` for a repository or distribution that is not. Pages count from 1; `from` is the address of who asks: the past costs something. */
export type RepositoryPages = {
  readonly repository: (
    asked: Narrowed & {
      readonly repository: RepositoryId;
      readonly codename: string | undefined;
      readonly page: number;
    },
  ) => RepositoryModel | undefined;
  /** The distributions that apt saw of it and that are there no more; also of a repository that is configured no more. */
  readonly former: (repository: RepositoryId) => readonly Former[];
  /** What is done to it just now, besides builds. */
  readonly works: (repository: string) => readonly WorkModel[];
  readonly distribution: (
    asked: At & Narrowed & { readonly repository: RepositoryId; readonly page: number; readonly from: string },
  ) => Promise<Either<NotServed, DistributionModel> | undefined>;
  readonly comparison: (asked: {
    readonly repository: RepositoryId;
    readonly one: At;
    readonly other: At;
    readonly kind: Kind | undefined;
    readonly name: string;
    readonly page: number;
    readonly from: string;
  }) => Promise<Either<NotServed, ComparisonModel> | undefined>;
  /** The nearest for a number that is none; `undefined` when nothing was published. */
  readonly publication: (repository: RepositoryId, nth: number) => Omit<Publication, 'nth'> | undefined;
};

type RepositoryParts = {
  readonly api: Pick<Api, 'commands'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly pages: RepositoryPages;
  readonly live: LivePages;
  /** For a past state, before its page says that it is on its way. Milliseconds. */
  readonly patience: number;
};

/** What is done just now is told when it gets on; how long it lasts, so often. Milliseconds. */
const often = 5000;
const seldom = 30_000;

/** The page of a past state that is on its way comes back after so many seconds. */
const comesBack = 1;

/**
 * `/mini_buildd/repositories/ID`, below it `live`, what reads otherwise by then; `/DISTRIBUTION`, live as well, now or as apt saw it (`at`, or `nth` of the
 * publications); and `/compare` for two of them. What cannot be read is passed over.
 */
export const repositoryRoutes = ({ api, instance, visitor, pages, live, patience }: RepositoryParts): Router => {
  const router = Router();
  const visitorOf = async (req: Request, res: Response): Promise<Visitor | undefined> => {
    const found = await visitor(req);
    return isLeft(found) ? void turnAway(req, res, instance, found.left, req.originalUrl) : found.right;
  };
  const readerFor = async (req: Request, res: Response): Promise<Reader | undefined> => {
    const who = await visitorOf(req, res);
    return who && readerOf(api, who);
  };
  const sendLater = (req: Request, res: Response, repository: RepositoryId): void => {
    res.status(202).set('Refresh', String(comesBack));
    sendPage(res, pastToComePage(instance, repository, req.originalUrl, pages.works(repository)));
  };
  router.get('/mini_buildd/repositories/:repository', async (req, res) => {
    const { repository } = req.params;
    const asked = { ...listAsked(req), codename: text(req, 'codename') };
    const model = RepositoryId.is(repository) ? pages.repository({ repository, ...asked }) : undefined;
    const former = RepositoryId.is(repository) && model === undefined ? pages.former(repository) : [];
    if (model === undefined && former.length === 0) return sendProblem(req, res, 404, [noRepository]);
    const reader = await readerFor(req, res);
    if (reader === undefined) return;
    if (model === undefined) sendPage(res, formerRepositoryPage(instance, repository, former));
    else sendPage(res, repositoryPage(instance, model, reader, pages.works(model.repository)));
  });
  router.get('/mini_buildd/repositories/:repository/live', async (req, res) => {
    const { repository } = req.params;
    const asked = { ...listAsked(req), codename: text(req, 'codename') };
    const now = () => (RepositoryId.is(repository) ? pages.repository({ repository, ...asked }) : undefined);
    if (now() === undefined) return sendProblem(req, res, 404, [noRepository]);
    const who = await visitorOf(req, res);
    if (who === undefined) return;
    const parts = async (by: Visitor) => {
      const model = now();
      return model && repositoryParts(model, readerOf(api, by), pages.works(model.repository));
    };
    await live(req, res, { visitor: who, key: JSON.stringify([repository, asked]), parts, often });
  });
  router.get('/mini_buildd/repositories/:repository/publications', (req, res) => {
    const { repository } = req.params;
    const found = RepositoryId.is(repository) ? pages.publication(repository, nthOf(req) ?? 1) : undefined;
    if (found === undefined) return sendProblem(req, res, 404, [noRepository]);
    res.set('Cache-Control', 'no-store').json(found);
  });
  router.get('/mini_buildd/repositories/:repository/compare', async (req, res) => {
    const { repository } = req.params;
    const [one, other] = [sideOf(req, 'one'), sideOf(req, 'other')];
    const isAsked = RepositoryId.is(repository) && one !== undefined && other !== undefined;
    const rest = {
      kind: kinds.find((each) => each === text(req, 'kind')),
      name: nameAsked(req),
      page: pageAskedBy(req),
      from: addressOf(req),
    };
    if (!isAsked) return sendProblem(req, res, 404, [noDistribution]);
    const reader = await readerFor(req, res);
    if (reader === undefined) return;
    const found = await soon(pages.comparison({ repository, one, other, ...rest }), patience);
    if (found === undefined) return sendLater(req, res, repository);
    send(req, res, found.came, (model) => comparisonPage(instance, model, reader));
  });
  router.get('/mini_buildd/repositories/:repository/:distribution', async (req, res) => {
    const { repository, distribution } = req.params;
    if (!RepositoryId.is(repository) || !DistributionName.is(distribution))
      return sendProblem(req, res, 404, [noDistribution]);
    const nth = nthOf(req);
    const chosen = nth === undefined ? undefined : pages.publication(repository, nth);
    if (chosen !== undefined)
      return res.redirect(303, urlWith(distributionUrl(repository, distribution), { at: chosen.time }));
    const reader = await readerFor(req, res);
    if (reader === undefined) return;
    const asked = { ...listAsked(req), at: momentOf(req, 'at'), from: addressOf(req) };
    const found = await soon(pages.distribution({ repository, distribution, ...asked }), patience);
    if (found === undefined) return sendLater(req, res, repository);
    send(req, res, found.came, (model) => distributionPage(instance, model, reader));
  });
  router.get('/mini_buildd/repositories/:repository/:distribution/live', async (req, res) => {
    const { repository, distribution } = req.params;
    const asked = { ...listAsked(req), at: undefined, from: addressOf(req) };
    const now = async (): Promise<DistributionModel | undefined> => {
      if (!RepositoryId.is(repository) || !DistributionName.is(distribution)) return undefined;
      const found = await pages.distribution({ repository, distribution, ...asked });
      return found === undefined || isLeft(found) ? undefined : found.right;
    };
    if ((await now()) === undefined) return sendProblem(req, res, 404, [noDistribution]);
    const who = await visitorOf(req, res);
    if (who === undefined) return;
    const parts = async (by: Visitor) => {
      const model = await now();
      return model && distributionParts(model, readerOf(api, by));
    };
    const { name, sort, page } = asked;
    await live(req, res, {
      visitor: who,
      key: JSON.stringify([repository, distribution, name, sort, page]),
      parts,
      often: seldom,
    });
  });
  return router;
};

const send = <Model>(
  req: Request,
  res: Response,
  found: Either<NotServed, Model> | undefined,
  pageOf: (model: Model) => string,
): void => {
  if (found === undefined) sendProblem(req, res, 404, [noDistribution]);
  else if (isLeft(found)) refuse(req, res, found.left);
  else sendPage(res, pageOf(found.right));
};

const statusOf = { unknown: 404, gone: 410, busy: 429 } as const satisfies Record<NotServed['kind'], number>;

const refuse = (req: Request, res: Response, refused: NotServed): void => {
  if (refused.kind === 'busy') res.set('Retry-After', String(refused.retryAfter));
  sendProblem(req, res, statusOf[refused.kind], [refused.because]);
};

const text = ({ query }: Request, name: string): string => {
  const value = query[name];
  return typeof value === 'string' ? value.trim().slice(0, 100) : '';
};

const momentOf = (req: Request, name: string): string | undefined => text(req, name) || undefined;

const nthOf = (req: Request): number | undefined =>
  /^[1-9]\d{0,8}$/.test(text(req, 'nth')) ? Number(text(req, 'nth')) : undefined;

const sideOf = (req: Request, name: 'one' | 'other'): At | undefined => {
  const distribution = text(req, name);
  return DistributionName.is(distribution) ? { distribution, at: momentOf(req, `${name}-at`) } : undefined;
};

const nameAsked = (req: Request): string => text(req, 'name').toLowerCase();

const listAsked = (req: Request) => ({
  name: nameAsked(req),
  sort: sorts.find((each) => each === text(req, 'sort')) ?? ('name' as const),
  page: pageAskedBy(req),
});

const noRepository = refusal(
  'no-repository',
  'no repository of this name is configured',
  'see /mini_buildd/ for those that are',
);

const noDistribution = refusal(
  'no-distribution',
  'the repository has no distribution of this name',
  'see the page of the repository for those that it has',
);
