import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  Subject,
  tap,
} from 'rxjs';
import type { Clock } from '../ports/clock.ts';

/** Something a duty could not do this time. It stays owed and is tried again. */
export type Fault = {
  readonly duty: string;
  readonly item: string;
  readonly error: unknown;
  readonly againInMs: number;
};

export type Duty<State, Item> = {
  readonly name: string;
  /** What is outstanding, from state alone. */
  readonly owed: (state: State) => readonly Item[];
  /** Those of it under one key, where that is found without looking through all: what is asked when work under it has ended. */
  readonly owedUnder?: (state: State, id: string) => readonly Item[];
  readonly key: (item: Item) => string;
  /** Tells what is owed under a key now from what was: work that ends with another thing owed got on, and need not rest. */
  readonly what?: (item: Item) => string;
  /** How much is begun at most each time the state is looked at. What waits for the state to know is asked at every change. */
  readonly atOnce?: number;
  /** How long what failed rests: at first, and at most. Milliseconds. */
  readonly pauses?: { readonly first: number; readonly longest: number };
  /** Does it, and resolves when the state knows: a key is forgotten then, and whatever is still owed is done again. */
  readonly work: (item: Item) => Promise<unknown>;
};

const usualPauses = { first: 1_000, longest: 60_000 };

/**
 * Does each owed thing once at a time. Work under way is never begun a second time; work that failed is begun again after
 * a pause that doubles. Emits only faults; ends only with `state$`.
 */
export const onceEach = <State, Item>(
  state$: Observable<State>,
  clock: Clock,
  { name, owed, owedUnder = owed, key, what = key, atOnce, pauses = usualPauses, work }: Duty<State, Item>,
): Observable<Fault> =>
  defer(() => {
    const { first, longest } = pauses;
    const busy = new Set<string>();
    const resting = new Map<string, number>();
    let latest: State | undefined;
    const ended$ = new Subject<string>();

    const pause = (id: string): number => {
      const milliseconds = Math.min(resting.get(id) ?? first, longest);
      resting.set(id, milliseconds * 2);
      return milliseconds;
    };

    /** Work that ended and changed nothing rests before it is tried again, as work that failed does. */
    const rest = (id: string, done: Item): Observable<never> => {
      const isOwedStill = (item: Item): boolean => key(item) === id && what(item) === what(done);
      if (latest !== undefined && owedUnder(latest, id).some(isOwedStill)) {
        return clock.after(pause(id)).pipe(ignoreElements());
      }
      resting.delete(id);
      return EMPTY;
    };

    const fail = (id: string, error: unknown): Observable<Fault> => {
      const againInMs = pause(id);
      return merge(of({ duty: name, item: id, error, againInMs }), clock.after(againInMs).pipe(ignoreElements()));
    };

    const attempt = (id: string, item: Item): Observable<Fault> => {
      busy.add(id);
      const effort$ = concat(
        defer(() => work(item)).pipe(ignoreElements()),
        defer(() => rest(id, item)),
      );
      return effort$.pipe(
        catchError((error: unknown) => fail(id, error)),
        finalize(() => {
          busy.delete(id);
          ended$.next(id);
        }),
      );
    };

    const owed$ = merge(
      state$.pipe(
        tap({
          next: (state) => {
            latest = state;
          },
          complete: () => ended$.complete(),
        }),
        map(owed),
      ),
      ended$.pipe(map((id) => (latest === undefined ? [] : owedUnder(latest, id)))),
    );
    return owed$.pipe(
      mergeMap((items) => items.filter((item) => !busy.has(key(item))).slice(0, atOnce)),
      map((item) => [key(item), item] as const),
      mergeMap(([id, item]) => (busy.has(id) ? EMPTY : attempt(id, item))),
    );
  });
