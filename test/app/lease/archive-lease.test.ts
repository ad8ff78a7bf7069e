import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type MemoryStore, memoryStore, openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { fencedLog, type HeldLease, LeaseLost, readLease, whileHeld } from '../../../src/app/lease/hold-lease.ts';
import { type Standby, standBy } from '../../../src/app/lease/stand-by.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { hello, newEvent, recordedBy } from '../../adapters/eventstore-log/sample-events.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';

const [ernie, bert] = ['ernie:8066', 'bert:8066'];
const patience = 30_000;

describe('the archive lease of daemons on one log', () => {
  let store: MemoryStore;
  let clock: ManualClock;
  let alive: Set<string>;
  let said: string[];
  beforeEach(() => {
    store = memoryStore();
    clock = manualClock();
    alive = new Set([ernie, bert]);
    said = [];
  });

  const standing = (node: string, over: Partial<Standby> = {}): Promise<HeldLease> =>
    standBy(openMemoryLog(store, clock.now), {
      us: { node, builder: 'buildd' },
      isAlive: async (asked) => alive.has(asked),
      patience,
      clock,
      waits: (reason) => said.push(reason),
      ...over,
    });
  /** Lets time pass in steps, and everybody act between them. */
  const pass = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 1_000) {
      clock.advance(1_000);
      for (let n = 0; n < 20; n += 1) await turn();
    }
  };
  const settled = async (standby: Promise<HeldLease>): Promise<HeldLease | undefined> => {
    for (let n = 0; n < 20; n += 1) await turn();
    return Promise.race([standby, Promise.resolve(undefined)]);
  };
  const holder = async () => (await readLease(openMemoryLog(store))).holder?.node;

  it('is taken at once when nobody holds it', async () => {
    const lease = await standing(ernie);
    await lease.check();
    assert.equal(await holder(), ernie);
  });

  it('is waited for while its holder lives, and taken when that gives it back', async () => {
    const lease = await standing(ernie);
    const standby = standing(bert);
    await pass(10 * patience);
    assert.equal(await settled(standby), undefined);
    assert.equal(said.at(-1), 'ernie:8066 holds the archive, and lives: this node is its standby');
    await lease.release();
    await pass(3_000);
    await (await standby).check();
    assert.equal(await holder(), bert);
    await lease.release();
    assert.equal(await holder(), bert, 'what is lost cannot be given back');
  });

  it('is taken when its holder has been silent for long enough, and not before', async () => {
    const lease = await standing(ernie);
    const standby = standing(bert);
    alive.delete(ernie);
    await pass(patience - 4_000);
    alive.add(ernie);
    await pass(4_000);
    alive.delete(ernie);
    await pass(patience - 2_000);
    assert.equal(await settled(standby), undefined, 'its silence is counted from the last time it answered');
    assert.match(said.at(-1) ?? '', /has not answered for 2\d s: this node takes over after 30 s$/);
    await pass(6_000);
    await (await standby).check();
    await assert.rejects(lease.check(), (error: Error) => {
      assert.ok(error instanceof LeaseLost);
      assert.match(error.message, /until bert:8066 took over \(ernie:8066 had not answered for 3\d s\)$/);
      return true;
    });
  });

  it('is taken by one of two who wait, and the other waits for that one', async () => {
    await standing(ernie);
    alive.delete(ernie);
    const both = [standing(bert), standing('oscar:8066')];
    alive.add('oscar:8066');
    await pass(patience + 6_000);
    const leases = await Promise.all(both.map(settled));
    assert.equal(leases.filter((lease) => lease !== undefined).length, 1);
    assert.equal(store.events.length, 2);
  });

  it('is not taken from whoever took it meanwhile before that one was silent for as long', async () => {
    await standing(ernie);
    alive.delete(ernie);
    const standby = standing(bert);
    await pass(patience - 6_000);
    // Somebody with less patience was faster, and died at once.
    const oscar = standing('oscar:8066', { patience: 0 });
    await pass(2_000);
    await oscar;
    await pass(patience - 6_000);
    assert.equal(await settled(standby), undefined);
    await pass(8_000);
    await (await standby).check();
  });

  it('is taken back at once by a later life of its holder, which fences the earlier one', async () => {
    const former = await standing(ernie);
    const later = await standing(ernie);
    await later.check();
    await assert.rejects(former.check(), LeaseLost);
  });

  it('is not taken under another builder, whose builds would be nobody’s', async () => {
    await standing(ernie);
    await assert.rejects(standing(bert, { us: { node: bert, builder: 'other' } }), /the same MINI_BUILDD_HOSTNAME/);
  });

  it('is not taken by a node that may not begin, as where an import was broken off, and is when that is over', async () => {
    let hindered: string | undefined = 'an import was broken off';
    await standing(ernie);
    alive.delete(ernie);
    const standby = standing(bert, { hindrance: () => hindered });
    await pass(patience + 10_000);
    assert.equal(await settled(standby), undefined);
    assert.equal(said.at(-1), 'an import was broken off');
    hindered = undefined;
    await pass(4_000);
    await (await standby).check();
  });

  it('is not taken over by a disk of its own that lacks something, and moves to one that lacks nothing', async () => {
    let lacking: string | undefined = '3 files that the log names are not here';
    const copy = { follow: () => 'it catches up', lacks: async () => lacking };
    const first = await standing(ernie, { copy });
    assert.equal(store.events.length, 1, 'what nobody held before does not move');
    const standby = standing(bert, { copy });
    await pass(4_000);
    assert.match(said.at(-1) ?? '', /this node is its standby; it catches up$/);
    await first.release();
    await pass(4_000);
    assert.equal(await settled(standby), undefined);
    assert.match(said.at(-1) ?? '', /^ernie:8066 held the archive last, .* 3 files that the log names are not here$/);
    lacking = undefined;
    await pass(4_000);
    const lease = await standby;
    await lease.check();
    assert.deepEqual(
      store.events.map(({ body }) => body.type),
      ['ArchiveLeaseTaken', 'ArchiveLeaseReleased', 'ArchiveLeaseTaken', 'ArchiveRelocated'],
    );
    const again = await standing(bert, { copy });
    await again.check();
    assert.equal(store.events.at(-1)?.body.type, 'ArchiveLeaseTaken', 'a later life of its holder finds what it left');
  });

  it('lets its holder append, and nobody who held it before', async () => {
    const heard: string[] = [];
    const plain = openMemoryLog(store, clock.now);
    const fenced = fencedLog(
      plain,
      whileHeld(await standing(ernie), ({ message }) => heard.push(message)),
    );
    await recordedBy(fenced.append(hello, 'none', [newEvent()]));
    alive.delete(ernie);
    const standby = standing(bert);
    await pass(patience + 4_000);
    await standby;
    await assert.rejects(fenced.append(hello, 0, [newEvent()]), LeaseLost);
    assert.equal((await plain.readStream(hello)).length, 1);
    assert.match(heard.join(), /^This node held the archive until bert:8066 took over/);
  });

  it('is nobody’s when it cannot be asked for', async () => {
    let away = false;
    const plain = openMemoryLog(store, clock.now);
    const log: EventLog = {
      ...plain,
      readStream: async (stream) => {
        if (away) throw new Error('the log is away');
        return plain.readStream(stream);
      },
      state: () => (away ? { status: 'unreachable', head: undefined, reason: 'away' } : plain.state()),
    };
    const us = { node: ernie, builder: 'buildd' };
    const parts = { us, isAlive: async () => true, patience, clock, waits: (reason: string) => said.push(reason) };
    away = true;
    const standby = standBy(log, parts);
    await pass(4_000);
    assert.deepEqual(said.at(-1), 'the log is away');
    away = false;
    await pass(4_000);
    const heard: unknown[] = [];
    const fenced = fencedLog(
      log,
      whileHeld(await standby, (lost) => heard.push(lost)),
    );
    away = true;
    await assert.rejects(fenced.append(hello, 'none', [newEvent()]), /^Error: the log is away$/);
    assert.deepEqual(heard, [], 'not to know is no reason to end');
    assert.deepEqual(await plain.readStream(hello), []);
  });
});
