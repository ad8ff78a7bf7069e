import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import { BehaviorSubject } from 'rxjs';
import type { SourceId } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { BuildId } from '../../src/domain/ids.ts';
import type { Tell } from '../../src/ports/tell.ts';
import type { Sighting } from '../../src/projections/sightings.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import type { Fault } from '../../src/reactors/once-each.ts';
import { wakeBuilds } from '../../src/reactors/wake-builds.ts';
import {
  amd64,
  configured,
  ernie,
  helloAccepted,
  helloAssigned,
  helloBuild,
  helloDepWaited,
  helloReceived,
  helloRequested,
  helloStarted,
  now,
  recorded,
  trixieSources,
  uploadId,
  version,
} from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

const many = 100;
const greet = version('2.1');

/** What is known of sources; it counts how often somebody looks. */
class CountedSightings extends Map<SourceId, Sighting> {
  looks = 0;
  override get(source: SourceId): Sighting | undefined {
    this.looks += 1;
    return super.get(source);
  }
}

/** Many builds that wait for libgreet-dev, which `appears` in their base suite. */
const waiting = () => {
  const clock = manualClock(now);
  const world = newWorld();
  let n = 0;
  const fold = (...events: readonly DaemonEvent[]): void => {
    for (const event of events) foldWorld(world, recorded(event, ++n));
  };
  fold(...configured);
  for (let each = 1; each <= many; each += 1) {
    const upload = uploadId(each);
    fold(helloReceived(upload), helloAccepted(upload), helloRequested(upload), helloAssigned(ernie, upload));
    fold({ ...helloStarted(), build: helloBuild(upload) }, { ...helloDepWaited(), build: helloBuild(upload) });
  }
  assert.equal(world.builds.depWait.size, many);
  const sightings = new CountedSightings();
  const world$ = new BehaviorSubject(world);
  const woken: BuildId[] = [];
  const refusing = { now: false };
  // As a log does: one after the other.
  let turn: Promise<void> = Promise.resolve();
  const tell: Tell = async (command) => {
    assert.ok(command.command === 'ResumeBuild');
    const { build, because, found } = command;
    woken.push(build);
    turn = turn.then(() => new Promise(setImmediate));
    await turn;
    if (!refusing.now) fold({ type: 'BuildResumed', build, because, found });
    return right([]);
  };
  const faults: Fault[] = [];
  wakeBuilds(world$, clock, sightings, tell).subscribe((fault) => faults.push(fault));
  return {
    clock,
    world,
    sightings,
    woken,
    faults,
    refusing,
    appears: () => {
      const name = 'libgreet-dev';
      const offered = { package: name, packageVersion: greet, name, version: greet };
      sightings.set((trixieSources[0] as { readonly id: SourceId }).id, {
        release: 'one',
        sought: new Map([[amd64, new Set([name])]]),
        offered: new Map([[amd64, new Map([[name, [offered]]])]]),
      });
    },
    ticks: async () => {
      world$.next(world);
      for (let turns = 0; turns < 2 * many; turns += 1) await new Promise(setImmediate);
    },
  };
};

describe('Waking builds', () => {
  it('looks once at each of those that wait, however many of them are woken', async () => {
    const { appears, ticks, woken, world, sightings, faults } = waiting();
    appears();
    await ticks();
    assert.deepEqual([new Set(woken).size, woken.length, world.builds.depWait.size], [many, many, 0]);
    assert.deepEqual(faults, []);
    assert.equal(sightings.looks, many);
  });

  it('wakes nothing twice by the same look, and what is not woken after a rest', async () => {
    const { clock, appears, ticks, woken, refusing } = waiting();
    appears();
    refusing.now = true;
    await ticks();
    await ticks();
    assert.equal(woken.length, many);
    refusing.now = false;
    clock.advance(1000);
    await ticks();
    await ticks();
    assert.equal(woken.length, 2 * many);
  });
});
