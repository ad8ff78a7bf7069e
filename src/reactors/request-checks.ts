import type { Observable } from 'rxjs';
import { checkId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { AnswersOpened } from '../projections/answers-opened.ts';
import { checksOwed, requestOf } from '../projections/checks-owed.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Asks for every check that is wanted of what a build made, once it is known what was checked where it was built. */
export const requestChecks = (
  world$: Observable<World>,
  clock: Clock,
  answers: AnswersOpened,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'request-checks',
    owed: (world) => checksOwed(world).filter(({ build }) => !answers.isToBeOpened(build, world)),
    key: ({ build, wanted }) => checkId(build.id, wanted.tool),
    work: ({ build, wanted }) => {
      const { type, ...requested } = requestOf(build, wanted);
      return tell({ command: 'RequestCheck', ...requested }, duty('request-checks', requested.upload, build.changedBy));
    },
  });
