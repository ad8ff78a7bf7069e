import { suitesOf } from '../../domain/configuration/configuration.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { World } from '../../projections/world.ts';
import { heldByName } from './held-by-name.ts';
import { namesAtHand } from './names-held.ts';

/** Makes the lists that pages show a part of, so that who looks first after a start does not wait for them either. */
export const haveAtHand = ({ configuration, contents }: World): void => {
  for (const repository of configuration.repositories.values())
    for (const { name, suite } of suitesOf(configuration, repository)) {
      const shelf = contents.shelves.get(name as DistributionName);
      if (shelf === undefined) continue;
      namesAtHand(heldByName(shelf));
      for (let rollback = 0; rollback < suite.rollbacks; rollback += 1) heldByName(shelf, rollback);
    }
};
