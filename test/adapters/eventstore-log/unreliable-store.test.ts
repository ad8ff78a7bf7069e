import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { left } from 'fp-ts/lib/Either.js';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog, RecordedEvent } from '../../../src/ports/event-log.ts';
import type { EventStoreServer } from '../../support/eventstore-server.ts';
import { startEventStoreServer } from '../../support/eventstore-server.ts';
import { brisk, gather, until } from './patience.ts';
import { hello, newEvent, recordedBy, strangeEvent, world } from './sample-events.ts';

describe('a log on an EventStoreDB server that is not always there', () => {
  let server: EventStoreServer;
  let log: EventLog;
  beforeEach(async () => {
    server = await startEventStoreServer();
    log = await openEventStoreLog(server.connectionString, brisk);
  });
  afterEach(async () => {
    await log.close();
    await server.stop();
  });

  it('records once what was done and not answered', async () => {
    const events = [newEvent(), newEvent()];
    server.loseNextAnswer();
    const recorded = await recordedBy(log.append(hello, 'none', events));
    assert.deepEqual(
      recorded.map(({ id }) => id),
      events.map(({ id }) => id),
    );
    assert.equal(server.appendCalls().plain, 2);
    assert.deepEqual(await log.readAll(undefined, 10), recorded);
  });

  it('recognises its own append though another writer has gone on before the repeat', async () => {
    const events = [newEvent()];
    server.loseNextAnswer();
    const forget = server.events.onAppended(() => {
      forget();
      server.events.append(hello, 0, [strangeEvent('UploadAccepted')]);
    });
    const [mine] = await recordedBy(log.append(hello, 'none', events));
    assert.deepEqual(mine?.id, events[0]?.id);
    assert.equal(server.events.ofStream(hello)?.length, 2);
  });

  it('recognises its own append where the server takes the repeat for a conflict', async () => {
    const events = [newEvent()];
    const recorded = await recordedBy(log.append(hello, 'none', events));
    const metadata = new grpc.Metadata();
    metadata.set('exception', 'wrong-expected-version');
    metadata.set('stream-name', hello);
    metadata.set('expected-version', '-1');
    metadata.set('actual-version', '0');
    server.failNextAppend({ code: grpc.status.FAILED_PRECONDITION, details: 'WrongExpectedVersion', metadata });
    assert.deepEqual(await recordedBy(log.append(hello, 'none', events)), recorded);
  });

  it('takes part of its events, or the same events elsewhere, for a conflict', async () => {
    const [one, two] = [newEvent(), newEvent()];
    await recordedBy(log.append(hello, 'none', [one]));
    assert.deepEqual(await log.append(hello, 'none', [one, two]), left('conflict'));
    assert.deepEqual(await log.append(hello, 'none', [two, one]), left('conflict'));
    assert.deepEqual((await log.readStream(hello)).length, 1);
  });

  it('waits while the server refuses connections, says so, and goes on', async () => {
    const followed = gather(log, undefined, 3);
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    server.network.refuse();
    const underway = recordedBy(log.append(hello, 0, [newEvent()]));
    await until(() => log.state().status === 'unreachable');
    assert.match(JSON.stringify(log.state()), /MINI_BUILDD_LOG/);
    server.network.admit();
    const [second] = await underway;
    assert.deepEqual(log.state(), { status: 'writable', head: second?.position, notices: [] });
    await recordedBy(log.append(world, 'none', [newEvent()]));
    assert.deepEqual(await followed, await log.readAll(undefined, 10));
  });

  it('leaves the outcome unknown when the server stays away, and knows the repeat', async () => {
    const events = [newEvent()];
    const hurried = await openEventStoreLog(server.connectionString, { ...brisk, giveUpAfter: 50 });
    server.network.refuse();
    await assert.rejects(hurried.append(hello, 'none', events), /did not answer for 50 ms/);
    await assert.rejects(hurried.readStream(hello), /did not answer for 50 ms/);
    assert.equal(hurried.state().status, 'unreachable');
    await hurried.close();
    server.network.admit();
    const recorded = await recordedBy(log.append(hello, 'none', events));
    assert.deepEqual(await log.readAll(undefined, 10), recorded);
  });

  it('does not wait for ever where a connection stands and nothing comes through', async () => {
    const hurried = await openEventStoreLog(server.connectionString, { ...brisk, answerWithin: 50, giveUpAfter: 50 });
    server.network.swallow();
    // The client may be the first to say so, by what is left of a millisecond.
    await assert.rejects(hurried.append(hello, 'none', [newEvent()]), /no answer within 50 ms|DEADLINE_EXCEEDED/i);
    await assert.rejects(hurried.readAll(undefined, 10), /no answer within 50 ms/);
    server.network.cut();
    await hurried.close();
  });

  it('opens while the server is away, and appends when it is back', async () => {
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    server.network.refuse();
    const late = await openEventStoreLog(server.connectionString, brisk);
    assert.deepEqual([late.state().status, late.state().head], ['unreachable', undefined]);
    const underway = recordedBy(late.append(hello, 0, [newEvent()]));
    server.network.admit();
    const [second] = await underway;
    assert.deepEqual(late.state(), { status: 'writable', head: second?.position, notices: [] });
    await late.close();
  });

  it('ends at once what waits for the server when it is closed', async () => {
    server.network.refuse();
    const waiting = log.readAll(undefined, 10);
    await until(() => log.state().status === 'unreachable');
    await Promise.all([log.close(), assert.rejects(waiting, /The event log is closed/)]);
    await assert.rejects(log.readStream(hello), /The event log is closed/);
  });

  it('follows without a gap and without a double, however often the connection is cut', async () => {
    const wanted = 60;
    const followed = gather(log, undefined, wanted);
    for (let n = 0; n < wanted; n += 1) {
      if (n % 7 === 3) server.network.cut();
      await recordedBy(log.append(`upload-n${n}` as StreamName, 'none', [newEvent()]));
    }
    assert.deepEqual(await followed, await log.readAll(undefined, 100));
  });

  it('reads, follows and recognises its own once where the server answers twice', async () => {
    server.answerTwice();
    const followed = gather(log, undefined, 40);
    const events = [newEvent(), newEvent()];
    const recorded = await recordedBy(log.append(hello, 'none', events));
    assert.deepEqual(await recordedBy(log.append(hello, 'none', events)), recorded);
    for (let n = 0; n < 38; n += 1) await recordedBy(log.append(`upload-n${n}` as StreamName, 'none', [newEvent()]));
    assert.deepEqual(await log.readStream(hello), recorded);
    const all = await log.readAll(undefined, 100);
    assert.equal(all.length, 40);
    assert.deepEqual(await followed, all);
    assert.deepEqual(await log.query({ limit: 100 }), all.toReversed());
  });

  it('goes on at the leader when it is told that it does not speak to it', async () => {
    const metadata = new grpc.Metadata();
    metadata.set('exception', 'not-leader');
    metadata.set('leader-endpoint-host', '127.0.0.1');
    metadata.set('leader-endpoint-port', new URL(server.connectionString).port);
    server.failNextAppend({ code: grpc.status.NOT_FOUND, details: 'Leader info available', metadata });
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    assert.equal(server.events.all.length, 1);
  });

  for (const refusal of ['stream-deleted', 'maximum-append-size-exceeded']) {
    it(`does not insist where the server refuses: ${refusal}`, async () => {
      const metadata = new grpc.Metadata();
      metadata.set('exception', refusal);
      metadata.set('stream-name', hello);
      metadata.set('maximum-append-size', '1048576');
      server.failNextAppend({ code: grpc.status.FAILED_PRECONDITION, details: `refused: ${refusal}`, metadata });
      await assert.rejects(log.append(hello, 'none', [newEvent()]), new RegExp(`refused: ${refusal}`));
      assert.equal(server.appendCalls().plain, 1);
      assert.equal(log.state().status, 'writable');
    });
  }

  it('never uses BatchAppend, though the server offers it', async () => {
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    assert.deepEqual(server.appendCalls(), { plain: 1, batch: 0 });
  });
});

describe('a log on an EventStoreDB server that others use too', () => {
  let server: EventStoreServer;
  let log: EventLog;
  let clock: number;
  beforeEach(async () => {
    clock = Date.parse('2026-11-22T10:15:00.000Z');
    server = await startEventStoreServer({ now: () => clock });
    for (let n = 0; n < 40; n += 1) server.events.append('$stats-127.0.0.1:2113', 'any', [strangeEvent('Statistics')]);
    log = await openEventStoreLog(server.connectionString, brisk);
  });
  afterEach(async () => {
    await log.close();
    await server.stop();
  });

  it("shows nothing of the store's own events, wherever they stand", async () => {
    assert.equal(log.state().head, undefined);
    const followed = gather(log, undefined, 4);
    for (const revision of ['none', 0, 1, 2] as const) {
      await recordedBy(log.append(hello, revision, [newEvent()]));
      server.events.append('$$upload-hello', 'any', [strangeEvent('$metadata')]);
    }
    const mine = await log.readStream(hello);
    assert.equal(mine.length, 4);
    assert.deepEqual(await followed, mine);
    assert.deepEqual(await log.readAll(undefined, 2), mine.slice(0, 2));
    assert.deepEqual(await log.readAll(mine[1]?.position, 9), mine.slice(2));
    assert.deepEqual(await log.query({ limit: 3 }), mine.slice(1).toReversed());
    const again = await openEventStoreLog(server.connectionString, brisk);
    assert.equal(again.state().head, mine.at(-1)?.position);
    await again.close();
  });

  it('subscribes anew after what it delivered last', async () => {
    const delivered: RecordedEvent[] = [];
    const following = log.follow(undefined).subscribe((event) => delivered.push(event));
    const given = [newEvent(), newEvent(), newEvent()] as const;
    await recordedBy(log.append(hello, 'none', given.slice(0, 1)));
    const [second] = await recordedBy(log.append(hello, 0, given.slice(1, 2)));
    await until(() => delivered.length === 2);
    server.network.cut();
    await until(() => server.subscriptions.length > 1);
    assert.equal(server.subscriptions.at(-1), BigInt(second?.position ?? 0));
    await recordedBy(log.append(hello, 1, given.slice(2)));
    await until(() => delivered.length === 3);
    following.unsubscribe();
    assert.deepEqual(
      delivered.map(({ id }) => id),
      given.map(({ id }) => id),
    );
  });

  it('subscribes anew after what the filter of the store has passed over', async () => {
    const followed = gather(log, undefined, 2);
    const [first] = await recordedBy(log.append(hello, 'none', [newEvent()]));
    for (let n = 0; n < 5_000; n += 1) server.events.append('$stats', 'any', [strangeEvent('Statistics')]);
    // How far the client has heard of it nobody sees before it subscribes anew: until then it is cut off again.
    const far = BigInt(first?.position ?? 0) + 100_000n;
    for (let cuts = 0; cuts < 10 && (server.subscriptions.at(-1) ?? 0n) <= far; cuts += 1) {
      const known = server.subscriptions.length;
      await until(() => log.state().status === 'writable');
      await setTimeout(50);
      server.network.cut();
      await until(() => server.subscriptions.length > known);
    }
    assert.ok((server.subscriptions.at(-1) ?? 0n) > far);
    const [second] = await recordedBy(log.append(hello, 0, [newEvent()]));
    assert.deepEqual(await followed, [first, second]);
  });

  it("passes over another program's events with a notice that names the remedy", async () => {
    server.events.append('shopping-cart', 'any', [strangeEvent('ItemAdded')]);
    const [mine] = await recordedBy(log.append(hello, 'none', [newEvent()]));
    assert.deepEqual(await log.readAll(undefined, 9), [mine]);
    assert.deepEqual(await gather(log, undefined, 1), [mine]);
    const state = log.state();
    assert.ok(state.status === 'writable');
    assert.equal(state.notices.length, 1);
    assert.match(
      state.notices[0] ?? '',
      /^Event 0 of stream shopping-cart .* give mini-buildd an event store of its own$/,
    );
  });

  it("refuses to read a stream that holds another program's event", async () => {
    await recordedBy(log.append(hello, 'none', [newEvent()]));
    server.events.append(hello, 'any', [strangeEvent('ItemAdded')]);
    await assert.rejects(
      log.readStream(hello),
      /^Error: Event 1 of stream upload-hello was not written by mini-buildd/,
    );
  });

  it("never lets time go back, though the server's clock does", async () => {
    const times = [];
    for (const [step, revision] of [
      [0, 'none'],
      [-3_600_000, 0],
      [1_000, 1],
      [7_200_000, 2],
    ] as const) {
      clock += step;
      const [recorded] = await recordedBy(log.append(hello, revision, [newEvent()]));
      times.push(recorded?.recordedAt);
    }
    const [ten, noon] = ['2026-11-22T10:15:00.000Z', '2026-11-22T11:15:01.000Z'];
    assert.deepEqual(times, [ten, ten, ten, noon]);
    clock -= 7_200_000;
    const other = await openEventStoreLog(server.connectionString, brisk);
    await recordedBy(other.append(world, 'none', [newEvent()]));
    await other.close();
    server.network.refuse();
    const blind = await openEventStoreLog(server.connectionString, brisk);
    server.network.admit();
    await recordedBy(blind.append(world, 0, [newEvent()]));
    await blind.close();
    const read = (await log.readAll(undefined, 9)).map(({ recordedAt }) => recordedAt);
    assert.deepEqual(read, [ten, ten, ten, noon, noon, noon]);
  });
});
