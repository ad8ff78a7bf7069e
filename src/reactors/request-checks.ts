import type { Observable } from 'rxjs';
import { checkId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { checksOwed } from '../projections/checks-owed.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Asks for every check that is wanted of what a build made. */
export const requestChecks = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'request-checks',
    owed: checksOwed,
    key: ({ build, wanted }) => checkId(build.id, wanted.tool),
    work: ({ build, wanted: { tool, mode, denies } }) => {
      const { upload, source, version, distribution, codename, architecture } = build.requested;
      const check = checkId(build.id, tool);
      return tell(
        {
          command: 'RequestCheck',
          ...{
            check,
            upload,
            build: build.id,
            tool,
            source,
            version,
            distribution,
            codename,
            architecture,
            mode,
            denies,
          },
        },
        duty('request-checks', upload, build.changedBy),
      );
    },
  });
