import { exhaustMap, ignoreElements, type Observable, Subject } from 'rxjs';
import type { BuildId } from '../../domain/ids.ts';
import type { Bearings } from '../../ports/bearings.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import type { Said } from '../builders-now.ts';
import type { SealCheck } from '../seals/seal-checks.ts';
import type { Work } from '../works.ts';

/** What a replica knows of the archive beside the log, as the archive said last. What is good for a moment only is forgotten when it is silent. */
export type ArchiveBearings = {
  /** Asks the archive now. */
  readonly look: () => Promise<void>;
  /** Asks it now and then, while somebody listens. */
  readonly watch$: Observable<never>;
  /** Something reads otherwise than before. */
  readonly changes$: Observable<void>;
  readonly isReached: () => boolean;
  readonly place: Place;
  readonly works: () => readonly Work[];
  readonly liveLog: (
    build: BuildId,
  ) => { readonly stage: () => string | undefined; readonly end: () => string } | undefined;
  readonly heard: Said['heard'];
  readonly seal: () => SealCheck | undefined;
  /** Events that the archive has taken in, and we have not. */
  readonly behind: () => number;
  /** For how long we have been behind without a break. Milliseconds. */
  readonly behindFor: () => number;
};

const everyMs = 2_000;
/** So long nobody has to have heard of it before it is called silent. */
const silentAfterMs = 10_000;

/** `ask` rejects while the archive cannot be reached; `named` is how it is called until it was. */
export const archiveBearings = (
  ask: () => Promise<Bearings>,
  world: World,
  clock: Clock,
  named: string,
): ArchiveBearings => {
  const changes$ = new Subject<void>();
  let last: { readonly said: Bearings; readonly text: string; readonly at: number } | undefined;
  let isLost = true;
  /** What we have to have taken in, and since when that is known. */
  let goal = { events: 0, since: clock.now() };

  const hear = (said: Bearings): void => {
    const { events, ...rest } = said;
    const text = JSON.stringify(rest);
    const isNews = isLost || text !== last?.text;
    if (world.events >= goal.events) goal = { events, since: clock.now() };
    last = { said, text, at: clock.now() };
    isLost = false;
    if (isNews) changes$.next();
  };
  const miss = (): void => {
    if (isLost) return;
    isLost = true;
    changes$.next();
  };
  const look = async (): Promise<void> => {
    try {
      hear(await ask());
    } catch {
      miss();
    }
  };
  const place = () => last?.said.place;
  const now = (): Bearings | undefined =>
    last !== undefined && clock.now() - last.at < silentAfterMs ? last.said : undefined;
  return {
    look,
    watch$: clock.every(everyMs).pipe(exhaustMap(look), ignoreElements()),
    changes$: changes$.asObservable(),
    isReached: () => !isLost && now() !== undefined,
    place: {
      get builder() {
        return place()?.builder ?? named;
      },
      get room() {
        return place()?.room ?? 1;
      },
      get tags() {
        return place()?.tags ?? [];
      },
      get architectures() {
        return place()?.architectures ?? undefined;
      },
    },
    works: () =>
      (now()?.works ?? []).map(({ kind, about, says, startedAt, usual }) => ({
        // An archive of another version may do what we have no word for: its own is shown.
        kind: kind as Work['kind'],
        ...{ about, says: says ?? undefined, startedAt, usual: usual ?? undefined },
      })),
    liveLog: (build) => {
      const found = now()?.builds.find((each) => each.build === build);
      return found && { stage: () => found.stage ?? undefined, end: () => found.end };
    },
    heard: (remote) => {
      const statement = now()?.remotes.find((each) => each.remote === remote);
      return statement && { statement };
    },
    seal: () => {
      const seal = last?.said.seal;
      return seal ? { seal: seal.seal, doubt: seal.doubt ?? undefined } : undefined;
    },
    behind: () => Math.max(0, (last?.said.events ?? 0) - world.events),
    behindFor: () => (world.events >= goal.events ? 0 : clock.now() - goal.since),
  };
};
