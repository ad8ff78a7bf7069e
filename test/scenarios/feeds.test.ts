import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { type FeedQuery, feeds } from '../../src/app/feeds/feed.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { SourceName, Version } from '../../src/domain/debian/names.ts';
import { acme, hello, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const read = async (on: Machine, { world }: Daemon, asked: FeedQuery = {}) =>
  (await feeds(world, openMemoryLog(on.store, on.clock.now))(asked)).entries;
const titles = async (...given: Parameters<typeof read>) => (await read(...given)).map(({ title }) => title);
const isDone = ({ until }: Daemon) => until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);

describe('The feed', () => {
  it('tells what became of packages, of one or in one distribution, and not of rejected uploads', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload({ source: 'bye' }));
    await daemon.uploads(sourceUpload({ source: 'bye', version: '3-1' as Version }));
    await isDone(daemon);
    const installed = 'INSTALLED (trixie-acme-unstable): hello 2.10-3~acme13+1';
    const failed = 'FAILED (trixie-acme-unstable): bye 2.10-3~acme13+1';
    assert.deepEqual(await titles(on, daemon), [failed, installed]);
    assert.deepEqual(await titles(on, daemon, { package: hello }), [installed]);
    assert.deepEqual(await titles(on, daemon, { package: 'bye' as SourceName }), [failed]);
    assert.deepEqual(await titles(on, daemon, { distribution: unstable }), [failed, installed]);
    const testing = 'trixie-acme-testing' as DistributionName;
    assert.deepEqual(await titles(on, daemon, { distribution: testing }), []);
    const [second, first] = await read(on, daemon);
    assert.equal(first?.path, '/mini_buildd/uploads/acme/hello/2.10-3~acme13%2B1');
    const failure = daemon.world.uploads.ended.find(({ status }) => status === 'failed');
    assert.equal(second?.path, `/mini_buildd/uploads/${failure?.id}`);
    await daemon.kill();
    const later = await boot(on);
    assert.deepEqual(await titles(on, later), [failed, installed]);
  });

  it('tells of nothing before apt sees it', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.archive.fail(3, 'the disk is full');
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.installed.get(acme)?.length === 1);
    assert.deepEqual(await titles(on, daemon), []);
    await isDone(daemon);
    assert.equal((await titles(on, daemon)).length, 1);
  });

  it('comes in pages that lead to the first event', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'fails');
    for (let n = 0; n < 53; n += 1) await daemon.uploads(sourceUpload({ source: `hello${n}` }));
    await isDone(daemon);
    const log = openMemoryLog(on.store, on.clock.now);
    const first = await feeds(daemon.world, log)({});
    assert.equal(first.entries.length, 50);
    assert.ok(first.next);
    const second = await feeds(daemon.world, log)({ before: first.next });
    assert.deepEqual([second.entries.length, second.next], [3, undefined]);
    assert.equal(new Set([...first.entries, ...second.entries].map(({ id }) => id)).size, 53);
  });
});
