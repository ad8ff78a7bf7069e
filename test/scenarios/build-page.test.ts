import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { buildPage } from '../../src/app/pages/build-page.ts';
import { historyPage } from '../../src/app/pages/history-page.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import { buildId, type UploadId } from '../../src/domain/ids.ts';
import type { Position } from '../../src/ports/event-log.ts';
import { maintainer } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const place = { builder: 'ernie', room: 2 };

const isDone = ({ until }: Daemon) => until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);

describe('The page of a build', () => {
  it('tells of attempts, why this builder, and what was made, also in a later life', async (test) => {
    const on = await machine(test);
    const first = await boot(on);
    await first.uploads(sourceUpload());
    await isDone(first);
    const upload = first.world.uploads.ended[0]?.id ?? ('' as UploadId);
    await first.kill();
    const daemon = await boot(on);
    const page = buildPage(daemon.world, openMemoryLog(on.store, on.clock.now), place);
    const built = await page(buildId(upload, 'amd64'), anonymous);
    assert.equal(built?.state, 'built');
    assert.equal(built.source, 'hello');
    assert.equal(built.waits, undefined);
    const [attempt] = built.attempts;
    assert.equal(attempt?.builder, 'ernie');
    assert.equal(attempt.ended?.word, 'built');
    assert.ok((attempt.because ?? '') !== '');
    assert.ok(built.artifacts.some(({ name, isKept }) => name.endsWith('.deb') && !isKept));
    assert.ok(built.artifacts.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
    assert.equal(built.happenings.at(-1)?.type, 'BuildRequested');
    assert.equal(await page(buildId(upload, 'riscv64'), anonymous), undefined);
    await daemon.kill();
  });

  it('says what failed, and at which attempt', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    const upload = daemon.world.uploads.ended[0]?.id ?? ('' as UploadId);
    const page = buildPage(daemon.world, openMemoryLog(on.store, on.clock.now), place);
    const failed = await page(buildId(upload, 'amd64'), anonymous);
    assert.equal(failed?.state, 'failed');
    assert.deepEqual(
      failed.attempts.map(({ attempt, ended }) => [attempt, ended?.word]),
      [[1, 'failed']],
    );
    assert.deepEqual(failed.artifacts, []);
    await daemon.kill();
  });
});

describe('The page of history', () => {
  it('leaves nothing out from page to page, and names nobody to strangers', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    for (const source of ['hello', 'bye', 'again']) await daemon.uploads(sourceUpload({ source }));
    await isDone(daemon);
    const page = historyPage(daemon.world, openMemoryLog(on.store, on.clock.now));
    const seen: string[] = [];
    let before: Position | undefined;
    do {
      const answer = await page(before === undefined ? {} : { before }, anonymous);
      assert.ok(isRight(answer));
      assert.ok(!JSON.stringify(answer.right).includes(maintainer));
      seen.push(...answer.right.happenings.map(({ id }) => id));
      before = answer.right.next;
    } while (before !== undefined);
    const whole = await daemon.engine.api.run('history', { limit: '500' }, anonymous);
    assert.ok(isRight(whole));
    assert.deepEqual(
      (whole.right.json as { events: { id: string }[] }).events.map(({ id }) => id),
      seen,
    );
    assert.ok(seen.length > 20);
    assert.ok(isLeft(await page({ actor: maintainer }, anonymous)));
    await daemon.kill();
  });
});
