import type { Target } from '../../domain/configuration/configuration.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { ownAccord } from '../../projections/own-accord.ts';
import type { World } from '../../projections/world.ts';

/** When what stands somewhere migrates by itself, or why it does not; `undefined` where nothing does, or it has. */
export const byItself = (world: World, target: Target, held: HeldVersion): string | undefined => {
  const accord = ownAccord(world, target, held);
  switch (accord?.state) {
    case undefined:
      return undefined;
    case 'stays':
      return `does not migrate by itself: ${accord.because}`;
    case 'unpublished':
      return `migrates by itself ${accord.days} day${accord.days === 1 ? '' : 's'} after apt sees it`;
    case 'waits':
      return `migrates by itself on ${accord.at.slice(0, 10)}`;
  }
};
