import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type LeaseTerms, lostLeases, pointlessRequests } from '../projections/leases.ts';
import type { Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Takes builds back from remotes that declined them, lost them, fell silent or get nowhere with them, so that they go elsewhere. */
export const withdrawBuilds = (
  world$: Observable<World>,
  clock: Clock,
  place: Place,
  neighbours: Pick<Neighbours, 'heard'>,
  roll: RollCall,
  terms: LeaseTerms,
  tell: Tell,
): Observable<Fault> => {
  const listening = { ...terms, bornAt: clock.now() };
  return onceEach(world$, clock, {
    name: 'withdraw-builds',
    owed: (world) => lostLeases(world, place, neighbours, clock.now(), roll, listening),
    key: ({ build }) => `${build.id}#${build.attempts}`,
    work: ({ build: { id, attempts, builder = '', requested, changedBy }, reason }) =>
      tell(
        { command: 'WithdrawBuild', build: id, attempt: attempts, builder, reason },
        duty('withdraw-builds', requested.upload, changedBy),
      ),
  });
};

/** Ends what other instances wanted built and do not wait for any more: they say what they wait for, and nobody has to tell us. */
export const cancelBuildrequests = (
  world$: Observable<World>,
  clock: Clock,
  neighbours: Pick<Neighbours, 'heard'>,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'cancel-buildrequests',
    owed: (world) => pointlessRequests(world, neighbours, clock.now()),
    key: ({ request }) => request.received.request,
    work: ({ request: { received, changedBy }, reason }) =>
      tell(
        { command: 'CancelBuildrequest', request: received.request, reason },
        duty('cancel-buildrequests', received.request, changedBy),
      ),
  });
