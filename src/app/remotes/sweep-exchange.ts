import type { Exchange } from '../../ports/exchange.ts';
import { heldByRequests } from '../../projections/buildrequests.ts';
import type { World } from '../../projections/world.ts';

/** Lets go of everything in the exchange that no build under way needs. What came within the hour stays: its event may be on its way. */
export const sweepExchange = async (world: World, exchange: Exchange): Promise<void> => {
  const sent = [...world.builds.claimed.values()].flatMap(({ dispatched, answer }) => [
    ...(dispatched === undefined ? [] : [dispatched.request, dispatched.tar]),
    ...(answer === undefined ? [] : [answer.result, ...answer.files]),
  ]);
  const held = new Set([...heldByRequests(world.buildrequests), ...sent].map(({ sha256 }) => sha256));
  for (const sha256 of await exchange.list()) if (!held.has(sha256)) await exchange.letGo(sha256);
};
