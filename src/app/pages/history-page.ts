import { left, right } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { maySeekActor } from '../../domain/account/viewer.ts';
import { everyDistribution } from '../../domain/configuration/configuration.ts';
import { refusal } from '../../domain/refusal.ts';
import type { EventLog, Position, Query } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { distributionThen } from './distribution-then.ts';
import { happeningsOf } from './happenings.ts';
import { proofOf } from './proof.ts';
import type { Sealing } from './sealing.ts';

/** Events of one page, and of one answer when nothing else is said. */
export const historyPageLength = 40;

/** What happened, the newest first, as far as it is the caller's business. */
export const historyPage =
  (world: World, log: Pick<EventLog, 'query' | 'state' | 'verified'>, sealing: Sealing) =>
  async (asked: Omit<Query, 'limit'>, caller: Caller) => {
    const viewer = viewerOf(world.accounts, caller);
    if (asked.actor !== undefined && !maySeekActor(viewer, asked.actor)) return left(notTheirs);
    const found = await log.query({ ...asked, limit: historyPageLength + 1 });
    const page = found.slice(0, historyPageLength);
    return right({
      happenings: happeningsOf(page, viewer),
      next: found.length > page.length ? page.at(-1)?.position : undefined,
      asItWas: asked.distribution === undefined ? undefined : distributionThen(world, asked.distribution, asked.until),
      distributions: everyDistribution(world.configuration),
      proof: proofOf(world, log, sealing),
    });
  };

/** So many are counted, and no more. */
const mostNewer = 100;

/** How many of the events that are asked for happened after `since`, as far as they are the caller's business. */
export const newerEvents =
  (world: World, log: Pick<EventLog, 'query'>) =>
  async (asked: Omit<Query, 'limit'>, since: Position | undefined, caller: Caller): Promise<number> => {
    const viewer = viewerOf(world.accounts, caller);
    if (asked.actor !== undefined && !maySeekActor(viewer, asked.actor)) return 0;
    const after = since === undefined ? {} : { after: since };
    return happeningsOf(await log.query({ ...asked, ...after, limit: mostNewer }), viewer).length;
  };

const notTheirs = refusal(
  'needs-privilege',
  'what somebody did is for themselves and for staff to see',
  'log in, or ask without an actor',
);
