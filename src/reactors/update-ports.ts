import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { PortId } from '../domain/ids.ts';
import type { PortRequested } from '../domain/port/events.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { askedByRule, type OvertakenPort, portsByRule } from '../projections/followed-ports.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What an overtaken port comes to as things are now. */
type PlanUpdate = (port: OvertakenPort) => Promise<Either<Refusal, PortRequested>>;

/** Ports that rules ask for within an hour, whatever happens elsewhere. */
export const mostAnHour = 10;

/** How long it is tried to reach where it lies. Milliseconds. */
const patience = 3_600_000;

const pauses = { first: 60_000, longest: 900_000 };

/**
 * Requests the ports of what overtook those that stand in a repository which builds such by itself, each once, under the name that the event gave it: what
 * cannot be ported fails on record and is left to people, until there is a newer version.
 */
export const updatePorts = (
  world$: Observable<World>,
  clock: Clock,
  plan: PlanUpdate,
  tell: Tell,
): Observable<Fault> => {
  const begun = new Map<PortId, number>();
  return onceEach(world$, clock, {
    name: 'update-ports',
    owed: (world) => owed(world, clock.now()),
    key: ({ overtaken }) => overtaken.next,
    pauses,
    work: async (port) => {
      const { next } = port.overtaken;
      const since = begun.get(next) ?? clock.now();
      begun.set(next, since);
      const planned = await plan(port);
      if (isLeft(planned) && planned.left.rule === 'unreachable' && clock.now() - since < patience) {
        throw new Error(planned.left.fact);
      }
      begun.delete(next);
      const why = duty('update-ports', port.requested.upload, port.saidBy);
      if (!isLeft(planned)) return tell({ command: 'RequestPort', requested: planned.right }, why);
      return tell({ command: 'ReportPort', event: { type: 'PortFailed', port: next, ...planned.left } }, why);
    },
  });
};

const owed = (world: World, now: number): readonly OvertakenPort[] =>
  world.engine === 'stopped'
    ? []
    : portsByRule(world).slice(0, Math.max(0, mostAnHour - askedByRule(world.followedPorts, now)));
