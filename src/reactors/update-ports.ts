import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { hasPassed } from '../domain/has-passed.ts';
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

const hour = 3_600_000;

/** How long it is tried to reach where it lies. Milliseconds. */
const patience = hour;

const pauses = { first: 60_000, longest: 900_000 };

/**
 * Requests the ports of what overtook those that stand in a repository which builds such by itself, each once, under the name that the event gave it: what
 * cannot be ported fails on record and is left to people, until there is a newer version. What cannot be reached lets others go first.
 */
export const updatePorts = (
  world$: Observable<World>,
  clock: Clock,
  plan: PlanUpdate,
  tell: Tell,
): Observable<Fault> => {
  const unreached = new Map<PortId, number>();
  const trying = new Set<PortId>();
  const asked: number[] = [];
  /** The log may have times of a clock that was ahead, and this life has not seen what was before it. */
  const room = (world: World): number => {
    const now = clock.now();
    const here = asked.filter((at) => !hasPassed(hour, at, now)).length;
    return Math.max(0, mostAnHour - Math.max(here, askedByRule(world.followedPorts, now)));
  };
  const owed = (world: World): readonly OvertakenPort[] => {
    if (world.engine === 'stopped') return [];
    const rank = ({ overtaken: { next } }: OvertakenPort): number =>
      trying.has(next) ? 0 : unreached.has(next) ? 2 : 1;
    return portsByRule(world)
      .toSorted((one, other) => rank(one) - rank(other))
      .slice(0, room(world));
  };
  const ask = async (port: OvertakenPort): Promise<void> => {
    const { next } = port.overtaken;
    const planned = await plan(port);
    if (isLeft(planned) && planned.left.rule === 'unreachable') {
      const since = unreached.get(next) ?? clock.now();
      unreached.set(next, since);
      if (!hasPassed(patience, since, clock.now())) throw new Error(planned.left.fact);
    }
    unreached.delete(next);
    const at = clock.now();
    asked.push(at);
    asked.splice(0, asked.length - mostAnHour);
    const why = duty('update-ports', port.requested.upload, port.saidBy);
    const told = await tell(
      isLeft(planned)
        ? { command: 'ReportPort', event: { type: 'PortFailed', port: next, ...planned.left } }
        : { command: 'RequestPort', requested: planned.right },
      why,
    );
    if (isLeft(told)) asked.splice(asked.lastIndexOf(at), 1);
  };
  return onceEach(world$, clock, {
    name: 'update-ports',
    owed,
    key: ({ overtaken }) => overtaken.next,
    pauses,
    work: (port) => {
      const { next } = port.overtaken;
      trying.add(next);
      return ask(port).finally(() => trying.delete(next));
    },
  });
};
