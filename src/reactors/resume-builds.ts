import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { turns } from '../projections/dep-wait.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Puts builds that wait for dependencies back into the queue when what they wait for is there, and gives up in the end. */
export const resumeBuilds = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'resume-builds',
    owed: (world) => turns(world, clock.now()),
    key: ({ build }) => `${build.id}#${build.attempts}`,
    work: ({ build: { id, attempts: attempt, requested, changedBy }, turn }) =>
      tell(
        turn.turn === 'resume'
          ? { command: 'ResumeBuild', build: id, attempt, because: turn.because, found: turn.found }
          : { command: 'GiveUpBuild', build: id, attempt, fact: turn.fact },
        duty('resume-builds', requested.upload, changedBy),
      ),
  });
