import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { BuildStory } from '../projections/build-queue.ts';
import { type Turn, turnOf } from '../projections/dep-wait.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

type Owed = { readonly build: BuildStory; readonly turn: Turn };

/** Puts builds that wait for dependencies back into the queue when what they wait for is there, and gives up in the end. */
export const resumeBuilds = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'resume-builds',
    owed: (world) =>
      [...world.builds.depWait.values()].flatMap((build): readonly Owed[] => {
        const turn = turnOf(build, world, clock.now());
        return turn === undefined ? [] : [{ build, turn }];
      }),
    key: ({ build }) => `${build.id}#${build.attempts}`,
    work: ({ build: { id, attempts: attempt, requested, changedBy }, turn }) =>
      tell(
        turn.turn === 'resume'
          ? { command: 'ResumeBuild', build: id, attempt, because: turn.because, found: turn.found }
          : { command: 'GiveUpBuild', build: id, attempt, fact: turn.fact },
        duty('resume-builds', requested.upload, changedBy),
      ),
  });
