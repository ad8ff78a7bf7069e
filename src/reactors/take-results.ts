import type { Observable } from 'rxjs';
import type { BuildresultReceived } from '../domain/build/events.ts';
import type { BuildResult } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { BuildStory } from '../projections/build-queue.ts';
import type { World } from '../projections/world.ts';
import { outcomeOf } from './build-outcome.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What an answer says of the package; or why it says nothing. */
export type Take = (
  build: BuildStory,
  answer: BuildresultReceived,
) => Promise<{ readonly result: BuildResult } | { readonly nothing: string }>;

/** Opens what remotes answered: it counts as a build here would, or the build is taken back and goes elsewhere. */
export const takeResults = (world$: Observable<World>, clock: Clock, take: Take, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'take-results',
    owed: ({ builds }) =>
      [...builds.claimed.values()].flatMap((build) =>
        build.status === 'building' && build.answer !== undefined ? [{ build, answer: build.answer }] : [],
      ),
    key: ({ build }) => `${build.id}#${build.attempts}`,
    work: async ({ build, answer }) => {
      const { id, attempts: attempt, builder = '', requested, changedBy } = build;
      const taken = await take(build, answer);
      const because = duty('take-results', requested.upload, changedBy);
      if ('nothing' in taken) {
        await tell({ command: 'WithdrawBuild', build: id, attempt, builder, reason: taken.nothing }, because);
      } else {
        const outcome = outcomeOf({ build: id, attempt }, taken.result, clock);
        await tell({ command: 'FinishBuild', build: id, outcome }, because);
      }
    },
  });
