import type { Sha256 } from '../../domain/debian/names.ts';
import type { Exchange } from '../../ports/exchange.ts';
import { builtElsewhereUnchecked } from '../../projections/answers-opened.ts';
import { heldByRequests } from '../../projections/buildrequests.ts';
import type { World } from '../../projections/world.ts';

/** Lets go of everything in the exchange that no build under way needs, and nobody is at work with. What came within the hour stays: its event may be on its way. */
export const sweepExchange = async (world: World, exchange: Exchange, inUse: ReadonlySet<Sha256>): Promise<void> => {
  const answered = builtElsewhereUnchecked(world);
  const sent = [...world.builds.claimed.values(), ...answered].flatMap(({ dispatched, answer }) => [
    ...(dispatched === undefined ? [] : [dispatched.request, dispatched.tar]),
    ...(answer === undefined ? [] : [answer.result, ...answer.files]),
  ]);
  const held = new Set([...heldByRequests(world.buildrequests), ...sent].map(({ sha256 }) => sha256));
  for (const sha256 of await exchange.list()) if (!held.has(sha256) && !inUse.has(sha256)) await exchange.letGo(sha256);
};
