import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { BuildDispatched } from '../domain/build/events.ts';
import type { RemoteId } from '../domain/configuration/events.ts';
import type { Sha256, StoredFile } from '../domain/debian/names.ts';
import { type Refusal, sentence } from '../domain/refusal.ts';
import { markOf } from '../domain/remote/statement.ts';
import { sinceWhen } from '../domain/since-when.ts';
import type { Clock } from '../ports/clock.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type BuildStory, claims } from '../projections/build-queue.ts';
import { addedRemotes } from '../projections/remotes.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

export type Dispatching = {
  /** Makes the request of one attempt. */
  readonly make: (
    build: BuildStory,
    attempt: number,
  ) => Promise<{ readonly request: StoredFile; readonly tar: StoredFile }>;
  /** Sends it to the incoming of the remote; again is no harm. */
  readonly send: (remote: RemoteId, dispatched: BuildDispatched) => Promise<Either<Refusal, undefined>>;
};

type Step = 'claim' | 'dispatch' | 'send';

/** What was sent and is still not known there is sent again after this time. Milliseconds. */
const patienceMs = 60_000;

/**
 * Hands builds that were assigned to a remote over to it, in steps that each survive a crash: `BuildStarted` is the claim; the request is made, and
 * `BuildDispatched` names it, before anything is sent; it is sent until the remote says that it has it.
 */
export const dispatchBuilds = (
  world$: Observable<World>,
  clock: Clock,
  neighbours: Pick<Neighbours, 'heard'>,
  { make, send }: Dispatching,
  tell: Tell,
): Observable<Fault> => {
  const sent = new Map<Sha256, { readonly at: number }>();
  /** Not there, as far as we know, and not on its way. */
  const isToBeSent = (remote: RemoteId, { dispatched, answer }: BuildStory): boolean => {
    if (dispatched === undefined || answer !== undefined) return false;
    const { sha256 } = dispatched.request;
    const heard = neighbours.heard(remote);
    if (heard?.statement.requests.has(markOf(sha256))) return false;
    const last = sent.get(sha256);
    if (last === undefined) return true;
    const now = clock.now();
    const sentAt = sinceWhen(last, last.at, now);
    return heard !== undefined && sinceWhen(heard, heard.at, now) > sentAt && now - sentAt > patienceMs;
  };
  const stepOf = (remote: RemoteId, build: BuildStory): Step | undefined => {
    if (build.status === 'assigned') return 'claim';
    if (build.dispatched === undefined) return 'dispatch';
    return isToBeSent(remote, build) ? 'send' : undefined;
  };
  return onceEach(world$, clock, {
    name: 'dispatch-builds',
    owed: (world) =>
      remotesOf(world).flatMap((remote) =>
        claims(world.builds, remote).flatMap((build) => {
          const step = stepOf(remote, build);
          return step === undefined ? [] : [{ remote, build, step }];
        }),
      ),
    key: ({ build }) => build.id,
    what: ({ step }) => step,
    work: async ({ remote, build, step }) => {
      const { id, requested, attempts, dispatched } = build;
      const because = duty('dispatch-builds', requested.upload, build.changedBy);
      if (step === 'claim') {
        await tell({ command: 'StartBuild', build: id, builder: remote, attempt: attempts + 1 }, because);
      } else if (step === 'dispatch') {
        await tell(
          { command: 'DispatchBuild', build: id, attempt: attempts, ...(await make(build, attempts)) },
          because,
        );
      } else if (dispatched !== undefined) {
        const taken = await send(remote, dispatched);
        if (isLeft(taken)) throw new Error(sentence(taken.left));
        const now = clock.now();
        sent.set(dispatched.request.sha256, { at: now });
        for (const [old, last] of sent) if (now - sinceWhen(last, last.at, now) > 86_400_000) sent.delete(old);
      }
    },
  });
};

const remotesOf = ({ remotes }: World): readonly RemoteId[] =>
  addedRemotes(remotes).flatMap(({ remote, active }) => (active ? [remote] : []));
