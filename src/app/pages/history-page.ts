import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { shownTo } from '../../domain/account/viewer.ts';
import { everyDistribution } from '../../domain/configuration/configuration.ts';
import type { EventLog, Position, Query } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { formerSuites } from '../../projections/former-distributions.ts';
import type { World } from '../../projections/world.ts';
import type { Doers } from '../accounts/doers.ts';
import { distributionThen } from './distribution-then.ts';
import { happeningsOf } from './happenings.ts';
import { proofOf } from './proof.ts';
import type { Sealing } from './sealing.ts';
import { soughtEvents } from './sought-events.ts';

/** Events of one page, and of one answer when nothing else is said. */
export const historyPageLength = 36;

/** What happened, the newest first, as far as it is the caller's business. */
export const historyPage =
  (world: World, log: Pick<EventLog, 'query' | 'state' | 'verified'>, sealing: Sealing, doers: Doers) =>
  async (asked: Omit<Query, 'limit'>, caller: Caller) => {
    const viewer = viewerOf(world.accounts, caller);
    // Before the log is asked: what comes meanwhile is newer.
    const asOf = log.state().head;
    const sought = await soughtEvents(log, doers, { ...asked, limit: historyPageLength + 1 }, viewer);
    if (isLeft(sought)) return sought;
    const found = sought.right;
    const page = found.slice(0, historyPageLength);
    return right({
      happenings: await happeningsOf(page, viewer, doers),
      next: found.length > page.length ? page.at(-1)?.position : undefined,
      asItWas: asked.distribution === undefined ? undefined : distributionThen(world, asked.distribution, asked.until),
      distributions: everyDistribution(world.configuration),
      formerDistributions: [...world.former.keys()].flatMap((repository) =>
        formerSuites(world.former, repository).map(({ target }) => target.name),
      ),
      logins: await doers.logins(viewer),
      proof: proofOf(world, log, sealing),
      asOf,
    });
  };

/** Events that are asked for at once, and how often in one look. */
const mostAsked = 100;
const mostTimes = 10;

/**
 * How many of the events that are asked for came after `since`, as far as they are the caller's business, and up to where it was looked at: `mostAsked` are enough
 * for anybody. Without `since` it is that of the last ones.
 */
export const newerEvents =
  (world: World, log: Pick<EventLog, 'query'>, doers: Doers) =>
  async (asked: Omit<Query, 'limit'>, since: Position | undefined, caller: Caller) => {
    const viewer = viewerOf(world.accounts, caller);
    const [head] = await log.query({ limit: 1 });
    let [count, until] = [0, since];
    for (let times = 0; times < mostTimes && count < mostAsked; times += 1) {
      const after = until === undefined ? {} : { after: until };
      const sought = await soughtEvents(log, doers, { ...asked, ...after, limit: mostAsked }, viewer);
      if (isLeft(sought)) break;
      const found = sought.right;
      count += found.filter((event) => shownTo(viewer, event) !== undefined).length;
      const isAll = until === undefined || found.length < mostAsked;
      for (const event of isAll && head !== undefined ? [head, ...found] : found)
        if (until === undefined || event.position > until) until = event.position;
      if (isAll) break;
    }
    return { count, until };
  };
