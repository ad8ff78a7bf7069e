import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import { memoryStore, openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { reception } from '../../../src/app/incoming/reception.ts';
import { teller } from '../../../src/app/tell.ts';
import type { FileName } from '../../../src/domain/debian/names.ts';
import { decodeEvent } from '../../../src/domain/event.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { fakeIncoming } from '../../support/fake-incoming.ts';
import { fakeKeyring } from '../../support/fake-keyring.ts';
import { hello4, unsigned, uploaderKeyring } from '../../support/fixed-examples.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { type SourceUpload, sourceUpload, type UploadFile } from '../../support/source-upload.ts';

const bound = 3_600_000;

/** What an outage does to an append: nothing happens, or it happens and nobody hears of it. */
type Outage = 'none' | 'refuses' | 'forgets to answer';

/** A reception desk on a disk and a log that outlive it. */
const desk = async (test: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-'));
  test.after(() => removeFolder(folder));
  const clock = manualClock();
  const store = memoryStore();
  const log = openMemoryLog(store, clock.now);
  const files = fileStore(join(folder, 'files'));
  const incoming = fakeIncoming(join(folder, 'incoming'), clock.now);
  const outage: { now: Outage } = { now: 'none' };
  const append: EventLog['append'] = async (...given) => {
    if (outage.now === 'refuses') throw new Error('the log is away');
    const appended = await log.append(...given);
    if (outage.now === 'forgets to answer') throw new Error('the log is away');
    return appended;
  };
  const received = () =>
    store.events.flatMap(({ body, position, recordedAt }) => {
      const event = decodeEvent(body, position);
      return event.type === 'UploadReceived' ? [{ ...event, recordedAt }] : [];
    });
  const open = () =>
    reception({
      folder: incoming,
      files,
      verify: (file) => fakeKeyring().verify(file, [uploaderKeyring]),
      lastReceived: (sha256) => received().findLast(({ changes }) => changes.sha256 === sha256)?.recordedAt,
      exchange: async () => 'not-ours',
      clock,
      tell: teller({ ...log, append }, async () => {}),
      bound,
    });
  let now = open();
  const receives = async ({ name, bytes }: UploadFile, session = 'one session') => {
    const { receivedAt, ...file } = await incoming.keep(name, bytes);
    return now.receive({ ...file, session, door: 'ftp' });
  };
  return {
    clock,
    files,
    incoming,
    outage,
    received,
    receives,
    keeps: ({ name, bytes }: UploadFile) => incoming.keep(name, bytes),
    receivesAll: async ({ files: parts, changes }: SourceUpload, session?: string) => {
      for (const file of [...parts, changes]) await receives(file, session);
    },
    tidy: () => now.tidy(),
    /** The desk is closed without warning and opened again. */
    restart: async () => {
      now = open();
      await now.resume();
    },
  };
};

const hello = sourceUpload();
const [dsc, orig, tar] = hello.files as [UploadFile, UploadFile, UploadFile];

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((first, at) => permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]));

describe('Incoming', () => {
  it('puts an upload together in whatever order its files arrive', async (test) => {
    for (const order of permutations([...hello.files, hello.changes])) {
      const { receives, received, incoming } = await desk(test);
      for (const [n, file] of order.entries()) {
        assert.equal(received().length, 0, 'not before it is complete');
        await receives(file, `session ${n}`);
      }
      const [upload] = received();
      assert.deepEqual(upload?.files.map(({ name }) => name).sort(), hello.files.map(({ name }) => name).sort());
      assert.deepEqual(upload?.faults, []);
      assert.equal(upload?.facts?.source, 'hello');
      assert.deepEqual(incoming.names(), []);
    }
  });

  it('moves the files to the store before it says that they were received', async (test) => {
    const { receivesAll, received, files } = await desk(test);
    await receivesAll(hello);
    for (const { sha256 } of [...(received()[0]?.files ?? [])]) assert.ok(await files.has(sha256));
  });

  it('takes the announced file where a stranger sent another one of its name', async (test) => {
    const { receives, received, incoming } = await desk(test);
    await receives({ ...tar, bytes: 'something else' }, 'a stranger');
    await receives(dsc);
    await receives(orig);
    await receives(hello.changes);
    assert.equal(received().length, 0, 'the stranger’s file completes nothing');
    await receives(tar);
    assert.deepEqual(received()[0]?.faults, []);
    assert.deepEqual(incoming.names(), [tar.name]);
  });

  it('takes the wrong file when its own sender sent it, and says what is wrong', async (test) => {
    const { receives, received } = await desk(test);
    for (const file of [dsc, orig, { ...tar, bytes: 'something else' }, hello.changes]) await receives(file);
    assert.equal(received()[0]?.faults[0]?.rule, 'checksum-mismatch');
  });

  it('says what is missing once it has waited long enough, and not before', async (test) => {
    const { receives, received, tidy, clock, incoming } = await desk(test);
    for (const file of [dsc, hello.changes]) await receives(file);
    clock.advance(bound);
    await tidy();
    assert.equal(received().length, 0);
    clock.advance(1);
    await tidy();
    const [fault] = received()[0]?.faults ?? [];
    assert.equal(fault?.rule, 'missing-files');
    assert.equal(fault?.fact, `${orig.name}, ${tar.name} did not arrive within 60 minutes of ${hello.changes.name}`);
    assert.deepEqual(incoming.names(), []);
    await tidy();
    assert.equal(received().length, 1);
  });

  it('takes a .changes that cannot be read at once, as one with a fault', async (test) => {
    const { receives, received } = await desk(test);
    await receives({ name: 'hello.changes' as FileName, bytes: 'nonsense\n' });
    assert.equal(received()[0]?.facts, null);
    assert.equal(received()[0]?.faults.length, 1);
  });

  it('marks what nobody signed', async (test) => {
    const { receivesAll, received } = await desk(test);
    await receivesAll(sourceUpload({ signedBy: null }));
    assert.deepEqual(received()[0]?.signature.status, unsigned.status);
  });

  it('refuses a .changes that is too large to be one', async (test) => {
    const { receives, received } = await desk(test);
    const refused = await receives({ name: 'hello.changes' as FileName, bytes: 'x'.repeat(1024 * 1024 + 1) });
    assert.equal(refused?.rule, 'control-file-too-large');
    assert.equal(received().length, 0);
  });

  it('keeps its event small whatever an upload says of itself', async (test) => {
    const { receivesAll, received } = await desk(test);
    const options = Array.from({ length: 500 }, (_, n) => `* MINI_BUILDD_OPTION: add-depends[a${n}]=${'x'.repeat(70)}`);
    await receivesAll(sourceUpload({ changelog: options.join('\n   ') }));
    const [upload] = received();
    assert.equal(upload?.faults[0]?.rule, 'too-many-facts');
    assert.ok(JSON.stringify(upload).length < 60_000);
  });

  it('collects what nothing announces, after a while', async (test) => {
    const { receives, tidy, clock, incoming } = await desk(test);
    await receives(orig);
    clock.advance(bound);
    await tidy();
    assert.deepEqual(incoming.names(), [orig.name]);
    clock.advance(1);
    await tidy();
    assert.deepEqual(incoming.names(), []);
  });

  it('counts neither by a clock that is set, ahead or back', async (test) => {
    const { receives, received, tidy, clock, incoming } = await desk(test);
    const year = 365 * 86_400_000;
    const stray = { ...orig, name: 'stray_1.orig.tar.gz' as FileName, bytes: 'nobody announces it' };
    for (const file of [stray, dsc, hello.changes]) await receives(file);
    clock.set(year);
    await tidy();
    assert.equal(received().length, 0);
    assert.ok(incoming.names().includes(stray.name));
    const late = { ...stray, name: 'late_1.orig.tar.gz' as FileName, bytes: 'nor this' };
    await receives(late);
    clock.set(-year);
    clock.advance(bound + 1);
    await tidy();
    assert.equal(received()[0]?.faults[0]?.rule, 'missing-files');
    assert.deepEqual(incoming.names(), []);
  });

  it('leaves a file that another announced upload waits for', async (test) => {
    const { receives, receivesAll, received, incoming } = await desk(test);
    const next = sourceUpload({ version: hello4 });
    await receives(next.changes, 'another session');
    await receivesAll(hello);
    assert.deepEqual(incoming.names(), [orig.name, next.changes.name].sort());
    for (const file of next.files.filter(({ name }) => name !== orig.name)) await receives(file, 'another session');
    assert.equal(received().length, 2);
    assert.deepEqual(incoming.names(), []);
  });

  it('leaves a tarball that came a second time for an upload that is yet to be announced', async (test) => {
    const { receives, received, incoming } = await desk(test);
    const next = sourceUpload({ version: hello4 });
    for (const file of hello.files) await receives(file);
    await receives(orig, 'another session');
    await receives(hello.changes);
    for (const file of [...next.files, next.changes].filter(({ name }) => name !== orig.name)) {
      await receives(file, 'another session');
    }
    assert.deepEqual(
      received().map(({ faults }) => faults),
      [[], []],
    );
    assert.deepEqual(incoming.names(), []);
  });
});

describe('Incoming, while the log is away', () => {
  it('drops nothing, says so to the sender, and goes on by itself', async (test) => {
    const { receives, receivesAll, received, tidy, incoming, outage } = await desk(test);
    outage.now = 'refuses';
    await assert.rejects(receivesAll(hello), /the log is away/);
    assert.equal(incoming.names().length, 4);
    await assert.rejects(tidy(), /the log is away/);
    outage.now = 'none';
    await tidy();
    assert.equal(received().length, 1);
    assert.deepEqual(incoming.names(), []);
    assert.equal(await receives({ name: 'other_1.orig.tar.gz' as FileName, bytes: 'other' }), undefined);
  });

  it('says nothing twice when the log took the event and could not tell', async (test) => {
    const { receivesAll, received, tidy, incoming, outage } = await desk(test);
    outage.now = 'forgets to answer';
    await assert.rejects(receivesAll(hello), /the log is away/);
    outage.now = 'none';
    await tidy();
    assert.equal(received().length, 1);
    assert.deepEqual(incoming.names(), []);
  });

  it('takes other people’s files that complete nothing', async (test) => {
    const { receives, receivesAll, outage } = await desk(test);
    outage.now = 'refuses';
    await assert.rejects(receivesAll(hello), /the log is away/);
    assert.equal(await receives({ name: 'other_1.orig.tar.gz' as FileName, bytes: 'other' }, 'a stranger'), undefined);
  });
});

describe('Incoming, after a restart', () => {
  it('goes on with an upload of which a part had arrived', async (test) => {
    for (let before = 0; before <= 4; before += 1) {
      const { receives, received, restart, incoming } = await desk(test);
      const all = [hello.changes, ...hello.files];
      for (const file of all.slice(0, before)) await receives(file);
      await restart();
      for (const file of all.slice(before)) await receives(file);
      assert.equal(received().length, 1, `restarted after ${before} files`);
      assert.deepEqual(incoming.names(), []);
    }
  });

  it('receives an upload whose last file was durable and not yet announced', async (test) => {
    const { keeps, received, restart, incoming } = await desk(test);
    for (const file of [...hello.files, hello.changes]) await keeps(file);
    await restart();
    assert.equal(received().length, 1);
    assert.deepEqual(incoming.names(), []);
  });

  it('drops without another word a .changes that its own event is younger than', async (test) => {
    const { keeps, receivesAll, received, restart, incoming, outage, tidy, clock } = await desk(test);
    for (const file of [...hello.files, hello.changes]) await keeps(file);
    outage.now = 'forgets to answer';
    await assert.rejects(receivesAll(hello), /the log is away/);
    outage.now = 'none';
    await restart();
    assert.equal(received().length, 1);
    clock.advance(bound + 1);
    await tidy();
    assert.deepEqual(incoming.names(), []);
    assert.equal(received().length, 1);
  });

  it('receives again what was sent again after its event', async (test) => {
    const { keeps, receivesAll, received, restart, clock } = await desk(test);
    await receivesAll(hello);
    clock.advance(1000);
    for (const file of [...hello.files, hello.changes]) await keeps(file);
    await restart();
    assert.equal(received().length, 2);
  });

  it('receives again what was sent again after a clock that was a year ahead was put right', async (test) => {
    const { keeps, receivesAll, received, restart, clock } = await desk(test);
    const year = 365 * 86_400_000;
    clock.set(year);
    await receivesAll(hello);
    clock.set(-year);
    clock.advance(1000);
    for (const file of [...hello.files, hello.changes]) await keeps(file);
    await restart();
    assert.equal(received().length, 2);
  });

  it('drops a .changes that is too large to be one', async (test) => {
    const { keeps, restart, incoming } = await desk(test);
    await keeps({ name: 'hello.changes' as FileName, bytes: 'x'.repeat(1024 * 1024 + 1) });
    await restart();
    assert.deepEqual(incoming.names(), []);
  });

  it('waits no longer for files of what came by a clock that was a year ahead', async (test) => {
    const { receives, received, restart, tidy, clock } = await desk(test);
    const year = 365 * 86_400_000;
    clock.set(year);
    await receives(hello.changes);
    clock.set(-year);
    await restart();
    clock.advance(bound);
    await tidy();
    assert.equal(received().length, 0);
    clock.advance(1);
    await tidy();
    assert.equal(received()[0]?.faults[0]?.rule, 'missing-files');
  });

  it('waits for missing files as long as before', async (test) => {
    const { receives, received, restart, tidy, clock } = await desk(test);
    await receives(hello.changes);
    clock.advance(bound - 1000);
    await restart();
    clock.advance(1001);
    await tidy();
    assert.equal(received()[0]?.faults[0]?.rule, 'missing-files');
  });
});
