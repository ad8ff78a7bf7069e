import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { buildsLostAtNodes, checksLostAtNodes } from '../projections/node-leases.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Takes builds back from nodes that fell silent, stopped or were removed, so that they go elsewhere. Who wakes up later says in vain what came of them. */
export const withdrawFromNodes = (
  world$: Observable<World>,
  clock: Clock,
  roll: RollCall,
  leaseMs: number,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'withdraw-from-nodes',
    owed: (world) => buildsLostAtNodes(world, roll, clock.now(), leaseMs),
    key: ({ work }) => `${work.id}#${work.attempts}${work.status}`,
    work: ({ work: { id: build, attempts: attempt, requested, changedBy }, node, reason, inOrder }) =>
      tell(
        inOrder
          ? { command: 'InterruptBuild', build, attempt, builder: node, reason: `${node}: ${reason}` }
          : { command: 'WithdrawBuild', build, attempt, builder: node, reason },
        duty('withdraw-from-nodes', requested.upload, changedBy),
      ),
  });

/** The same for checks. */
export const withdrawChecksFromNodes = (
  world$: Observable<World>,
  clock: Clock,
  roll: RollCall,
  leaseMs: number,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'withdraw-checks-from-nodes',
    owed: (world) => checksLostAtNodes(world, roll, clock.now(), leaseMs),
    key: ({ work }) => `${work.id}#${work.attempts}`,
    work: ({ work: { id, attempts, requested, changedBy }, node, reason }) =>
      tell(
        { command: 'InterruptCheck', check: id, attempt: attempts, reason: `${node}: ${reason}` },
        duty('withdraw-checks-from-nodes', requested.upload, changedBy),
      ),
  });
