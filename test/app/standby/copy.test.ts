import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { standbyConcerns } from '../../../src/app/standby/concerns.ts';
import { copiedFiles, deliveredFiles, patiently } from '../../../src/app/standby/copied.ts';
import { type KeptCopy, keepCopy } from '../../../src/app/standby/keep-copy.ts';
import { type Seat, type StandbyNeed, standbySeat } from '../../../src/app/standby/seat.ts';
import type { FileName, Sha256 } from '../../../src/domain/debian/names.ts';
import type { NodeName } from '../../../src/domain/node/events.ts';
import type { FileStore } from '../../../src/ports/file-store.ts';
import { StandbyAway } from '../../../src/ports/standby.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';

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

describe('The copy of a standby', () => {
  let clock: ManualClock;
  let archive: ReturnType<typeof memoryFiles>;
  let there: ReturnType<typeof memoryFiles>;
  let copies: KeptCopy[];
  let tag: string;
  let disk: Error | undefined;
  beforeEach(() => {
    clock = manualClock();
    archive = memoryFiles();
    there = memoryFiles();
    copies = [];
    tag = 'first';
    disk = undefined;
  });

  const seatFor = (need: StandbyNeed): Seat => {
    let looks = 0;
    return standbySeat({
      need,
      clock,
      kept: async () => {
        looks += 1;
        return { tag, files: [], turn: looks };
      },
    });
  };

  const standbyOf = (seat: Seat, node = bert): KeptCopy => {
    let own = '';
    let isClosed = false;
    const copy = keepCopy({
      log: openMemoryLog(),
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
        if (disk !== undefined) throw disk;
        there.held.add(sha256);
      },
      incoming: { keep: async () => undefined, drop: async () => undefined },
      kept: {
        tag: async () => own,
        take: async (things) => {
          own = things.tag;
        },
      },
      findKeys: async () => undefined,
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
    tag = 'with another key';
    let isThere = false;
    const kept = seat.hasKept().then(() => (isThere = true));
    await turn();
    assert.equal(isThere, false);
    await meanwhile(kept);
    await stopped(copy);
  });
});
