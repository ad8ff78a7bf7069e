import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { acceptLoss } from '../../../src/adapters/embedded-log/accept-loss.ts';
import { openEmbeddedLog, openEmbeddedLogReadOnly } from '../../../src/adapters/embedded-log/embedded-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { EventLog, LogState, RecordedEvent } from '../../../src/ports/event-log.ts';
import { event, fill, logFolder } from './folder.ts';

it('is fenced, and names what is missing, when acknowledged events went with the end of the journal', async (test) => {
  const { folder, events } = await killedLog(test, 20);
  const journal = join(folder, 'events.sqlite-wal');
  truncateSync(journal, Math.floor(statSync(journal).size * 0.8));
  const log = await open(test, folder);
  const left = await log.readAll(undefined, 100);
  assert.ok(left.length > 0 && left.length < 20);
  assert.deepEqual(left, events.slice(0, left.length));
  const missing = left.length === 19 ? 'event at position 20' : `events at positions ${left.length + 1} to 20`;
  assert.match(reason(log), new RegExp(missing));
  await assert.rejects(log.append('upload-new' as StreamName, 'none', [event()]), new RegExp(missing));
});

it('is fenced, and names what is missing, when bytes of the journal changed', async (test) => {
  const { folder } = await killedLog(test, 20);
  change(join(folder, 'events.sqlite-wal'), 'fact 15.', 'fact 51.');
  assert.match(reason(await open(test, folder)), /missing the events at positions 15 to 20/);
});

it('names the position of a changed record, writes nothing, and goes on reading', async (test) => {
  const { folder, events } = await closedLog(test, 20);
  change(join(folder, 'events.sqlite'), 'fact 7.', 'fact 9.');
  const log = await open(test, folder);
  assert.match(reason(log), /position 7 .*restored from a backup/);
  await assert.rejects(log.append('upload-new' as StreamName, 'none', [event()]), /position 7/);
  const read = await log.readAll(undefined, 100);
  assert.deepEqual(read.toSpliced(6, 1), events.toSpliced(6, 1));
});

it('leaves out a record that is no event any more, and reads the others', async (test) => {
  const { folder, events } = await closedLog(test, 20);
  change(join(folder, 'events.sqlite'), '"fact":"fact 7."', '"fact":"fact 7. ');
  const log = await open(test, folder);
  assert.match(reason(log), /position 7 /);
  assert.deepEqual(await log.readAll(undefined, 100), events.toSpliced(6, 1));
});

it('notices a changed last record', async (test) => {
  const { folder } = await closedLog(test, 20);
  change(join(folder, 'events.sqlite'), 'fact 20.', 'fact 02.');
  assert.match(reason(await open(test, folder)), /position 20 /);
});

it('notices a record that was taken out, and one that was put in another place with its hash', async (test) => {
  for (const crime of [
    'DROP TRIGGER event_never_goes; DELETE FROM event WHERE position = 7',
    'DROP TRIGGER event_never_changes; UPDATE event SET position = 70 WHERE position = 20; UPDATE event SET position = 20 WHERE position = 7',
  ]) {
    const { folder } = await closedLog(test, 20);
    const database = new DatabaseSync(join(folder, 'events.sqlite'));
    database.exec(crime);
    database.close();
    assert.match(reason(await open(test, folder)), /position (8|20) /);
  }
});

it('notices a log that was made anew from its beginning with the right hashes', async (test) => {
  const { folder } = await closedLog(test, 20);
  const forged = await closedLog(test, 20);
  cpSync(join(forged.folder, 'events.sqlite'), join(folder, 'events.sqlite'));
  assert.match(reason(await open(test, folder)), /position 20 is not the one that was acknowledged/);
});

for (const where of ['in the middle', 'at the end'])
  it(`reads around a page that the disk destroyed ${where}`, async (test) => {
    const folder = logFolder(test);
    const whole = await openEmbeddedLog(folder);
    const facts = Array.from({ length: 400 }, (_, n) => event(`fact ${n}.`));
    await whole.append('upload-hello' as StreamName, 'none', facts);
    const events = await whole.readAll(undefined, 400);
    await whole.close();
    const path = join(folder, 'events.sqlite');
    const bytes = readFileSync(path);
    const page = Math.floor(bytes.lastIndexOf(where === 'at the end' ? 'fact 399.' : 'fact 200.') / 4096) * 4096;
    writeFileSync(path, bytes.fill(0xa5, page, page + 4096));
    const log = await open(test, folder);
    assert.equal(log.state().status, 'fenced');
    const read = await log.readAll(undefined, 1000);
    assert.ok(read.length > 350 && read.length < 400, `${read.length} of 400 events are readable`);
    const known = new Map(events.map((one) => [one.position, one]));
    assert.deepEqual(
      read,
      read.map(({ position }) => known.get(position)),
    );
  });

it('never gives a lost position to another event, also when the operator accepts the loss', async (test) => {
  const { folder } = await killedLog(test, 20);
  change(join(folder, 'events.sqlite-wal'), 'fact 15.', 'fact 51.');
  assert.equal(acceptLoss(folder, true), 'Would be given up: what stood after position 14 up to 20');
  const fenced = await open(test, folder);
  assert.equal(fenced.state().status, 'fenced');
  await fenced.close();
  assert.equal(acceptLoss(folder, false), 'Given up: what stood after position 14 up to 20');
  const log = await open(test, folder);
  assert.equal(log.state().status, 'writable');
  await log.append('upload-new' as StreamName, 'none', [event()]);
  const positions = (await log.readAll(undefined, 100)).map(({ position }) => Number(position));
  assert.deepEqual(positions.slice(-2), [14, 21]);
  assert.throws(() => acceptLoss(folder, false), /another process is writing/);
  await log.close();
  const again = await open(test, folder);
  assert.equal(again.state().status, 'writable');
  await again.close();
  assert.throws(() => acceptLoss(folder, false), /Nothing is missing/);
});

it('lets nobody accept a record that is wrong', async (test) => {
  const { folder } = await closedLog(test, 20);
  change(join(folder, 'events.sqlite'), 'fact 7.', 'fact 9.');
  rmSync(join(folder, 'head'));
  assert.throws(() => acceptLoss(folder, false), /position 7 /);
  assert.match(reason(await open(test, folder)), /head file is missing/);
});

it('opens fenced and empty when the file is no database at all', async (test) => {
  const { folder } = await closedLog(test, 3);
  writeFileSync(join(folder, 'events.sqlite'), 'x'.repeat(9000));
  const log = await open(test, folder);
  assert.match(reason(log), /events\.sqlite cannot be read as a log/);
  assert.deepEqual(await log.readAll(undefined, 10), []);
});

it('does not begin anew where a head knows of events', async (test) => {
  const { folder } = await closedLog(test, 3);
  rmSync(join(folder, 'events.sqlite'));
  assert.match(reason(await open(test, folder)), /is missing, and the head knows of events up to position 3/);
  assert.equal(existsSync(join(folder, 'events.sqlite')), false);
});

it('is fenced when its head is missing', async (test) => {
  const { folder } = await closedLog(test, 3);
  rmSync(join(folder, 'head'));
  assert.match(reason(await open(test, folder)), /up to position 3, but its head file is missing/);
});

it('goes on from the older slot when the power failed while the head was written', async (test) => {
  const { folder, events } = await closedLog(test, 3);
  tearNewestSlot(join(folder, 'head'));
  const log = await open(test, folder);
  const state = log.state();
  assert.equal(state.status, 'writable');
  assert.match(state.status === 'writable' ? state.notices.join() : '', /torn.*position 3 had been written/);
  assert.deepEqual(await log.readAll(undefined, 10), events);
  await log.append('upload-n4' as StreamName, 'none', [event()]);
  await log.close();
  const again = await open(test, folder);
  assert.deepEqual(again.state(), { status: 'writable', head: `${'0'.repeat(19)}4`, notices: [] });
});

it('is fenced when both slots of the head are damaged', async (test) => {
  const { folder } = await closedLog(test, 3);
  writeFileSync(join(folder, 'head'), 'x'.repeat(8192));
  assert.match(reason(await open(test, folder)), /head file is missing or damaged/);
});

it('says how far it was verified and the digest there, unless something was wrong or nothing was looked at', async (test) => {
  const { folder } = await closedLog(test, 20);
  const log = await openEmbeddedLog(folder);
  const first = log.verified();
  assert.equal(Number(first?.position), 20);
  assert.match(first?.digest ?? '', /^[0-9a-f]{64}$/);
  await log.append('upload-n21' as StreamName, 'none', [event()]);
  assert.deepEqual(log.verified(), first, 'what was written since was not looked at');
  await log.close();
  const lazy = await openEmbeddedLog(folder, { verify: 'as-read' });
  assert.equal(lazy.verified(), undefined);
  await lazy.close();
  const background = await openEmbeddedLog(folder, { verify: 'in-background' });
  await until(() => background.verified() !== undefined);
  assert.equal(Number(background.verified()?.position), 21);
  assert.notEqual(background.verified()?.digest, first?.digest);
  await background.close();
  change(join(folder, 'events.sqlite'), 'fact 7.', 'fact 9.');
  const damaged = await openEmbeddedLog(folder);
  assert.equal(damaged.verified(), undefined);
  await damaged.close();
});

it('meets a changed record also when it verifies in the background, or only reads', async (test) => {
  const { folder } = await closedLog(test, 20);
  change(join(folder, 'events.sqlite'), 'fact 7.', 'fact 9.');
  const log = await openEmbeddedLog(folder, { verify: 'in-background' });
  test.after(() => log.close());
  await until(() => log.state().status === 'fenced');
  assert.match(reason(log), /position 7 /);
  await log.close();

  const lazy = await openEmbeddedLog(folder, { verify: 'as-read' });
  test.after(() => lazy.close());
  assert.equal(lazy.state().status, 'writable');
  await lazy.readAll(undefined, 100);
  assert.match(reason(lazy), /position 7 /);
  await lazy.close();

  const reader = await openEmbeddedLogReadOnly(folder, { verify: 'before-opening' });
  test.after(() => reader.close());
  assert.match(reason(reader), /position 7 /);
});

/** A log as `kill -9` leaves it, with its journal: copied while it is open. */
const killedLog = async (test: TestContext, count: number): Promise<Known> => {
  const original = logFolder(test);
  const log = await openEmbeddedLog(original);
  const events = await fill(log, count);
  const folder = `${original}-killed`;
  cpSync(original, folder, { recursive: true });
  await log.close();
  return { folder, events };
};

/** A log that was closed: SQLite folds its journal into the database then. */
const closedLog = async (test: TestContext, count: number): Promise<Known> => {
  const folder = logFolder(test);
  const log = await openEmbeddedLog(folder);
  const events = await fill(log, count);
  await log.close();
  return { folder, events };
};

type Known = { readonly folder: string; readonly events: readonly RecordedEvent[] };

const open = async (test: TestContext, folder: string): Promise<EventLog> => {
  const log = await openEmbeddedLog(folder);
  test.after(() => log.close());
  return log;
};

const reason = (log: EventLog): string => {
  const state: LogState = log.state();
  assert.equal(state.status, 'fenced');
  return state.status === 'fenced' ? state.reason : '';
};

/** The disk changes its mind wherever `from` stands: SQLite leaves copies behind in the free parts of its pages. */
const change = (path: string, from: string, to: string): void => {
  const bytes = readFileSync(path);
  assert.ok(bytes.includes(from), `${from} stands in ${path}`);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  writeFileSync(path, bytes);
};

const tearNewestSlot = (path: string): void => {
  const bytes = readFileSync(path);
  const turn = (offset: number): number => Number(/ (\d+) /.exec(bytes.toString('latin1', offset, offset + 100))?.[1]);
  const newest = turn(0) > turn(4096) ? 0 : 4096;
  writeFileSync(path, bytes.fill(0, newest + 40, newest + 4096));
};

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, 'what was waited for has happened');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
