import { catchError, defer, exhaustMap, ignoreElements, map, merge, type Observable, of } from 'rxjs';
import { buildOrders } from './app/builds/build-orders.ts';
import type { Projector } from './app/projector.ts';
import { answerRequest } from './app/remotes/answer-request.ts';
import { introduceOurselves, lookAtRemote } from './app/remotes/look-at-remote.ts';
import { makeRequest } from './app/remotes/make-request.ts';
import { sendFiles } from './app/remotes/send-files.ts';
import { sweepExchange } from './app/remotes/sweep-exchange.ts';
import { takeResult } from './app/remotes/take-result.ts';
import { signersOf } from './domain/archive-key/archive-keys.ts';
import type { RemoteId } from './domain/configuration/events.ts';
import { instanceUrl } from './domain/configuration/instance-address.ts';
import type { Sha256 } from './domain/debian/names.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Neighbours } from './ports/neighbours.ts';
import type { RollCall } from './ports/roll-call.ts';
import type { Tell } from './ports/tell.ts';
import type { AnswersOpened } from './projections/answers-opened.ts';
import { checksWithBuild } from './projections/checks-owed.ts';
import { dispatchBuilds } from './reactors/dispatch-builds.ts';
import type { FollowedLogs } from './reactors/follow-logs.ts';
import type { Fault } from './reactors/once-each.ts';
import { runBuildrequests } from './reactors/run-buildrequests.ts';
import { sendBuildresults } from './reactors/send-buildresults.ts';
import { takeResults } from './reactors/take-results.ts';
import { wakeRemotes } from './reactors/wake-remotes.ts';
import { watchRemotes } from './reactors/watch-remotes.ts';
import { cancelBuildrequests, withdrawBuilds } from './reactors/withdraw-builds.ts';

/** Other instances are asked more often than anything here falls due. Milliseconds. */
const tickMs = 5_000;
const sweepMs = 600_000;

/** Every standing duty that has to do with other instances. */
export const remoteDuties = (
  parts: EngineParts,
  { world, world$ }: Pick<Projector, 'world' | 'world$'>,
  peers: Neighbours,
  roll: RollCall,
  logs: FollowedLogs,
  answers: AnswersOpened,
  stop: AbortSignal,
  tell: Tell,
): Observable<Fault> => {
  const { clock, place, remotes, exchange } = parts;
  const due$ = merge(world$, clock.every(tickMs).pipe(map(() => world)));
  const all = { ...parts, world, now: clock.now };
  const inUse = new Set<Sha256>();
  const terms = { leaseMs: parts.leaseMs, buildMs: parts.timeouts.buildSeconds * 1000 };
  const orderFor: ReturnType<typeof buildOrders> = (build, attempt) =>
    buildOrders(world, instanceUrl(world.configuration), parts.timeouts)(build, attempt);
  return merge(
    watchRemotes(
      due$,
      clock,
      peers,
      {
        look: (remote) => lookAtRemote(remote, all),
        introduce: async (remote, { knows }) => {
          const isKnown = knows.some((each) => signersOf(world.configuration).includes(each));
          if (!isKnown) await introduceOurselves(remote, all);
        },
      },
      tell,
    ),
    wakeRemotes(due$, clock, place, peers, roll, parts.wake, tell),
    dispatchBuilds(
      due$,
      clock,
      peers,
      {
        make: async (build, attempt) => {
          const aptCertificates = await parts.anchors(instanceUrl(world.configuration));
          const order = { ...orderFor(build, attempt), aptCertificates };
          const { configured } = world.remotes.get(build.builder as RemoteId) ?? {};
          return makeRequest(order, checksWithBuild(build, world), configured?.fingerprint, all);
        },
        send: (remote, { tar, request }) =>
          sendFiles(peers.heard(remote)?.statement.ftp, [tar, request], remotes, exchange),
      },
      tell,
    ),
    withdrawBuilds(due$, clock, place, peers, roll, terms, tell),
    takeResults(due$, clock, (build, answer) => takeResult(build, answer, all), answers, tell),
    runBuildrequests(
      due$,
      clock,
      place,
      (request, attempt, end) => answerRequest(request, attempt, end, { ...all, inUse }),
      stop,
      tell,
    ),
    sendBuildresults(
      due$,
      clock,
      ({ received, result }) =>
        sendFiles(
          peers.heard(received.remote)?.statement.ftp,
          result === undefined ? [] : [...result.files, result.changes],
          remotes,
          exchange,
        ),
      tell,
    ),
    cancelBuildrequests(due$, clock, peers, tell),
    logs.faults$(due$),
    clock.every(sweepMs).pipe(
      exhaustMap(() =>
        defer(() => sweepExchange(world, exchange, inUse)).pipe(
          ignoreElements(),
          catchError((error: unknown) => of({ duty: 'sweep-exchange', item: 'exchange', error, againInMs: sweepMs })),
        ),
      ),
    ),
  );
};
