import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import type { DaemonCommand } from '../../src/domain/command.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { Tell } from '../../src/ports/tell.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import { assignBuilds } from '../../src/reactors/assign-builds.ts';
import {
  amd64,
  chrootPrepared,
  configured,
  ernie,
  helloAccepted,
  helloBuild,
  helloReceived,
  helloRequested,
  recorded,
  uploadId,
} from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

/** A builder with one place, and a log that answers when the test lets it. */
const oneplace = () => {
  const world = newWorld();
  const world$ = new Subject<World>();
  const said: DaemonCommand[] = [];
  const pending: (() => void)[] = [];
  let n = 0;
  const happens = (...events: readonly DaemonEvent[]): void => {
    for (const event of events) foldWorld(world, recorded(event, ++n));
    world$.next(world);
  };
  const tell: Tell = (command) => {
    said.push(command);
    return new Promise((resolve) => pending.push(() => resolve(right([]))));
  };
  const subscription = assignBuilds(
    world$,
    manualClock(),
    { builder: ernie, room: 1, tags: [] },
    { heard: () => undefined },
    rollCall(0),
    tell,
  ).subscribe();
  happens(...configured, chrootPrepared(), { type: 'EngineStarted' });
  return {
    said,
    happens,
    subscription,
    answer: async () => {
      pending.shift()?.();
      await new Promise(setImmediate);
    },
  };
};

const asked = (n: number): readonly DaemonEvent[] => [
  helloReceived(uploadId(n)),
  helloAccepted(uploadId(n)),
  helloRequested(uploadId(n)),
];

const assigned = (n: number): DaemonEvent => ({
  type: 'BuildAssigned',
  build: helloBuild(uploadId(n), amd64),
  builder: ernie,
  because: 'it is free',
});

describe('Assigning builds', () => {
  it('gives one place once, though something more urgent comes while that is being said', async () => {
    const { said, happens, answer, subscription } = oneplace();
    happens(...asked(1));
    assert.equal(said.length, 1);
    happens(...asked(2), { type: 'BuildPrioritised', build: helloBuild(uploadId(2), amd64), priority: 5 });
    assert.equal(said.length, 1, 'the place was given twice');
    happens(assigned(1));
    await answer();
    assert.equal(said.length, 1);
    subscription.unsubscribe();
  });

  it('looks again when what it said is so', async () => {
    const { said, happens, answer, subscription } = oneplace();
    happens(...asked(1), ...asked(2));
    happens(assigned(1));
    await answer();
    happens({ type: 'BuildCancelled', build: helloBuild(uploadId(1), amd64), reason: 'nobody waits for it' });
    assert.deepEqual(
      said.map((command) => command.command === 'AssignBuild' && command.build),
      [helloBuild(uploadId(1), amd64), helloBuild(uploadId(2), amd64)],
    );
    subscription.unsubscribe();
  });
});
