import type { Observable } from 'rxjs';
import { chrootName } from '../domain/configuration/configuration.ts';
import type { Chroots } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { leftOver } from '../projections/templates.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';
import type { Purpose } from './prepare-chroots.ts';

/** Removes the templates of chroots that are configured no more, once no build uses them. */
export const removeChroots = (
  purpose: Purpose,
  world$: Observable<World>,
  clock: Clock,
  chroots: Pick<Chroots, 'remove'>,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'remove-chroots',
    owed: (world) => leftOver(purpose.templates(world)),
    key: chrootName,
    work: async (prepared) => {
      const { codename, architecture, generation } = prepared;
      await chroots.remove(codename, architecture);
      const fact = 'removed with its chroot';
      await tell(
        { command: 'Report', event: { type: purpose.lost, codename, architecture, generation, fact } },
        duty('remove-chroots', chrootName(prepared)),
      );
    },
  });
