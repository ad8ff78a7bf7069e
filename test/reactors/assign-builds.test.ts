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

/** A builder, and a log that answers when the test lets it. */
const builderWith = (room: number) => {
  const world = newWorld();
  const world$ = new Subject<World>();
  const said: DaemonCommand[] = [];
  const clock = manualClock();
  const pending: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  let n = 0;
  const happens = (...events: readonly DaemonEvent[]): void => {
    for (const event of events) foldWorld(world, recorded(event, ++n));
    world$.next(world);
  };
  const tell: Tell = (command) => {
    said.push(command);
    return new Promise((resolve, reject) => pending.push({ resolve: () => resolve(right([])), reject }));
  };
  const subscription = assignBuilds(
    world$,
    clock,
    { builder: ernie, room, tags: [] },
    { heard: () => undefined },
    rollCall(clock.now, () => true),
    tell,
  ).subscribe();
  happens(...configured, chrootPrepared(), { type: 'EngineStarted' });
  return {
    said,
    happens,
    subscription,
    answer: async () => {
      pending.shift()?.resolve();
      await new Promise(setImmediate);
    },
    fail: async () => {
      pending.shift()?.reject(new Error('the log is away'));
      await new Promise(setImmediate);
    },
    later: async () => {
      clock.advance(5_000);
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
    const { said, happens, answer, subscription } = builderWith(1);
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
    const { said, happens, answer, subscription } = builderWith(1);
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

  it('waits for all that it is saying, also when one of them cannot be said', async () => {
    const { said, happens, answer, fail, later, subscription } = builderWith(2);
    happens({ type: 'EngineStopped', reason: '' }, ...asked(1), ...asked(2), { type: 'EngineStarted' });
    assert.equal(said.length, 2);
    await fail();
    await later();
    assert.equal(said.length, 2, 'the other one was under way');
    happens(assigned(2));
    await answer();
    await later();
    assert.deepEqual(
      said.map((command) => command.command === 'AssignBuild' && command.build),
      [1, 2, 1].map((n) => helloBuild(uploadId(n), amd64)),
    );
    subscription.unsubscribe();
  });
});
