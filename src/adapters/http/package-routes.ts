import { type Request, type Response, Router } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { SourceName } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import type { Position } from '../../ports/event-log.ts';
import { PositionText } from './event-query.ts';
import { sendPage } from './form-body.ts';
import { pageAskedBy } from './list-query.ts';
import type { LivePages } from './live-pages.ts';
import { isGone } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import type { Pulses } from './pulses.ts';
import { readerOf } from './reader.ts';
import { turnAway } from './turn-away.ts';
import type { Instance } from './views/instance.ts';
import type { FoundPackages, PackageModel } from './views/package-model.ts';
import { packagePage, packageParts } from './views/package-page.ts';
import { packagesFound } from './views/packages-found.ts';
import { packageUrl } from './views/parts.ts';
import type { Visitor, visitors } from './visitor.ts';

export type PackagePages = {
  /** `undefined` when nothing of that name was ever here. `before`: where the page of the timeline before ended. */
  readonly page: (asked: {
    readonly source: SourceName;
    readonly before: Position | undefined;
    readonly caller: Caller;
  }) => Promise<PackageModel | undefined>;
  readonly search: (part: string, page: number, sort: SearchSort) => FoundPackages;
};

type PackageParts = {
  readonly api: Pick<Api, 'commands'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly packages: PackagePages;
  readonly live: LivePages;
  /** What happened to one source package. */
  readonly touched: Pulses;
};

/** `/mini_buildd/packages?name=&page=` finds, and `/mini_buildd/packages/SOURCE` shows, source packages; `live` below it is what reads otherwise by then. */
export const packageRoutes = ({ api, instance, visitor, packages, live, touched }: PackageParts): Router => {
  const router = Router();
  router.get('/mini_buildd/packages', (req, res) => {
    const sought = soughtBy(req);
    const sort = searchSorts.find((each) => each === req.query.sort) ?? 'name';
    const found = packages.search(sought, pageAskedBy(req), sort);
    if (found.isKnown) return res.redirect(302, packageUrl(sought));
    sendPage(res, packagesFound(instance, sought, found, sort));
  });
  router.get('/mini_buildd/packages/:source', async (req, res) => {
    const { source } = req.params;
    const before = beforeOf(req);
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    if (!SourceName.is(source) || before === 'unreadable') return notFound(req, res);
    const model = await packages.page({ source, before, caller: found.right.caller });
    if (model === undefined) return notFound(req, res);
    sendPage(res, packagePage(instance, model, readerOf(api, found.right), Date.now()));
  });
  router.get('/mini_buildd/packages/:source/live', async (req, res) => {
    const { source } = req.params;
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    if (!SourceName.is(source)) return notFound(req, res);
    const pageFor = ({ caller }: Visitor) => packages.page({ source, before: undefined, caller });
    if ((await pageFor(found.right)) === undefined) return notFound(req, res);
    const parts = async (who: Visitor) => {
      const model = await pageFor(who);
      return model && packageParts(instance, model, readerOf(api, who), Date.now());
    };
    if (isGone(req, res)) return;
    const changes = touched.of(source);
    res.once('close', () => touched.leave(source));
    await live(req, res, { visitor: found.right, key: source, parts, changes, often });
  });
  return router;
};

/** What was sought by a part of its name is not told by how often it changed. */
const searchSorts = ['name', 'name-back', 'changed', 'changed-back'] as const;

type SearchSort = (typeof searchSorts)[number];

/** Ages are shown to the minute. Milliseconds. */
const often = 30_000;

/** Names of source packages are lower case: who types otherwise means so. */
const soughtBy = ({ query: { name } }: Request): string =>
  typeof name === 'string' ? name.trim().toLowerCase().slice(0, 100) : '';

const beforeOf = ({ query: { before } }: Request): Position | 'unreadable' | undefined => {
  if (before === undefined) return undefined;
  return PositionText.is(before) ? (before as unknown as Position) : 'unreadable';
};

const notFound = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [
    refusal('no-package', 'no source package of this name was ever here', 'look for it by a part of its name'),
  ]);
