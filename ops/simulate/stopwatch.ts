import { Observable } from 'rxjs';
import type { Tell } from '../../src/ports/tell.ts';
import type { World } from '../../src/projections/world.ts';

/**
 * How long each duty takes to look what is owed after a change of the world: milliseconds of processor of this process, whose other threads
 * tidy up memory meanwhile. What others do on the machine does not count.
 */
export type Stopwatch = {
  /** The same states, with a look taken at how long whoever listens needs for each. */
  readonly over: (duty: string, world$: Observable<World>) => Observable<World>;
  readonly looks: ReadonlyMap<string, readonly number[]>;
  /** The same voice, which counts what is said. */
  readonly deciding: (duty: string, tell: Tell) => Tell;
  /** Looks of such a duty by what was said in each. */
  readonly decisions: (duty: string) => readonly number[];
};

export const stopwatch = (): Stopwatch => {
  const looks = new Map<string, number[]>();
  const decisions = new Map<string, number[]>();
  const said = new Map<string, number>();
  return {
    looks,
    decisions: (duty) => decisions.get(duty) ?? [],
    deciding: (duty, tell) => {
      said.set(duty, 0);
      return (command, because) => {
        said.set(duty, (said.get(duty) ?? 0) + 1);
        return tell(command, because);
      };
    },
    over: (duty, world$) => {
      const times: number[] = [];
      const each: number[] = [];
      looks.set(duty, times);
      decisions.set(duty, each);
      return new Observable((subscriber) =>
        world$.subscribe({
          next: (world) => {
            const before = said.get(duty) ?? 0;
            const began = processorMs();
            subscriber.next(world);
            const took = processorMs() - began;
            times.push(took);
            const count = (said.get(duty) ?? 0) - before;
            for (let n = 0; n < count; n += 1) each.push(took / count);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    },
  };
};

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
