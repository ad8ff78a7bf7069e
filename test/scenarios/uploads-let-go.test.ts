import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import type { FileName, StoredFile } from '../../src/domain/debian/names.ts';
import { admin, afterSome, v } from '../support/days-go-by.ts';
import { acme, amd64, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const hourMs = 3_600_000;
const has = (on: Machine, files: readonly Pick<StoredFile, 'sha256'>[]): Promise<readonly boolean[]> =>
  Promise.all(files.map(({ sha256 }) => on.files.has(sha256)));
const none = async (on: Machine, files: readonly Pick<StoredFile, 'sha256'>[]): Promise<boolean> =>
  !(await has(on, files)).includes(true);
const all = async (on: Machine, files: readonly Pick<StoredFile, 'sha256'>[]): Promise<boolean> =>
  !(await has(on, files)).includes(false);
const removedUploads = (on: Machine) => eventsOf(on, 'UploadFilesRemoved');
const last = (daemon: Daemon, status: string) => () => daemon.world.uploads.ended[0]?.status === status;

describe('What a rejected upload brought', () => {
  const unsigned = { version: version('9.9-1'), signedBy: null } as const;

  it('is gone after an hour, again and again, but for its .changes', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    for (let n = 1; n <= 2; n += 1) {
      await daemon.uploads(sourceUpload(unsigned));
      await daemon.until(() => eventsOf(on, 'UploadRejected').length === n);
      const received = eventsOf(on, 'UploadReceived').at(-1);
      assert.ok(received !== undefined && (await all(on, received.files)));
      assert.equal(removedUploads(on).length, n - 1);
      on.clock.advance(hourMs + 60_000);
      await daemon.until(() => removedUploads(on).length === n);
      assert.ok(await none(on, received.files));
      assert.ok(await on.files.has(received.changes.sha256));
      assert.deepEqual(removedUploads(on).at(-1), {
        type: 'UploadFilesRemoved',
        upload: received.upload,
        files: received.files.length,
        bytes: received.files.reduce((sum, { size }) => sum + size, 0),
      });
    }
    assert.deepEqual(daemon.faults, []);
  });

  it('stays as far as a version, an upload under way or a failed one is made of it', async (test) => {
    const { on, daemon, until } = await afterSome(test, [1], 1);
    await daemon().uploads(sourceUpload({ version: v(1), signedBy: null }));
    await until(last(daemon(), 'rejected'));
    on.clock.advance(hourMs + 60_000);
    await until(() => removedUploads(on).length === 1);
    const [first] = eventsOf(on, 'UploadReceived');
    assert.ok(first !== undefined && (await all(on, [first.changes, ...first.files])));
    on.builder.behave(() => 'fails');
    await daemon().uploads(sourceUpload({ version: v(2), withOrig: false }));
    await until(last(daemon(), 'failed'));
    const failed = eventsOf(on, 'UploadReceived').at(-1);
    await daemon().uploads(sourceUpload({ version: v(2), withOrig: false, signedBy: null }));
    await until(last(daemon(), 'rejected'));
    on.clock.advance(hourMs + 60_000);
    await until(() => removedUploads(on).length === 2);
    assert.ok(failed !== undefined && (await all(on, failed.files)));
  });

  it('takes nobody else’s log with it', async (test) => {
    const { on, daemon, until } = await afterSome(test, [1], 1);
    const log = eventsOf(on, 'BuildSucceeded').find(({ build }) => build.endsWith(amd64))?.log;
    assert.ok(log !== undefined);
    const bytes = await readFile(await on.files.path(log.sha256), 'utf8');
    await daemon().uploads(sourceUpload({ ...unsigned, more: [{ name: 'hello_9.9.log' as FileName, bytes }] }));
    await until(last(daemon(), 'rejected'));
    assert.ok(
      eventsOf(on, 'UploadReceived')
        .at(-1)
        ?.files.some(({ sha256 }) => sha256 === log.sha256),
    );
    on.clock.advance(hourMs + 60_000);
    await until(() => removedUploads(on).length === 1);
    assert.ok(await on.files.has(log.sha256));
  });

  it('is removed by the next life wherever the power fails', async (test) => {
    for (let n = 1, isMet = true; isMet; n += 1) {
      const on = await machine(test);
      const first = await boot(on);
      await first.uploads(sourceUpload(unsigned));
      await first.until(() => eventsOf(on, 'UploadRejected').length === 1);
      await first.kill();
      on.clock.advance(2 * hourMs);
      const doomed = await boot(on, { n, when: 'after' });
      await doomed.until(() => removedUploads(on).length === 1);
      isMet = doomed.isDead();
      await doomed.kill();
      const next = await boot(on);
      await next.until(() => removedUploads(on).length === 1);
      await next.rests();
      assert.equal(removedUploads(on).length, 1);
      assert.ok(await none(on, eventsOf(on, 'UploadReceived')[0]?.files ?? []));
      await next.kill();
      assert.ok(n < 30);
    }
  });
});

describe('What a failed upload brought, and what was built of it', () => {
  /** amd64 was built, arm64 was not. */
  const afterFailure = async (test: TestContext) => {
    const at = await afterSome(test, [1], 1);
    at.on.builder.behave(({ architecture }) => (architecture === amd64 ? 'succeeds' : 'fails'));
    await at.daemon().uploads(sourceUpload({ version: v(2), withOrig: false }));
    await at.until(last(at.daemon(), 'failed'));
    at.on.builder.behave(() => 'succeeds');
    const received = eventsOf(at.on, 'UploadReceived').at(-1);
    assert.ok(received !== undefined);
    const built = eventsOf(at.on, 'BuildSucceeded').filter(({ build }) => build.startsWith(received.upload));
    const brought = [
      ...received.files.filter(({ name }) => !name.includes('.orig.')),
      ...built.flatMap(({ binaries, log, records }) => [...binaries.map(({ file }) => file), log, ...records]),
    ];
    return { ...at, received, brought };
  };
  const again = { package: 'hello', version: v(2) };
  const wake = async ({ later, on }: Awaited<ReturnType<typeof afterFailure>>, days: number) => {
    const daemon = await later(days);
    on.clock.advance(120_000);
    return daemon;
  };

  it('stays until retention says otherwise, and is retried from until then', async (test) => {
    const at = await afterFailure(test);
    await (await wake(at, 400)).rests();
    assert.ok(await all(at.on, at.brought));
    await at.run('retention', { repository: acme, versions: '0', days: '500' });
    await at.daemon().rests();
    await at.run('retry', again);
    await at.until(last(at.daemon(), 'published'));
    assert.equal(eventsOf(at.on, 'BuildAdopted').length, 1);
  });

  it('goes as old versions go, and retry says so then', async (test) => {
    const at = await afterFailure(test);
    await at.run('retention', { repository: acme, versions: '0', days: '30' });
    await (await wake(at, 20)).rests();
    assert.deepEqual(eventsOf(at.on, 'UploadFilesLetGo'), []);
    await wake(at, 20);
    // After so long the clock is believed a day later.
    await wake(at, 1);
    await at.until(() => removedUploads(at.on).length === 1);
    assert.ok(await none(at.on, at.brought));
    assert.ok(await all(at.on, [at.received.changes]));
    const refused = await at.daemon().engine.api.run('retry', again, admin);
    assert.deepEqual(refused._tag === 'Left' && refused.left[0], {
      rule: 'files-let-go',
      fact: `the files of hello ${v(2)}, upload ${at.received.upload}, were let go, as the retention of acme says`,
      remedy: 'upload the source package again: its version is free',
    });
    await at.daemon().uploads(sourceUpload({ version: v(2), withOrig: false }));
    await at.until(last(at.daemon(), 'published'));
    assert.ok(await all(at.on, eventsOf(at.on, 'UploadReceived').at(-1)?.files ?? []));
  });

  it('stays as far as the upload that retried it has taken it over', async (test) => {
    const at = await afterFailure(test);
    await at.run('retry', again);
    await at.until(last(at.daemon(), 'published'));
    await at.run('retention', { repository: acme, versions: '0' });
    await wake(at, 2);
    await at.until(() => removedUploads(at.on).length === 1);
    assert.ok(await all(at.on, at.brought));
  });

  it('is kept by number, the last first', async (test) => {
    const at = await afterFailure(test);
    at.on.builder.behave(() => 'fails');
    await at.daemon().uploads(sourceUpload({ version: v(3), withOrig: false }));
    await at.until(() => eventsOf(at.on, 'VersionReleased').length === 2);
    await at.run('retention', { repository: acme, versions: '1' });
    await wake(at, 2);
    await at.until(() => removedUploads(at.on).length === 1);
    assert.deepEqual(
      eventsOf(at.on, 'UploadFilesLetGo').map(({ upload }) => upload),
      [at.received.upload],
    );
  });
});
