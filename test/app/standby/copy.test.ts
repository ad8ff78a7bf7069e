import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { standbyConcerns } from '../../../src/app/standby/concerns.ts';
import { copiedFiles, copiedIncoming, copiedKeys, deliveredFiles, patiently } from '../../../src/app/standby/copied.ts';
import { type KeptCopy, keepCopy } from '../../../src/app/standby/keep-copy.ts';
import { type Seat, type StandbyNeed, standbySeat } from '../../../src/app/standby/seat.ts';
import type { KeptPath } from '../../../src/domain/backup/manifest.ts';
import type { FileName, Fingerprint, Sha256 } from '../../../src/domain/debian/names.ts';
import type { NodeName } from '../../../src/domain/node/events.ts';
import { fileStream, instanceStream, uploadStream } from '../../../src/domain/stream.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { FileStore } from '../../../src/ports/file-store.ts';
import type { Receive } from '../../../src/ports/incoming.ts';
import type { Keyring } from '../../../src/ports/keyring.ts';
import { StandbyAway, type StandbyTask } from '../../../src/ports/standby.ts';
import { newEvent } from '../../adapters/eventstore-log/sample-events.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type MemoryKept, memoryCopy, memoryKept } from '../../support/memory-kept.ts';

const [bert, oscar] = ['bert', 'oscar'] as NodeName[] as [NodeName, NodeName];
const hello = 'hello_2.10-3.dsc' as FileName;
const hash = (text: string): Sha256 => createHash('sha256').update(text).digest('hex') as Sha256;

/** Files by content, in memory; of the store only what copies ask for. */
const memoryFiles = (held = new Set<Sha256>()) => {
  const store = {
    has: async (sha256: Sha256) => held.has(sha256),
    adopt: async (name: FileName, path: string) => {
      held.add(hash(path));
      return { name, size: path.length, sha256: hash(path) };
    },
    remove: async (sha256: Sha256) => void held.delete(sha256),
    letGo: async (sha256: Sha256) => (held.delete(sha256) ? 1 : 0),
  };
  return { held, store: store as unknown as FileStore };
};

const told = /lacks (\d+) files \((\d+) MiB\); (\d+) came within (\d+) s, and the rest may take (\d+) s/;

describe('The copy of a standby', () => {
  let clock: ManualClock;
  let archive: ReturnType<typeof memoryFiles>;
  let there: ReturnType<typeof memoryFiles>;
  let copies: KeptCopy[];
  let kept: MemoryKept;
  let findKeys: (keys: readonly Fingerprint[]) => Promise<void>;
  let disk: Error | undefined;
  /** The only one that the disk does not take. */
  let unfit: Sha256 | undefined;
  let tries: Sha256[];
  let log: EventLog;
  beforeEach(() => {
    clock = manualClock();
    archive = memoryFiles();
    there = memoryFiles();
    copies = [];
    kept = memoryKept();
    findKeys = async () => undefined;
    unfit = undefined;
    tries = [];
    disk = undefined;
    log = openMemoryLog();
  });

  const seatFor = (need: StandbyNeed): Seat => standbySeat({ need, clock, kept: kept.look });
  const anotherKey = (): void =>
    void kept.held.set('keys/archive-key-2.asc' as KeptPath, { mode: 0o600, bytes: 'a2V5' });

  const standbyOf = (seat: Seat, node = bert): KeptCopy => {
    const own = memoryCopy();
    let isClosed = false;
    const copy = keepCopy({
      log,
      clock,
      link: {
        report: async (report) => {
          if (isClosed) throw new Error('closed');
          const heard = await seat.hear(node, report);
          if (isLeft(heard)) throw new Error(heard.left.fact);
          return heard.right;
        },
        done: async (done) => seat.heardDone(node, done),
        kept: seat.kept,
        close: () => {
          isClosed = true;
        },
      },
      files: there.store,
      sizeOf: (sha256) => (there.held.has(sha256) ? 1 : undefined),
      bring: async (sha256) => {
        tries.push(sha256);
        if (disk !== undefined && (unfit === undefined || unfit === sha256)) throw disk;
        if (unfit !== undefined) await firstValueFrom(clock.after(3_000));
        there.held.add(sha256);
      },
      incoming: { keep: async () => undefined, drop: async () => undefined },
      kept: { tag: own.tag, take: (things) => own.take(things, 1) },
      findKeys,
      fault: () => undefined,
    });
    copies.push(copy);
    return copy;
  };

  const pass = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      clock.advance(500);
      for (let n = 0; n < 20; n += 1) await turn();
    }
  };
  /** Resolves as `work` does, while time passes. */
  const meanwhile = async <Result>(work: Promise<Result>): Promise<Result> => {
    let isDone = false;
    work.then(
      () => (isDone = true),
      () => (isDone = true),
    );
    for (let n = 0; n < 60 && !isDone; n += 1) await pass(500);
    assert.ok(isDone, 'it is waited for longer than half a minute');
    return work;
  };
  const stopped = async (copy: KeptCopy): Promise<void> => meanwhile(copy.stop());

  it('has a file before anybody hears that the archive has it', async () => {
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    assert.equal(seat.standing().node, bert);
    const { sha256 } = await meanwhile(copiedFiles(archive.store, seat).adopt(hello, 'hello'));
    assert.ok(there.held.has(sha256));
    assert.equal(copy.standing(), 'it has every file that the log names');
    assert.equal(await copy.lacks(), undefined);
    await stopped(copy);
  });

  it('loses what the archive lets go, and has it again when that has it again', async () => {
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    const files = copiedFiles(archive.store, seat);
    const { sha256 } = await meanwhile(files.adopt(hello, 'hello'));
    await files.letGo(sha256);
    const back = await meanwhile(files.adopt(hello, 'hello'));
    assert.ok(there.held.has(back.sha256));
    await files.remove(sha256);
    await pass(3_000);
    assert.ok(!there.held.has(sha256));
    await stopped(copy);
  });

  it('is required: without it nothing is said to be safe', async () => {
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
    const seat = seatFor('preferred');
    await copiedFiles(archive.store, seat).adopt(hello, 'hello');
    assert.deepEqual(
      standbyConcerns(seat.standing()).map(({ severity }) => severity),
      ['warning'],
    );
  });

  it('says when its disk takes nothing, and is asked again', async () => {
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    disk = new Error('the disk is full');
    await assert.rejects(meanwhile(copiedFiles(archive.store, seat).adopt(hello, 'hello')), /the disk is full/);
    assert.match(standbyConcerns(seat.standing())[0]?.fact ?? '', /the disk is full/);
    disk = undefined;
    await meanwhile(copiedFiles(archive.store, seat).adopt(hello, 'hello'));
    assert.deepEqual(standbyConcerns(seat.standing()), []);
    await stopped(copy);
  });

  it('is waited for no longer when it dies in the middle', async () => {
    const seat = seatFor('required');
    await seat.hear(bert, { missing: 0, kept: 'another', busy: [] });
    const waiting = copiedFiles(archive.store, seat).adopt(hello, 'hello');
    await assert.rejects(meanwhile(waiting), StandbyAway);
  });

  it('is one: another waits for its place', async () => {
    const seat = seatFor('required');
    const report = { missing: 0, kept: 'another', busy: [] };
    assert.ok(!isLeft(await seat.hear(bert, report)));
    assert.ok(isLeft(await seat.hear(oscar, report)));
    clock.advance(11_000);
    assert.ok(!isLeft(await seat.hear(oscar, report)));
  });

  it('has a new archive key before anybody hears of it', async () => {
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    anotherKey();
    let isThere = false;
    const asked = seat.hasKept().then(() => (isThere = true));
    await turn();
    assert.equal(isThere, false);
    await meanwhile(asked);
    await stopped(copy);
  });

  it('has all files but the one that does not come, and tries none again before all were tried', async () => {
    const text = await readFile(join(import.meta.dirname, '../../golden/events/UploadReceived.json'), 'utf8');
    const names = Array.from({ length: 30 }, (_, n) => hash(`file ${n}`));
    const body = { ...JSON.parse(text), files: names.map((sha256, n) => ({ name: `file-${n}.dsc`, size: 1, sha256 })) };
    await log.append(uploadStream(body.upload), 'none', [{ ...newEvent(), body }]);
    [unfit, disk] = [names.at(-1), new Error('the line is cut')];
    const copy = standbyOf(seatFor('required'));
    await pass(20_000);
    assert.equal(new Set(tries).size, tries.length, 'none twice');
    await pass(5_000);
    assert.equal(there.held.size, 30, 'the .changes and 29 files');
    assert.match(copy.standing(), /it lacks 1 files \(1 B\); 30 came within .*; the line is cut/);
    await stopped(copy);
  });

  it('says how far it is, and how long the rest may take, there and at the archive', async () => {
    const text = await readFile(join(import.meta.dirname, '../../golden/events/UploadReceived.json'), 'utf8');
    const given = JSON.parse(text);
    const files = Array.from({ length: 39 }, (_, n) => ({
      name: `file-${n}.dsc`,
      size: 1_048_576,
      sha256: hash(`${n}`),
    }));
    const body = { ...given, changes: { ...given.changes, size: 1_048_576 }, files };
    await log.append(uploadStream(body.upload), 'none', [{ ...newEvent(), body }]);
    // Each takes three seconds, four at once.
    unfit = hash('none of them');
    disk = new Error('never');
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(7_500);
    // Somebody sets the clock back meanwhile.
    clock.set(-3_600_000);
    await pass(7_500);
    const [, lacks, left, came, within, rest] = told.exec(copy.standing()) ?? [];
    assert.equal(Number(lacks) + Number(came), 40);
    assert.deepEqual([left, within], [lacks, '15']);
    assert.ok(Number(came) >= 16 && Number(came) <= 20, came);
    assert.ok(Math.abs(Number(rest) - (15 * Number(lacks)) / Number(came)) < 3, rest);
    const [concern] = standbyConcerns(seat.standing());
    assert.match(concern?.fact ?? '', told);
    assert.match(concern?.fact ?? '', /^the standby bert lacks .* it cannot take over before it has them$/);
    await pass(20_000);
    assert.equal(copy.standing(), 'it has every file that the log names');
    assert.deepEqual(standbyConcerns(seat.standing()), []);
    await stopped(copy);
  });

  it('does what it is told of one file one after the other', async () => {
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    const files = copiedFiles(archive.store, seat);
    // What is brought takes three seconds, and is let go meanwhile.
    [unfit, disk] = [hash('none of them'), new Error('never')];
    const adopted = files.adopt(hello, 'hello');
    await pass(1_000);
    await files.remove(hash('hello'));
    await meanwhile(adopted);
    await pass(5_000);
    assert.ok(!there.held.has(hash('hello')));
    await stopped(copy);
  });

  it('loses what was withdrawn while it was away, by the log', async () => {
    const golden = async (type: string) =>
      JSON.parse(await readFile(join(import.meta.dirname, `../../golden/events/${type}.json`), 'utf8'));
    const [received, withdrawn] = [await golden('UploadReceived'), await golden('FileWithdrawn')];
    const [one, other] = [hash('withdrawn'), hash('kept')];
    const files = [one, other].map((sha256, n) => ({ name: `file-${n}.dsc`, size: 1, sha256 }));
    await log.append(uploadStream(received.upload), 'none', [{ ...newEvent(), body: { ...received, files } }]);
    await log.append(fileStream(one), 'none', [{ ...newEvent(), body: { ...withdrawn, sha256: one } }]);
    there.held.add(one).add(other);
    const copy = standbyOf(seatFor('required'));
    await pass(5_000);
    assert.deepEqual([there.held.has(one), there.held.has(other)], [false, true]);
    assert.equal(await copy.lacks(), undefined);
    await stopped(copy);
  });

  it('lacks archive keys that are not here, and none that was retired', async () => {
    const [one, other] = ['A', 'B'].map((digit) => digit.repeat(40) as Fingerprint);
    const asked: (readonly Fingerprint[])[] = [];
    findKeys = async (keys) => {
      asked.push(keys);
      if (keys.includes(one as Fingerprint)) throw new Error('the first key is not here');
    };
    const say = async (revision: number, type: string, fingerprint: Fingerprint | undefined): Promise<void> => {
      const text = await readFile(join(import.meta.dirname, `../../golden/events/${type}.json`), 'utf8');
      const body = { ...JSON.parse(text), fingerprint };
      await log.append(instanceStream, revision === 0 ? 'none' : revision - 1, [{ ...newEvent(), body }]);
    };
    await say(0, 'ArchiveKeyGenerated', one);
    await say(1, 'ArchiveKeyGenerated', other);
    const copy = standbyOf(seatFor('required'));
    await pass(1_000);
    assert.equal(await copy.lacks(), 'the first key is not here');
    await say(2, 'ArchiveKeyRetired', one);
    assert.equal(await copy.lacks(), undefined);
    assert.deepEqual(asked, [[one, other], [other]]);
    await stopped(copy);
  });

  it('promises nothing before it knows what it lacks', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { readAll } = log;
    log = {
      ...log,
      readAll: async (...given) => {
        await promise;
        return readAll(...given);
      },
    };
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(5_000);
    assert.equal(seat.standing().node, undefined);
    assert.equal(copy.standing(), 'it reads the log');
    resolve();
    await pass(1_000);
    assert.equal(seat.standing().node, bert);
    await stopped(copy);
  });

  it('is said to be done by nobody else', async () => {
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
    const seat = seatFor('required');
    await meanwhile(seat.hear(bert, { missing: 3, kept: 'another', busy: [] }));
    assert.match(standbyConcerns(seat.standing())[0]?.fact ?? '', /lacks 3 files: it cannot/);
  });

  const report = { missing: 0, kept: 'first', busy: [] };
  const heardBy = async (seat: Seat) => {
    const heard = await meanwhile(seat.hear(bert, report));
    assert.ok(!isLeft(heard));
    return heard.right.orders;
  };

  it('is not told once more to remove what it is to have again', async () => {
    const seat = seatFor('required');
    await heardBy(seat);
    const [sha256, other] = [hash('hello'), hash('other')];
    seat.mention({ task: 'remove-file', sha256 });
    seat.mention({ task: 'remove-file', sha256: other });
    assert.equal((await heardBy(seat)).length, 2);
    const kept = seat.ask({ task: 'keep-file', sha256 });
    const [removing, keeping] = await heardBy(seat);
    assert.deepEqual([removing?.sha256, keeping?.task], [other, 'keep-file']);
    seat.heardDone(bert, { done: [keeping?.id ?? ''], failed: [] });
    await kept;
  });

  it('is waited for by none of several who want the same when it dies', async () => {
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

  it('is waited for a minute when it is there and does not take a key', async () => {
    const seat = seatFor('required');
    await heardBy(seat);
    anotherKey();
    const asked = seat.hasKept();
    const refused = assert.rejects(asked, /it has not taken keys, people and hooks within 60 s/);
    for (let n = 0; n < 14; n += 1) {
      await heardBy(seat);
      await pass(5_000);
    }
    await refused;
    assert.match(standbyConcerns(seat.standing())[0]?.fact ?? '', /has not taken keys/);
    await meanwhile(seat.hear(bert, { ...report, kept: (await kept.look()).tag }));
    assert.deepEqual(standbyConcerns(seat.standing()), []);
  });

  it('has no more orders under way than it was ever given at once', async () => {
    const seat = seatFor('required');
    await heardBy(seat);
    for (let n = 0; n < 100; n += 1) seat.mention({ task: 'remove-file', sha256: hash(`${n}`) });
    const given = await heardBy(seat);
    const more = await meanwhile(seat.hear(bert, { ...report, busy: given.map(({ id }) => id) }));
    assert.deepEqual([given.length, isLeft(more) ? -1 : more.right.orders.length], [64, 0]);
  });

  it('has an archive key as it was made, and as it was prolonged, before anybody hears of it', async () => {
    const done: string[] = [];
    const own = {
      newArchiveKey: async () => void done.push('made'),
      prolong: async () => void done.push('prolonged'),
    } as unknown as Keyring;
    const keys = copiedKeys(own, { hasKept: async () => void done.push('kept') });
    await keys.newArchiveKey([]);
    await keys.prolong('A'.repeat(40) as Fingerprint, 1);
    assert.deepEqual(done, ['made', 'kept', 'prolonged', 'kept']);
  });

  it('fetches one content for two names as long as one of them waits', async () => {
    const asked: (() => void)[] = [];
    const ask = () => new Promise<void>((resolve) => asked.push(resolve));
    const { received, onOffer } = copiedIncoming({ ask, mention: () => undefined }, clock.now);
    const take = received((async () => undefined) as unknown as Receive);
    const [file, offer] = [{ sha256: hash('same'), name: hello }, onOffer(archive.store)];
    const both = ['one', 'two'].map((path) => take({ ...file, path } as Parameters<Receive>[0]));
    asked[0]?.();
    await both[0];
    assert.deepEqual([await offer.has(file.sha256), await offer.path(file.sha256)], [true, 'two']);
    asked[1]?.();
    await both[1];
    assert.equal(await offer.has(file.sha256), false);
  });

  it('is asked for nothing of incoming that was dropped while it was asked for what lay there before', async () => {
    const [asked, done]: [string[], (() => void)[]] = [[], []];
    const ask = (task: StandbyTask) => {
      asked.push('name' in task ? task.name : task.task);
      return new Promise<void>((resolve) => done.push(resolve));
    };
    const told: StandbyTask[] = [];
    const { lying, dropping } = copiedIncoming({ ask, mention: (task) => void told.push(task) }, clock.now);
    const files = ['large', 'dropped', 'same', 'last'].map((name) => ({
      ...{ name: name as FileName, path: name, size: 1, receivedAt: 0 },
      sha256: hash(name === 'same' ? 'dropped' : name),
    }));
    const all = lying(async () => files);
    for (let n = 0; n < 5; n += 1) await turn();
    await dropping(async () => undefined)(files[1] as (typeof files)[number]);
    for (let n = 0; n < 5; n += 1) {
      done.at(-1)?.();
      await turn();
    }
    await all;
    assert.deepEqual(asked, ['large', 'same', 'last']);
    assert.equal(told.length, 1);
  });

  it('is asked once for a file that a node delivers', async () => {
    const asked: string[] = [];
    const seat = { ask: async ({ task }: StandbyTask) => void asked.push(task), mention: () => undefined };
    const files = deliveredFiles(copiedFiles(archive.store, seat), seat);
    await files.adopt(hello, 'hello');
    assert.deepEqual(asked, ['keep-file']);
    assert.ok(await files.has(hash('hello')));
    assert.equal(asked.length, 2);
  });
});
