import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { type KeptCopy, keepCopy } from '../../src/app/standby/keep-copy.ts';
import { type Seat, type StandbyNeed, standbySeat } from '../../src/app/standby/seat.ts';
import type { KeptPath } from '../../src/domain/backup/manifest.ts';
import type { FileName, Fingerprint, Sha256 } from '../../src/domain/debian/names.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import { manualClock } from './manual-clock.ts';
import { memoryCopy, memoryKept } from './memory-kept.ts';

export const [bert, oscar] = ['bert', 'oscar'] as NodeName[] as [NodeName, NodeName];
export const hello = 'hello_2.10-3.dsc' as FileName;
export const hash = (text: string): Sha256 => createHash('sha256').update(text).digest('hex') as Sha256;

/** Files by content, in memory; of the store only what copies ask for. */
export const memoryFiles = (held = new Set<Sha256>()) => {
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

/** What a standby says that lacks nothing. */
export const report = { missing: 0, kept: 'first', busy: [] };

/** How far a standby is, in words. */
export const told = /lacks (\d+) files \((\d+) MiB\); (\d+) came within (\d+) s, and the rest may take (\d+) s/;

/** What goes wrong at the standby. */
type Faults = {
  disk?: Error | undefined;
  /** The only one that the disk does not take. */
  unfit?: Sha256 | undefined;
  findKeys: (keys: readonly Fingerprint[]) => Promise<void>;
};

/** An archive and standbys that copy from it, in memory, with time that passes when it is told to. */
export const copying = () => {
  const clock = manualClock();
  const [archive, there] = [memoryFiles(), memoryFiles()];
  const kept = memoryKept();
  const faults: Faults = { findKeys: async () => undefined };
  const tries: Sha256[] = [];
  const log = openMemoryLog();

  const seatFor = (need: StandbyNeed): Seat => standbySeat({ need, clock, kept: kept.look });
  const anotherKey = (): void =>
    void kept.held.set('keys/archive-key-2.asc' as KeptPath, { mode: 0o600, bytes: 'a2V5' });

  const standbyOf = (seat: Seat, node = bert, from: EventLog = log): KeptCopy => {
    const own = memoryCopy();
    let isClosed = false;
    return keepCopy({
      log: from,
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
        const { disk, unfit } = faults;
        if (disk !== undefined && (unfit === undefined || unfit === sha256)) throw disk;
        if (unfit !== undefined) await firstValueFrom(clock.after(3_000));
        there.held.add(sha256);
      },
      incoming: { keep: async () => undefined, drop: async () => undefined },
      kept: { tag: own.tag, take: (things) => own.take(things, 1) },
      findKeys: faults.findKeys,
      fault: () => undefined,
    });
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
  /** What it is told to do. */
  const heardBy = async (seat: Seat) => {
    const heard = await meanwhile(seat.hear(bert, report));
    assert.ok(!isLeft(heard));
    return heard.right.orders;
  };
  return {
    clock,
    archive,
    there,
    kept,
    faults,
    tries,
    log,
    seatFor,
    anotherKey,
    standbyOf,
    pass,
    meanwhile,
    stopped,
    heardBy,
  };
};
