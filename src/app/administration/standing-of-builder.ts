import type { Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { guests } from '../builders-now.ts';
import { type Standing, standingOf } from './standing.ts';

/** How the builder of this machine does. */
export const standingOfBuilder = (world: World, { room }: Pick<Place, 'room'>): Standing => {
  const standing = standingOf('instance', 'instance', world);
  if (standing.look !== 'good') return standing;
  if (room === 0) return { state: 'builds nothing', look: 'idle', reason: 'all is built elsewhere' };
  return { state: 'works', look: 'good', reason: guests(world) ?? 'the engine begins builds' };
};
