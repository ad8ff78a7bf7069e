import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { startEventStoreServer } from '../../support/eventstore-server.ts';

/** The imitation answers the client as it comes from its makers, by both of its ways to append. */
describe('the EventStoreDB server of the tests', () => {
  for (const announcesBatchAppend of [true, false]) {
    it(`answers ${announcesBatchAppend ? 'BatchAppend' : 'Append'} as a server does`, async (test) => {
      const server = await startEventStoreServer({ announcesBatchAppend });
      const client = EventStoreDBClient.connectionString(server.connectionString);
      test.after(async () => {
        await client.dispose();
        await server.stop();
      });
      const events = [1, 2, 3].map((n) => jsonEvent({ type: 'Counted', data: { n } }));

      const first = await client.appendToStream('count', events, { expectedRevision: 'no_stream' });
      assert.equal(first.nextExpectedRevision, 2n);
      const repeat = await client.appendToStream('count', events.slice(1), { expectedRevision: 0n });
      assert.deepEqual(repeat, first);
      for (const expectedRevision of ['no_stream', 0n, 1n, 7n] as const) {
        const refused = client.appendToStream('count', jsonEvent({ type: 'Counted', data: {} }), { expectedRevision });
        await assert.rejects(refused, (error: Error) => {
          assert.ok(error instanceof WrongExpectedVersionError);
          assert.deepEqual([error.expectedVersion, error.actualVersion], [expectedRevision, 2n]);
          return true;
        });
      }
      await assert.rejects(
        client.appendToStream('none', events, { expectedRevision: 'stream_exists' }),
        WrongExpectedVersionError,
      );
      const next = await client.appendToStream('count', jsonEvent({ type: 'Counted', data: {} }));
      assert.equal(next.nextExpectedRevision, 3n);
      assert.equal(server.events.all.length, 4);
      const large = (bytes: number) => jsonEvent({ type: 'Counted', data: 'x'.repeat(bytes - 2 - 2 * 7) });
      await assert.rejects(client.appendToStream('large', large(1_048_577)), (error: Error) => {
        assert.ok(error instanceof MaxAppendSizeExceededError, error.message);
        assert.equal(error.maxAppendSize, 1_048_576);
        return true;
      });
      assert.equal(server.events.ofStream('large'), undefined);
      await client.appendToStream('large', large(1_048_576));
      const { plain, batch } = server.appendCalls();
      assert.deepEqual([plain > 0, batch > 0], [!announcesBatchAppend, announcesBatchAppend]);
    });
  }

  it('reads both ways, and tells a filtered subscription how far it has come', async (test) => {
    const server = await startEventStoreServer();
    const client = EventStoreDBClient.connectionString(server.connectionString);
    test.after(async () => {
      await client.dispose();
      await server.stop();
    });
    for (const type of ['a', 'b', 'a', 'b']) await client.appendToStream(type, jsonEvent({ type, data: {} }));
    const positions = server.events.all.map(({ position }) => position);
    const [, second] = positions.map((commit) => ({ commit, prepare: commit }));
    assert.ok(second);

    const read = async (direction: 'forwards' | 'backwards') => {
      const found = [];
      for await (const { event } of client.readAll({ direction, fromPosition: second }))
        found.push(event?.position.commit);
      return found;
    };
    assert.deepEqual(await read('forwards'), positions.slice(1));
    assert.deepEqual(await read('backwards'), positions.slice(0, 1));

    const { promise, resolve } = Promise.withResolvers<bigint>();
    const subscription = client.subscribeToAll({
      filter: {
        filterOn: 'streamName',
        prefixes: ['b'],
        maxSearchWindow: 3,
        checkpointInterval: 1,
        checkpointReached: (_, { commit }) => resolve(commit),
      },
    });
    const seen: string[] = [];
    subscription.on('data', ({ event }) => seen.push(`${event?.streamId} ${event?.revision}`));
    await new Promise((caughtUp) => subscription.on('caughtUp', () => caughtUp(undefined)));
    assert.equal(await promise, positions[2]);
    assert.deepEqual(seen, ['b 0', 'b 1']);
    await subscription.unsubscribe();
  });
});
