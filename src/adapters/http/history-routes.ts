import { type Request, type Response, Router } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { sightOf, type Viewer } from '../../domain/account/viewer.ts';
import { EventId } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Api } from '../../ports/api.ts';
import type { Position, Query } from '../../ports/event-log.ts';
import { eventJson } from './event-json.ts';
import { Word } from './event-query.ts';
import { sendPage } from './form-body.ts';
import { filtersOf, historyQuery } from './history-query.ts';
import type { LivePages } from './live-pages.ts';
import { type Newer, newerCounts } from './newer-counts.ts';
import { sendProblem } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { sparing } from './sparing.ts';
import { turnAway } from './turn-away.ts';
import { eventPage } from './views/event-page.ts';
import type { EventModel, HistoryModel } from './views/history-model.ts';
import { badHistoryPage, historyPage, newerParts } from './views/history-page.ts';
import type { Instance } from './views/instance.ts';
import type { Visitor, visitors } from './visitor.ts';
import { wanted } from './wanted.ts';

export type HistoryPages = {
  /** A page of events; or why the caller may not ask so. */
  readonly page: (asked: Omit<Query, 'limit'>, caller: Caller) => Promise<Either<Refusal, HistoryModel>>;
  /** How many of those that are asked for came after `since`; without it, how many there are, of the last hundred. */
  readonly newer: (asked: Omit<Query, 'limit'>, since: Position | undefined, caller: Caller) => Promise<Newer>;
  /** What the log calls whom a word means, by login or as it stands there; `undefined` where that is not for the viewer to ask. */
  readonly names: (word: string, viewer: Viewer) => Promise<readonly string[] | undefined>;
  /** `undefined` where it is not to be found, or not the caller's business. `chain`: the correlation to find it in. */
  readonly event: (asked: {
    readonly id: EventId;
    readonly chain: string | undefined;
    readonly caller: Caller;
  }) => Promise<EventModel | undefined>;
};

type HistoryParts = {
  readonly api: Pick<Api, 'commands'>;
  readonly instance: Instance;
  readonly visitor: ReturnType<typeof visitors>;
  readonly history: HistoryPages;
  readonly live: LivePages;
  /** What they may see of the log now. */
  readonly viewer: (caller: Caller) => Viewer;
  readonly changes: Pulse;
};

/** What happens is told by events. Milliseconds. */
const often = 60_000;

/**
 * `/mini_buildd/history`: the log as people read it; what was typed wrongly comes back with what is wrong. Below it each event by its
 * id, as a page or as JSON.
 */
export const historyRoutes = ({ api, instance, visitor, history, live, viewer, changes }: HistoryParts): Router => {
  const router = Router();
  const newer = newerCounts(often / 2);
  const known = api.commands.find(({ name }) => name === 'history')?.arguments ?? [];
  router.get('/mini_buildd/history', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const filters = filtersOf(req.query);
    const asked = historyQuery(known, filters, req.query.before);
    if (isLeft(asked)) return sendPage(res.status(400), badHistoryPage(instance, filters, asked.left));
    const model = await history.page(asked.right, found.right.caller);
    if (isLeft(model)) return sendPage(res.status(403), badHistoryPage(instance, filters, [model.left]));
    sendPage(res, historyPage(instance, { filters, before: asked.right.before }, model.right));
  });
  router.get('/mini_buildd/history/live', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const filters = filtersOf(req.query);
    const read = historyQuery(known, filters, req.query.since);
    if (isLeft(read)) return sendPage(res.status(400), badHistoryPage(instance, filters, read.left));
    const { before: since, ...asked } = read.right;
    const sought = JSON.stringify(asked);
    const key = `${sought} ${since}`;
    const { changes: now, timed } = sparing(changes, often);
    await newer.follow(key, async (counts) => {
      const parts = timed(async ({ caller }: Visitor) => {
        const where = { key: sought, sight: sightOf(viewer(caller)), since, changes: changes.count() };
        const { count } = await newer.now(counts, where, (from) => history.newer(asked, from, caller));
        return newerParts(filters, count);
      });
      await live(req, res, { visitor: found.right, key, parts, changes: now, often });
    });
  });
  router.get('/mini_buildd/history/:id', async (req, res) => {
    const found = await visitor(req);
    if (isLeft(found)) return turnAway(req, res, instance, found.left, req.originalUrl);
    const { id } = req.params;
    const { caller } = found.right;
    const model = EventId.is(id) ? await history.event({ id, chain: chainOf(req), caller }) : undefined;
    if (model === undefined) return sendProblem(req, res, 404, [noEvent]);
    sendEvent(req, res, instance, model);
  });
  return router;
};

const chainOf = ({ query: { chain } }: Request): string | undefined => (Word.is(chain) ? chain : undefined);

const sendEvent = (req: Request, res: Response, instance: Instance, model: EventModel): void => {
  if (wanted(req) === 'html') sendPage(res, eventPage(instance, model));
  else res.set('Cache-Control', 'no-store').json(eventJson(model.recorded));
};

const noEvent = refusal(
  'no-event',
  'no event of this id is to be seen here',
  'find it in /mini_buildd/history, whose links say where it stands',
);
