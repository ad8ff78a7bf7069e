import { isLeft } from 'fp-ts/lib/Either.js';
import { type Observable, tap } from 'rxjs';
import type { BuildrequestCommand } from '../domain/buildrequest/buildrequest.ts';
import type { Sha256 } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import { reasonOf } from '../domain/reason.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type RequestStory, requestsIn } from '../projections/buildrequests.ts';
import { load, type Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { insist } from './insist.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Builds what a request wants, and says what came of it. Rejects when the attempt says nothing. */
export type Answer = (request: RequestStory, attempt: number, end: AbortSignal) => Promise<BuildrequestCommand>;

/**
 * Builds for other instances what they ask for, as long as there is room. `BuildrequestStarted` is the claim, as with builds of our own: what an
 * earlier life left building is interrupted at start. A request that ended meanwhile is ended here too.
 */
export const runBuildrequests = (
  world$: Observable<World>,
  clock: Clock,
  place: Place,
  answer: Answer,
  stop: AbortSignal,
  tell: Tell,
): Observable<Fault> => {
  const underWay = new Map<Sha256, AbortController>();
  const watched$ = world$.pipe(
    tap(({ buildrequests }) => {
      for (const [request, over] of underWay) if (!buildrequests.open.has(request)) over.abort();
    }),
  );
  return onceEach(watched$, clock, {
    name: 'run-buildrequests',
    owed: (world) =>
      stop.aborted || world.engine === 'stopped'
        ? []
        : requestsIn(world.buildrequests, 'waiting').slice(0, Math.max(0, place.room - load(world, place))),
    key: ({ received }) => received.request,
    what: ({ attempts }) => String(attempts),
    work: async (story) => {
      const { request } = story.received;
      const attempt = story.attempts + 1;
      const because = (cause: EventId) => duty('run-buildrequests', request, cause);
      const claim = await tell({ command: 'StartBuildrequest', request, attempt }, because(story.changedBy));
      if (isLeft(claim)) return;
      const over = new AbortController();
      underWay.set(request, over);
      try {
        const report = await answered(answer, story, attempt, stop, over.signal);
        await insist(() => tell(report, because(claim.right.at(-1)?.id ?? story.changedBy)), stop, clock);
      } finally {
        underWay.delete(request);
      }
    },
  });
};

const answered = async (
  answer: Answer,
  story: RequestStory,
  attempt: number,
  stop: AbortSignal,
  over: AbortSignal,
): Promise<BuildrequestCommand> => {
  const { request } = story.received;
  const interrupted = (reason: string) => ({ command: 'InterruptBuildrequest', request, attempt, reason }) as const;
  try {
    const report = await answer(story, attempt, AbortSignal.any([stop, over]));
    return stop.aborted ? interrupted('the daemon was stopped') : report;
  } catch (error) {
    return interrupted(reasonOf(error));
  }
};
