import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { firstValueFrom, take, toArray } from 'rxjs';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { indexedLog } from '../../../src/adapters/history-index/indexed-log.ts';
import { type MemoryStore, memoryStore, openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog, Position } from '../../../src/ports/event-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { startEventStoreServer } from '../../support/eventstore-server.ts';
import { hello, newEvent, recordedBy, world } from '../eventstore-log/sample-events.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'mini-buildd-index-'));

eventLogContract(
  'an EventStoreDB server with an index of its history beside it',
  async () => {
    const server = await startEventStoreServer();
    const folder = newFolder();
    const open = async () => indexedLog(await openEventStoreLog(server.connectionString), folder);
    let log = await open();
    return {
      log,
      reopen: async () => {
        await log.close();
        log = await open();
        return log;
      },
      severConnection: async () => server.network.cut(),
      dispose: async () => {
        await log.close();
        await server.stop();
        rmSync(folder, { recursive: true });
      },
    };
  },
  { severs: true },
);

describe('an index of the history beside a log', () => {
  let store: MemoryStore;
  let folder: string;
  let log: EventLog;
  /** What the log itself was asked. */
  let asked: string[];
  beforeEach(() => {
    store = memoryStore();
    folder = newFolder();
    log = open();
  });
  afterEach(async () => {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = (of = store): EventLog => {
    asked = [];
    const plain = openMemoryLog(of);
    return indexedLog(
      {
        ...plain,
        readAll: (after: Position | undefined, limit: number) => {
          asked.push(`${Number(after ?? 0)}+${limit}`);
          return plain.readAll(after, limit);
        },
        query: (query) => {
          asked.push('query');
          return plain.query(query);
        },
      },
      folder,
    );
  };
  const reopen = async (of = store): Promise<void> => {
    await log.close();
    log = open(of);
  };
  const fill = async (events: number, stream = hello): Promise<void> => {
    const made = Array.from({ length: events }, newEvent);
    await recordedBy(log.append(stream, 'none', made));
  };

  it('is filled by what is read, and read from the next time', async () => {
    await fill(7);
    const first = await log.readAll(undefined, 10);
    assert.deepEqual(await log.query({ limit: 2 }), first.slice(5).toReversed());
    await reopen();
    assert.deepEqual(await log.readAll(undefined, 3), first.slice(0, 3));
    assert.deepEqual(await log.readAll(first[2]?.position, 10), first.slice(3));
    assert.deepEqual(await log.readAll(first[6]?.position, 10), []);
    assert.deepEqual(asked, ['6+1', '7+10'], 'the log is only asked whether it is the same, and what is new');
  });

  it('is filled by what is followed, when nothing is missing before it', async () => {
    await fill(3);
    const all = await firstValueFrom(log.follow(undefined).pipe(take(3), toArray()));
    await log.query({ limit: 1 });
    await fill(2, world);
    await firstValueFrom(log.follow(all[2]?.position).pipe(take(2), toArray()));
    asked.length = 0;
    assert.equal((await log.query({ limit: 9 })).length, 5);
    assert.deepEqual(asked, []);
  });

  it('leaves no gap where only the end is followed', async () => {
    await fill(600);
    await log.query({ limit: 1 });
    await fill(4, world);
    const positions = store.events.map(({ position }) => position);
    await firstValueFrom(log.follow(positions[602]).pipe(take(1)));
    const found = await log.query({ limit: 1000 });
    assert.deepEqual(
      found.map(({ position }) => position),
      positions.toReversed(),
    );
  });

  it('of another log is thrown away', async () => {
    await fill(5);
    await log.query({ limit: 9 });
    const other = memoryStore();
    await recordedBy(openMemoryLog(other).append('upload-other' as StreamName, 'none', [newEvent(), newEvent()]));
    await reopen(other);
    assert.deepEqual(await log.query({ limit: 9 }), other.events.toReversed());
    await reopen(store);
    assert.deepEqual(await log.readAll(undefined, 9), store.events);
  });

  it('that is no database, or of another format, is thrown away', async () => {
    await fill(2);
    await log.close();
    for (const spoil of [
      () =>
        writeFileSync(
          join(folder, 'history.sqlite'),
          'not a database, but long enough to look like something'.repeat(40),
        ),
      () => {
        const database = new DatabaseSync(join(folder, 'history.sqlite'));
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
    ]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      spoil();
      log = open();
      assert.deepEqual(await log.query({ limit: 9 }), store.events.toReversed());
      await log.close();
    }
  });

  for (const [what, ask] of [
    ['read', () => log.readAll(undefined, 9)],
    ['asked', async () => (await log.query({ limit: 9 })).toReversed()],
  ] as const) {
    it(`that holds another event than was put there is given up when it is ${what}, and the log asked itself`, async () => {
      await fill(5);
      await log.query({ limit: 9 });
      await log.close();
      const database = new DatabaseSync(join(folder, 'history.sqlite'));
      database.exec(`UPDATE event SET record = replace(record, 'judge-uploads', 'nobody-at-all') WHERE place = 3`);
      database.close();
      log = open();
      assert.deepEqual(await ask(), store.events);
      const state = log.state();
      assert.ok(state.status === 'writable');
      assert.match(state.notices[0] ?? '', /^The index of the history failed \(.*place 3.*started again$/);
      assert.equal(existsSync(folder), false);
      assert.equal((await log.query({ limit: 9 })).length, 5);
      await reopen();
      assert.equal((await log.query({ limit: 9 })).length, 5);
      assert.deepEqual(readdirSync(folder).includes('history.sqlite'), true);
    });
  }

  it('that cannot be made leaves the log as it is', async () => {
    await fill(2);
    await log.close();
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, 'in the way');
    log = open();
    assert.deepEqual(await log.query({ limit: 9 }), store.events.toReversed());
    assert.deepEqual(await log.readAll(undefined, 9), store.events);
  });

  it('answers while the log does not, from what it holds', async () => {
    await fill(3);
    await log.query({ limit: 1 });
    const server = await startEventStoreServer();
    const brisk = { answerWithin: 10_000, giveUpAfter: 100, firstWait: 5, longestWait: 20 };
    const away = indexedLog(await openEventStoreLog(server.connectionString, brisk), join(folder, 'away'));
    await recordedBy(away.append(hello, 'none', [newEvent(), newEvent()]));
    const before = await away.query({ limit: 9 });
    server.network.refuse();
    await assert.rejects(away.readStream(hello));
    assert.deepEqual(await away.query({ limit: 9 }), before);
    await away.close();
    await server.stop();
  });
});
