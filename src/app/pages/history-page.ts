import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { shownTo } from '../../domain/account/viewer.ts';
import { everyDistribution } from '../../domain/configuration/configuration.ts';
import type { EventLog, Position, Query } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
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
    const sought = await soughtEvents(log, doers, { ...asked, limit: historyPageLength + 1 }, viewer);
    if (isLeft(sought)) return sought;
    const found = sought.right;
    const page = found.slice(0, historyPageLength);
    return right({
      happenings: await happeningsOf(page, viewer, doers),
      next: found.length > page.length ? page.at(-1)?.position : undefined,
      asItWas: asked.distribution === undefined ? undefined : distributionThen(world, asked.distribution, asked.until),
      distributions: everyDistribution(world.configuration),
      logins: await doers.logins(viewer),
      proof: proofOf(world, log, sealing),
    });
  };

/** So many are counted, and no more. */
const mostNewer = 100;

/** Where the last of the events that are asked for stand, as far as they are the caller's business: who looked at any time finds there how many came since. */
export const newestEvents =
  (world: World, log: Pick<EventLog, 'query'>, doers: Doers) =>
  async (asked: Omit<Query, 'limit'>, caller: Caller): Promise<readonly Position[]> => {
    const viewer = viewerOf(world.accounts, caller);
    const found = await soughtEvents(log, doers, { ...asked, limit: mostNewer }, viewer);
    if (isLeft(found)) return [];
    return found.right.filter((event) => shownTo(viewer, event) !== undefined).map(({ position }) => position);
  };
