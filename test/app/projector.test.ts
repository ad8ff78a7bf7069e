import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryStore, openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { startProjector } from '../../src/app/projector.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { streamOf } from '../../src/domain/stream.ts';
import { subjectOf } from '../../src/domain/subject.ts';
import type { World } from '../../src/projections/world.ts';
import { acmeConfigured, configured, eventId, helloReceived, uploadId } from '../support/fixed-examples.ts';

const logOf = (store = memoryStore()) => {
  const log = openMemoryLog(store);
  let n = 0;
  return {
    log,
    say: async (body: DaemonEvent) => {
      const stream = streamOf(body);
      const revision = (await log.readStream(stream)).at(-1)?.revision ?? 'none';
      n += 1;
      await log.append(stream, revision, [
        {
          id: eventId(n),
          body,
          actor: { kind: 'duty', name: 'example' },
          causedBy: undefined,
          correlation: 'example',
          subject: subjectOf(body),
        },
      ]);
    },
  };
};

const ignore = () => {};

describe('The projector', () => {
  it('holds the whole log before it starts, however many pages it has', async () => {
    const { log, say } = logOf();
    for (let n = 1; n <= 1203; n += 1) await say(helloReceived(uploadId(n)));
    const { world } = await startProjector(log, ignore);
    assert.equal(world.events, 1203);
    assert.equal(world.uploads.open.size, 1203);
  });

  it('keeps in step with the log, without gap or repetition', async () => {
    const { log, say } = logOf();
    for (const event of configured) await say(event);
    const { world, world$, recorded$, until } = await startProjector(log, ignore);
    const heard: string[] = [];
    const listening = world$.subscribe();
    listening.add(recorded$.subscribe(({ event }) => heard.push(event.type)));
    for (const n of [1, 2, 3]) await say(helloReceived(uploadId(n)));
    await until(({ uploads }) => uploads.open.size === 3);
    assert.deepEqual(heard, ['UploadReceived', 'UploadReceived', 'UploadReceived']);
    assert.equal(world.events, configured.length + 3);
    listening.unsubscribe();
  });

  it('says the present world at once, and again each time it changed', async () => {
    const { log, say } = logOf();
    const { world$, until } = await startProjector(log, ignore);
    const seen: number[] = [];
    const listening = world$.subscribe((world: World) => seen.push(world.events));
    assert.deepEqual(seen, [0]);
    await say(acmeConfigured);
    await until(({ events }) => events === 1);
    assert.deepEqual(seen, [0, 1]);
    listening.unsubscribe();
  });

  it('goes on where it was when somebody listens again', async () => {
    const { log, say } = logOf();
    const { world, world$, until } = await startProjector(log, ignore);
    world$.subscribe().unsubscribe();
    await say(acmeConfigured);
    const listening = world$.subscribe();
    await until(({ events }) => events === 1);
    assert.equal(world.configuration.repositories.size, 1);
    listening.unsubscribe();
  });

  it('ends with an error that names the event that nobody can read', async () => {
    const { log, say } = logOf();
    await say({ type: 'EngineStarted' });
    const stranger = { type: 'BuildUpdated' } as never;
    const { world$ } = await startProjector(log, ignore);
    const failed = new Promise<unknown>((resolve) => world$.subscribe({ error: resolve }));
    await log.append('instance' as never, 0, [
      {
        id: eventId(9),
        body: stranger,
        actor: { kind: 'duty', name: 'x' },
        causedBy: undefined,
        correlation: 'x',
        subject: {},
      },
    ]);
    assert.match(String(await failed), /the event at 0*2 holds an event of unknown type "BuildUpdated"/);
    await assert.rejects(startProjector(log, ignore), /BuildUpdated/);
  });

  it('passes over what nobody can read when the log is fenced, for the rest still tells what there is to show', async () => {
    const { log, say } = logOf();
    await say(acmeConfigured);
    await say({ type: 'NoSuchThing' } as never);
    await say(helloReceived(uploadId(1)));
    const state = () => ({ status: 'fenced', head: undefined, reason: 'a record is damaged' }) as const;
    const { world } = await startProjector({ ...log, state }, ignore);
    assert.equal(world.configuration.repositories.size, 1);
    assert.equal(world.uploads.open.size, 1);
  });
});
