import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { sentence } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { Wake } from '../ports/waker.ts';
import { sleepers } from '../projections/sleepers.ts';
import type { Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Wakes remotes that sleep and that a build waits for, and asks them at once and soon again whether they are there. Woken and not said, as when the power
 * fails in between, they are woken once more, which is no harm. Without a command nobody is woken.
 */
export const wakeRemotes = (
  world$: Observable<World>,
  clock: Clock,
  place: Place,
  neighbours: Pick<Neighbours, 'expected'>,
  roll: RollCall,
  wake: Wake | undefined,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'wake-remotes',
    owed: (world) => (wake === undefined ? [] : sleepers(world, place, roll, clock.now())),
    key: ({ remote: { remote } }) => remote,
    pauses: { first: 60_000, longest: 3_600_000 },
    work: async ({ remote: { remote }, build: { id, requested, changedBy } }) => {
      const done = await wake?.(remote);
      if (done !== undefined && isLeft(done)) throw new Error(sentence(done.left));
      const { source, version, architecture } = requested;
      const because = `${source} ${version} for ${architecture} (build ${id}) waits, and nobody else who is there can build it`;
      await tell(
        { command: 'WakeRemote', woken: { type: 'RemoteWoken', remote, because } },
        duty('wake-remotes', requested.upload, changedBy),
      );
      neighbours.expected(remote, clock.now());
    },
  });
