import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { memoryStore, openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { newEventId } from '../../src/app/event-ids.ts';
import { attentive, Overtaken } from '../../src/app/undisturbed.ts';
import type { StreamName } from '../../src/domain/ids.ts';
import type { EventLog, ExpectedRevision, NewEvent, Position } from '../../src/ports/event-log.ts';
import { newWorld } from '../../src/projections/world.ts';

const [one, other] = ['instance', 'source-debian'] as StreamName[] as [StreamName, StreamName];

const event = (): NewEvent => ({
  id: newEventId(0),
  body: { type: 'EngineStarted' },
  actor: { kind: 'duty', name: 'test' },
  causedBy: undefined,
  correlation: 'test',
  subject: {},
});

/** A world that holds what it is told to hold, and a log whose next append may be held up. */
const log = () => {
  const store = openMemoryLog(memoryStore(), Date.now);
  const world = newWorld();
  const held: Promise<void>[] = [];
  const append: EventLog['append'] = async (...given) => {
    await held.shift();
    return store.append(...given);
  };
  const noticing = attentive({ ...store, append });
  const folded = async (last: Position): Promise<void> => {
    world.position = last;
  };
  const say = (stream: StreamName, expected: ExpectedRevision = 'none') =>
    noticing.log.append(stream, expected, [event()]);
  return { store, noticing, world, folded, held, say, now: () => noticing.asItStands(world, folded) };
};

describe('What is said to a log as it stands', () => {
  it('is said on top of all that was said before, and what follows as it comes', async () => {
    const { now, say, store } = log();
    await say(one);
    const there = await now();
    assert.ok(isRight(await there.append(one, 0, [event()])));
    await say(other);
    assert.ok(isRight(await there.append(one, 1, [event()])));
    assert.equal((await store.readAll(undefined, 10)).length, 4);
  });

  it('is not said when anybody said something since', async () => {
    const { now, say, store } = log();
    const there = await now();
    await say(other);
    await assert.rejects(there.append(one, 'none', [event()]), Overtaken);
    assert.equal((await store.readStream(one)).length, 0);
  });

  it('is not said when something is on its way that began since', async () => {
    const { now, say, held, store } = log();
    const there = await now();
    const { promise, resolve } = Promise.withResolvers<void>();
    held.push(promise);
    const slow = say(other);
    await assert.rejects(there.append(one, 'none', [event()]), Overtaken);
    resolve();
    await slow;
    assert.equal((await store.readStream(one)).length, 0);
  });

  it('waits until what is on its way is in the world', async () => {
    const { now, say, held, world } = log();
    const { promise, resolve } = Promise.withResolvers<void>();
    held.push(promise);
    const slow = say(other);
    const coming = now();
    setImmediate(resolve);
    const there = await coming;
    const said = await slow;
    assert.ok(!isLeft(said));
    assert.equal(world.position, said.right[0]?.position);
    assert.ok(isRight(await there.append(one, 'none', [event()])));
  });

  it('is not said when another process spoke: to its stream, or so that the world has heard of it', async () => {
    const { now, store, folded } = log();
    const [reading, writing, knowing] = [await now(), await now(), await now()];
    const said = await store.append(one, 'none', [event()]);
    await assert.rejects(reading.readStream(one), Overtaken);
    await assert.rejects(writing.append(one, 'none', [event()]), Overtaken);
    assert.ok(!isLeft(said));
    await folded(said.right[0]?.position ?? assert.fail());
    await assert.rejects(knowing.append(other, 'none', [event()]), Overtaken);
  });
});
