import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { openDatabase } from '../../../src/adapters/embedded-log/database.ts';
import { openHeadFile } from '../../../src/adapters/embedded-log/head-file.ts';
import { openStore, type Parts, type Store } from '../../../src/adapters/embedded-log/store.ts';
import type { Append, Outcome } from '../../../src/adapters/embedded-log/writer.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import { logFolder } from './folder.ts';

it('acknowledges nothing any more once a sync of its head failed', (test) => {
  const folder = logFolder(test);
  const { store, fail } = failing(test, folder);
  assert.equal(append(store, [hello()]), 'recorded');
  fail.head = diskError('EIO');
  const unlucky = { ...hello(), expected: 0 };
  assert.equal(append(store, [unlucky]), 'refused');
  fail.head = undefined;
  assert.equal(append(store, [{ ...hello(), stream: world }]), 'refused');
  assert.match(store.standing().fenced ?? '', /after position 1: .*EIO/);
  assert.equal(count(store), 1, 'what was not acknowledged is not shown');
  store.close();

  const next = openStore(folder);
  test.after(() => next.close());
  assert.equal(next.standing().fenced, undefined);
  assert.match(next.standing().notices.join(), /position 2 had been written but not acknowledged/);
  assert.equal(append(next, [unlucky]), 'recorded');
  assert.equal(count(next), 2);
});

it('acknowledges nothing any more once a commit failed', (test) => {
  const { store, fail } = failing(test, logFolder(test));
  assert.equal(append(store, [hello()]), 'recorded');
  fail.commit = Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 1034 });
  assert.equal(append(store, [{ ...hello(), stream: world }]), 'refused');
  fail.commit = undefined;
  assert.equal(append(store, [{ ...hello(), stream: world }]), 'refused');
  assert.match(store.standing().fenced ?? '', /disk I\/O error/);
  assert.equal(count(store), 1);
});

it('refuses while the disk is full, and goes on by itself when there is space again', (test) => {
  const { store, database } = failing(test, logFolder(test));
  assert.equal(append(store, [hello()]), 'recorded');
  const pages = Number(Object.values(database().prepare('PRAGMA page_count').get() ?? {})[0]);
  database().exec(`PRAGMA max_page_count = ${pages}`);
  const large = { ...hello('x'.repeat(50_000)), stream: world };
  assert.equal(append(store, [large]), 'refused');
  assert.equal(store.standing().fenced, undefined);
  assert.equal(count(store), 1);
  database().exec('PRAGMA max_page_count = 100000');
  assert.equal(append(store, [large]), 'recorded');
  assert.equal(count(store), 2);
});

it('does not show or acknowledge what a full disk kept from the head, until it is there', (test) => {
  const { store, fail } = failing(test, logFolder(test));
  const append1 = hello();
  fail.head = diskError('ENOSPC');
  assert.equal(append(store, [append1]), 'refused');
  assert.equal(append(store, [append1]), 'refused', 'also as a repeated append');
  assert.equal(count(store), 0);
  fail.head = undefined;
  assert.equal(append(store, [append1]), 'recorded');
  assert.equal(count(store), 1);
});

it('is not lost for being opened on a full disk, where SQLite cannot make room for the index of its journal', (test) => {
  const folder = logFolder(test);
  const first = openStore(folder);
  assert.equal(append(first, [hello()]), 'recorded');
  first.close();
  const full = (): never => {
    throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 4874 });
  };
  assert.throws(() => openStore(folder, { openDatabase: full, openHeadFile }), /cannot be opened: .*disk is full/);
  const store = openStore(folder);
  test.after(() => store.close());
  assert.equal(store.standing().fenced, undefined);
  assert.equal(count(store), 1);
});

it('lets one append that SQLite refuses leave its group alone', (test) => {
  const { store } = failing(test, logFolder(test));
  const broken = { ...hello(), stream: 'upload-broken' as StreamName };
  const [event] = broken.events;
  assert.ok(event);
  const outcomes = store.append([
    hello(),
    { ...broken, events: [event, { id: event.id, text: '{"id":1, oh' }] },
    { ...hello(), stream: world },
  ]);
  assert.deepEqual(outcomes.map(kind), ['recorded', 'refused', 'recorded']);
  const page = JSON.parse(store.page(0, 10).text);
  assert.deepEqual(
    page.map(({ stream, position }: { stream: string; position: string }) => `${stream} ${Number(position)}`),
    [`${helloStream} 1`, `${world} 2`],
  );
  store.verifyMore();
  assert.equal(store.standing().fenced, undefined);
});

it('keeps its order of time when the clock jumps back', (test) => {
  const folder = logFolder(test);
  const first = openStore(folder);
  append(first, [{ ...hello(), at: '2026-11-22T10:15:00.000Z' }]);
  first.close();
  const store = openStore(folder);
  test.after(() => store.close());
  append(store, [{ ...hello(), expected: 0, at: '2026-11-22T09:00:00.000Z' }]);
  append(store, [{ ...hello(), expected: 1, at: '2026-11-22T10:15:00.001Z' }]);
  assert.deepEqual(
    JSON.parse(store.page(0, 10).text).map(({ recordedAt }: { recordedAt: string }) => recordedAt),
    ['2026-11-22T10:15:00.000Z', '2026-11-22T10:15:00.000Z', '2026-11-22T10:15:00.001Z'],
  );
});

it('lets no statement change, remove or replace an event', (test) => {
  const { store, database } = failing(test, logFolder(test));
  append(store, [hello()]);
  for (const crime of [
    "UPDATE event SET record = '{}'",
    'DELETE FROM event',
    'INSERT OR REPLACE INTO event (position, record, hash) SELECT position, record, hash FROM event',
  ])
    assert.throws(() => database().exec(crime), /the log is append-only/, crime);
});

const helloStream = 'upload-hello' as StreamName;
const world = 'upload-world' as StreamName;

/** One event for the stream of hello, which is expected not to exist. */
const hello = (fact = 'a fact'): Append => {
  const id = randomUUID();
  const actor = { kind: 'duty', name: 'judge-uploads' };
  const text = JSON.stringify({ id, actor, correlation: 'c0', subject: {}, body: { type: 'UploadReceived', fact } });
  return { stream: helloStream, expected: 'none', at: '2026-11-22T10:15:00.000Z', events: [{ id, text }] };
};

const kind = (outcome: Outcome | undefined): string | undefined =>
  typeof outcome === 'object' ? Object.keys(outcome)[0] : outcome;

const append = (store: Store, appends: readonly Append[]): string | undefined => kind(store.append(appends)[0]);

const count = (store: Store): number => JSON.parse(store.page(0, 100).text).length;

const diskError = (code: string): Error => Object.assign(new Error(`${code}: the disk says no`), { code });

type Failures = { head: Error | undefined; commit: Error | undefined };

/** A store whose disk fails as `fail` says at the moment. */
const failing = (
  test: TestContext,
  folder: string,
): { readonly store: Store; readonly fail: Failures; readonly database: () => DatabaseSync } => {
  const fail: Failures = { head: undefined, commit: undefined };
  let opened: DatabaseSync | undefined;
  const parts: Parts = {
    openHeadFile: (path, flags) => {
      const file = openHeadFile(path, flags);
      const write: typeof file.write = (head) => {
        if (fail.head !== undefined) throw fail.head;
        file.write(head);
      };
      return { ...file, write };
    },
    openDatabase: (...where) => {
      opened = openDatabase(...where);
      const exec = opened.exec.bind(opened);
      opened.exec = (sql) => {
        if (sql === 'COMMIT' && fail.commit !== undefined) throw fail.commit;
        exec(sql);
      };
      return opened;
    },
  };
  const store = openStore(folder, parts);
  const close = once(store.close);
  test.after(close);
  return {
    store: { ...store, close },
    fail,
    database: () => {
      assert.ok(opened);
      return opened;
    },
  };
};

const once = (work: () => void): (() => void) => {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
};
