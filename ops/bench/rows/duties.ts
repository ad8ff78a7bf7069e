import { merge, NEVER, Subject } from 'rxjs';
import { rollCall } from '../../../src/app/nodes/roll-call.ts';
import { homeDisk } from '../../../src/home-disk.ts';
import { foldWorld, newWorld, type World } from '../../../src/projections/world.ts';
import { assignBuilds } from '../../../src/reactors/assign-builds.ts';
import { installPackages } from '../../../src/reactors/install-packages.ts';
import { judgeUploads } from '../../../src/reactors/judge-uploads.ts';
import { requestBuilds } from '../../../src/reactors/request-builds.ts';
import { runBuilds } from '../../../src/reactors/run-builds.ts';
import { chrootPrepared, configured, ernie, recorded } from '../../../test/support/fixed-examples.ts';
import { atMost, type Row, shown } from '../row.ts';
import { storyOf } from '../stories.ts';
import { median, timed } from '../turns.ts';

const queued = 10_000;
const events = 200;

/** What every event costs while much is waiting: each duty asks the state again what is owed. */
export const duties: Row = {
  name: 'duties',
  about: `looking what is owed after an event, with ${queued.toLocaleString('en')} builds waiting`,
  run: async () => {
    const [few, many] = [await perEvent(10), await perEvent(queued)];
    return [
      {
        what: `an event while ${queued.toLocaleString('en')} builds wait`,
        ours: `${shown(many)} ms`,
        peer: `while 10 wait ${shown(few)} ms`,
        ...atMost(1, many, 'ms'),
      },
    ];
  },
};

const perEvent = async (waiting: number): Promise<number> => {
  const world = worldWith(waiting);
  const world$ = new Subject<World>();
  const nobody = async (): Promise<never> => {
    throw new Error('nothing is owed in this row');
  };
  const clock = { now: Date.now, awake: Date.now, after: () => NEVER, every: () => NEVER };
  const builder = { build: nobody, liveLog: () => undefined };
  const faults: unknown[] = [];
  const work = merge(
    judgeUploads(world$, clock, world, nobody, nobody, nobody),
    requestBuilds(world$, clock, nobody, nobody),
    assignBuilds(
      world$,
      clock,
      { builder: ernie, room: 1, tags: [] },
      { heard: () => undefined },
      rollCall(clock.now, () => true),
      nobody,
    ),
    runBuilds(world$, clock, ernie, builder, nobody as never, new AbortController().signal, homeDisk(), nobody),
    installPackages(world$, clock, world, nobody, nobody),
  ).subscribe((fault) => faults.push(fault));
  const times: number[] = [];
  for (let n = 0; n < events; n += 1) times.push(await timed(() => world$.next(world)));
  work.unsubscribe();
  if (faults.length > 0) throw new Error(`something was owed: ${JSON.stringify(faults[0])}`);
  return median(times);
};

/** One build runs in the only place there is, all others wait. */
const worldWith = (waiting: number): World => {
  const world = newWorld();
  let position = 0;
  const happens = (event: Parameters<typeof recorded>[0]): void => {
    position += 1;
    foldWorld(world, recorded(event, position));
  };
  for (const event of [...configured, chrootPrepared(), { type: 'EngineStarted' } as const]) happens(event);
  for (let n = 0; n <= waiting; n += 1) {
    const { received, accepted, built } = storyOf(n);
    const [requested, assigned, started] = built;
    for (const event of [received, accepted, requested, ...(n === 0 ? [assigned, started] : [])]) happens(event);
  }
  return world;
};
