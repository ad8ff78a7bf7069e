import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { standbyConcerns } from '../../../src/app/standby/concerns.ts';
import { copiedFiles, deliveredFiles, patiently } from '../../../src/app/standby/copied.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { StandbyAway } from '../../../src/ports/standby.ts';
import { bert, copying, hash, hello, oscar, report } from '../../support/standby-copies.ts';

describe('A standby that is waited for', () => {
  it('is required: without it nothing is said to be safe', async () => {
    const { archive, seatFor, standbyOf, pass, stopped } = copying();
    const seat = seatFor('required');
    const files = copiedFiles(archive.store, seat);
    await assert.rejects(files.adopt(hello, 'hello'), StandbyAway);
    assert.equal(standbyConcerns(seat.standing())[0]?.severity, 'critical');
    const copy = standbyOf(seat);
    await pass(1_000);
    assert.deepEqual(standbyConcerns(seat.standing()), []);
    await stopped(copy);
    await pass(11_000);
    await assert.rejects(files.adopt(hello, 'other'), /the standby is not there/);
    await assert.rejects(deliveredFiles(archive.store, seat).has(hash('other')), StandbyAway, 'not whole for a node');
  });

  it('is waited for by what took hours', async () => {
    const { clock, archive, there, seatFor, standbyOf, pass, meanwhile, stopped } = copying();
    const seat = seatFor('required');
    const stored = copiedFiles(archive.store, patiently(seat, clock)).adopt(hello, 'a result');
    await pass(60_000);
    assert.ok(!there.held.has(hash('a result')));
    const copy = standbyOf(seat);
    const { sha256 } = await meanwhile(stored);
    assert.ok(there.held.has(sha256));
    await stopped(copy);
  });

  it('is preferred: without it the archive goes on, and says so', async () => {
    const { archive, seatFor } = copying();
    const seat = seatFor('preferred');
    await copiedFiles(archive.store, seat).adopt(hello, 'hello');
    assert.deepEqual(
      standbyConcerns(seat.standing()).map(({ severity }) => severity),
      ['warning'],
    );
  });

  it('says when its disk takes nothing, and is asked again', async () => {
    const { archive, seatFor, standbyOf, pass, meanwhile, stopped, faults } = copying();
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    faults.disk = new Error('the disk is full');
    await assert.rejects(meanwhile(copiedFiles(archive.store, seat).adopt(hello, 'hello')), /the disk is full/);
    assert.match(standbyConcerns(seat.standing())[0]?.fact ?? '', /the disk is full/);
    faults.disk = undefined;
    await meanwhile(copiedFiles(archive.store, seat).adopt(hello, 'hello'));
    assert.deepEqual(standbyConcerns(seat.standing()), []);
    await stopped(copy);
  });

  it('is waited for no longer when it dies in the middle', async () => {
    const { archive, seatFor, meanwhile } = copying();
    const seat = seatFor('required');
    await seat.hear(bert, { missing: 0, kept: 'another', busy: [] });
    const waiting = copiedFiles(archive.store, seat).adopt(hello, 'hello');
    await assert.rejects(meanwhile(waiting), StandbyAway);
  });

  it('is one: another waits for its place', async () => {
    const { clock, seatFor } = copying();
    const seat = seatFor('required');
    const report = { missing: 0, kept: 'another', busy: [] };
    assert.ok(!isLeft(await seat.hear(bert, report)));
    assert.ok(isLeft(await seat.hear(oscar, report)));
    clock.advance(11_000);
    assert.ok(!isLeft(await seat.hear(oscar, report)));
  });

  it('promises nothing before it knows what it lacks', async () => {
    const { log, seatFor, standbyOf, pass, stopped } = copying();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { readAll } = log;
    const slow: EventLog = {
      ...log,
      readAll: async (...given) => {
        await promise;
        return readAll(...given);
      },
    };
    const seat = seatFor('required');
    const copy = standbyOf(seat, bert, slow);
    await pass(5_000);
    assert.equal(seat.standing().node, undefined);
    assert.equal(copy.standing(), 'it reads the log');
    resolve();
    await pass(1_000);
    assert.equal(seat.standing().node, bert);
    await stopped(copy);
  });

  it('is said to be done by nobody else', async () => {
    const { archive, seatFor, pass, meanwhile, heardBy } = copying();
    const seat = seatFor('required');
    await heardBy(seat);
    let isDone = false;
    const adopted = copiedFiles(archive.store, seat)
      .adopt(hello, 'hello')
      .then(() => {
        isDone = true;
      });
    await turn();
    const [order] = await heardBy(seat);
    assert.ok(order);
    seat.heardDone(oscar, { done: [order.id], failed: [] });
    await pass(1_000);
    assert.equal(isDone, false);
    seat.heardDone(bert, { done: [order.id], failed: [] });
    await meanwhile(adopted);
  });

  it('is heard of when it sits down, and again when it was away', async () => {
    const { clock, seatFor, heardBy } = copying();
    const seat = seatFor('required');
    let seated = 0;
    seat.onSeated(() => {
      seated += 1;
    });
    await heardBy(seat);
    await heardBy(seat);
    assert.equal(seated, 1);
    clock.advance(11_000);
    await heardBy(seat);
    assert.equal(seated, 2);
  });

  it('that says nothing of how far it is lacks so many files', async () => {
    const { seatFor, meanwhile } = copying();
    const seat = seatFor('required');
    await meanwhile(seat.hear(bert, { missing: 3, kept: 'another', busy: [] }));
    assert.match(standbyConcerns(seat.standing())[0]?.fact ?? '', /lacks 3 files: it cannot/);
  });

  it('is waited for by none of several who want the same when it dies', async () => {
    const { clock, seatFor, heardBy } = copying();
    const seat = seatFor('required');
    await heardBy(seat);
    const task = { task: 'keep-file', sha256: hash('hello') } as const;
    const goBy = async (milliseconds: number): Promise<void> => {
      for (let passed = 0; passed < milliseconds; passed += 250) {
        clock.advance(250);
        for (let n = 0; n < 20; n += 1) await turn();
      }
    };
    await seat.hear(bert, { ...report, kept: 'another' });
    const first = assert.rejects(seat.ask(task), StandbyAway);
    await goBy(250);
    const second = assert.rejects(seat.ask(task), StandbyAway);
    await goBy(9_750);
    await first;
    // The second has not looked yet, and will find somebody there.
    for (let n = 0; n < 12; n += 1) {
      await seat.hear(bert, { ...report, kept: 'another' });
      await goBy(2_500);
    }
    await second;
  });

  it('has no more orders under way than it was ever given at once', async () => {
    const { seatFor, meanwhile, heardBy } = copying();
    const seat = seatFor('required');
    await heardBy(seat);
    for (let n = 0; n < 100; n += 1) seat.mention({ task: 'remove-file', sha256: hash(`${n}`) });
    const given = await heardBy(seat);
    const more = await meanwhile(seat.hear(bert, { ...report, busy: given.map(({ id }) => id) }));
    assert.deepEqual([given.length, isLeft(more) ? -1 : more.right.orders.length], [64, 0]);
  });
});
