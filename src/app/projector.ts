import { concat, filter, firstValueFrom, map, type Observable, of, share, shareReplay } from 'rxjs';
import { decodeEvent } from '../domain/event.ts';
import type { EventLog, Position, RecordedEvent } from '../ports/event-log.ts';
import type { Recorded } from '../projections/recorded.ts';
import type { RecordedClock } from '../projections/recorded-clock.ts';
import { foldWorld, newWorld, type World } from '../projections/world.ts';

export type Projector = {
  /** What was recorded of the clock at the start. */
  readonly recorded: Readonly<RecordedClock>;
  /** The one world there is, as of now. */
  readonly world: World;
  /** The world, each time it changed; the present one at once. Lives while somebody listens; an unreadable log is its error. */
  readonly world$: Observable<World>;
  /** Each new event, once the world holds it. */
  readonly recorded$: Observable<Recorded>;
  /** Resolves when the world holds `position`. Needs a listener on `world$`. */
  readonly folded: (position: Position) => Promise<void>;
  /** Resolves when the world is as asked. Needs a listener on `world$`. */
  readonly until: (asked: (world: World) => boolean) => Promise<void>;
};

/** Events a page: small enough that a replay lets others have the thread in between. */
const page = 500;

/** Replays the log into a new world, then keeps it in step. `progress` hears the number of events from time to time. */
export const startProjector = async (log: EventLog, progress: (events: number) => void): Promise<Projector> => {
  const world = newWorld();
  // The log reads a page while the one before is folded.
  for (let coming = log.readAll(undefined, page); ; ) {
    const events = await coming;
    const last = events.at(-1);
    if (last === undefined) break;
    coming = log.readAll(last.position, page);
    for (const event of events) fold(event, world, log);
    if (world.events % (100 * page) === 0) progress(world.events);
  }
  const recorded$ = log.follow(world.position).pipe(
    map((event) => fold(event, world, log)),
    filter((event) => event !== undefined),
    share(),
  );
  const world$ = concat(of(world), recorded$.pipe(map(() => world))).pipe(
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  const until = async (asked: (world: World) => boolean): Promise<void> => {
    await firstValueFrom(world$.pipe(filter(asked)));
  };
  return {
    recorded: { ...world.clock },
    world,
    world$,
    recorded$,
    folded: (position) => until((now) => now.position !== undefined && now.position >= position),
    until,
  };
};

/** Of a fenced log, what cannot be understood is passed over: the rest still says what there is to show. */
const fold = (read: RecordedEvent, world: World, log: EventLog): Recorded | undefined => {
  try {
    const event = recorded(read);
    foldWorld(world, event);
    return event;
  } catch (error) {
    if (log.state().status !== 'fenced') throw error;
    world.position = read.position;
    return undefined;
  }
};

const recorded = (read: RecordedEvent): Recorded => {
  const { id, stream, revision, position, recordedAt, actor, causedBy, correlation, subject, body } = read;
  const event = decodeEvent(body, `the event at ${position}`);
  return { id, stream, revision, position, recordedAt, actor, causedBy, correlation, subject, event };
};
