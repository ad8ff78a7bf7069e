import { PerformanceObserver } from 'node:perf_hooks';
import { Observable } from 'rxjs';
import type { Tell } from '../../src/ports/tell.ts';
import type { World } from '../../src/projections/world.ts';

/**
 * How long each duty takes to look what is owed after a change of the world: milliseconds of processor of this thread. What others do on the machine does not
 * count, nor do threads of this process that tidy up memory or compile meanwhile; what this thread does of that does.
 */
export type Stopwatch = {
  /** The same states, with a look taken at how long whoever listens needs for each. */
  readonly over: (duty: string, world$: Observable<World>) => Observable<World>;
  readonly looks: ReadonlyMap<string, readonly number[]>;
  /** The same voice, which counts what is said. */
  readonly deciding: (duty: string, tell: Tell) => Tell;
  /** Looks of such a duty by what was said in each. */
  readonly decisions: (duty: string) => readonly Decision[];
  /** Marks which of them were held up while memory was tidied up; to be called once all has been decided. */
  readonly end: () => Promise<void>;
};

export type Decision = {
  readonly ms: number;
  /** Whether this thread tidied up memory meanwhile. */
  readonly isHeldUp: boolean;
};

/** When it began and ended, by the clock that collections are told by. */
type Timed = { readonly ms: number; readonly from: number; readonly to: number };

export const stopwatch = (): Stopwatch => {
  const looks = new Map<string, number[]>();
  const decisions = new Map<string, Timed[]>();
  const collections: { readonly from: number; readonly to: number }[] = [];
  const note = (entries: readonly PerformanceEntry[]): void => {
    for (const { startTime, duration } of entries) collections.push({ from: startTime, to: startTime + duration });
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const said = new Map<string, number>();
  return {
    looks,
    decisions: (duty) =>
      (decisions.get(duty) ?? []).map(({ ms, from, to }) => ({
        ms,
        isHeldUp: collections.some((each) => each.from < to && each.to > from),
      })),
    end: async () => {
      // They are told of in a turn of their own.
      await new Promise((told) => setTimeout(told, 50));
      note(observer.takeRecords());
      observer.disconnect();
    },
    deciding: (duty, tell) => {
      said.set(duty, 0);
      return (command, because) => {
        said.set(duty, (said.get(duty) ?? 0) + 1);
        return tell(command, because);
      };
    },
    over: (duty, world$) => {
      const times: number[] = [];
      const each: Timed[] = [];
      looks.set(duty, times);
      decisions.set(duty, each);
      return new Observable((subscriber) =>
        world$.subscribe({
          next: (world) => {
            const before = said.get(duty) ?? 0;
            const from = performance.now();
            const began = processorMs();
            subscriber.next(world);
            const took = processorMs() - began;
            times.push(took);
            const count = (said.get(duty) ?? 0) - before;
            for (let n = 0; n < count; n += 1) each.push({ ms: took / count, from, to: performance.now() });
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    },
  };
};

const processorMs = (): number => {
  // The kernel brings the count of a thread up to date where that of its process is asked for.
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
