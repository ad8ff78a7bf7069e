import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { type Refusal, sentence } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type RequestStory, requestsIn } from '../projections/buildrequests.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Sends each buildresult to who wants it, until its incoming has taken it or nobody waits for it any more. */
export const sendBuildresults = (
  world$: Observable<World>,
  clock: Clock,
  send: (request: RequestStory) => Promise<Either<Refusal, undefined>>,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'send-buildresults',
    owed: ({ buildrequests }) => requestsIn(buildrequests, 'built'),
    key: ({ received }) => received.request,
    work: async (story) => {
      const { request } = story.received;
      const taken = await send(story);
      if (isLeft(taken)) throw new Error(sentence(taken.left));
      await tell({ command: 'ReportBuildresult', request }, duty('send-buildresults', request, story.changedBy));
    },
  });
