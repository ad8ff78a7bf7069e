import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { buildsList } from '../../src/app/pages/builds-list.ts';
import { asks } from '../support/asks.ts';
import { unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { uploadsOfEachKind } from '../support/uploads-of-each-kind.ts';

type List = ReturnType<ReturnType<typeof buildsList>>;

const listed = async (daemon: Daemon, given: Readonly<Record<string, string>> = {}) => {
  const { json, plain } = await asks(daemon, 'builds', given, 'none');
  return { ...(json as List), plain };
};

const named = ({ items }: Pick<List, 'items'>) =>
  items.map(({ source, architecture, state }) => `${source} ${architecture} ${state}`).sort();

describe('The list of builds', () => {
  it('has those under way before those that ended, and is narrowed by what builds are', async (test) => {
    const daemon = await uploadsOfEachKind(test);

    const all = await listed(daemon);
    assert.deepEqual(
      all.items.map(({ source }) => source),
      ['slow', 'slow', 'failing', 'failing', 'hello', 'hello'],
    );
    assert.deepEqual({ page: all.page, pages: all.pages, found: all.found }, { page: 1, pages: 1, found: 6 });
    assert.deepEqual(named(await listed(daemon, { state: 'building' })), [
      'slow amd64 building',
      'slow arm64 building',
    ]);
    assert.deepEqual(named(await listed(daemon, { state: 'built', architecture: 'arm64' })), ['hello arm64 built']);
    assert.deepEqual(named(await listed(daemon, { source: 'h*', architecture: 'amd64' })), ['hello amd64 built']);
    assert.equal((await listed(daemon, { distribution: unstable })).found, 6);
    assert.equal((await listed(daemon, { distribution: 'trixie-acme-stable' })).found, 0);
    const builder = all.items[0]?.builder ?? '';
    assert.equal((await listed(daemon, { builder, state: 'building' })).found, 2);
    assert.equal((await listed(daemon, { builder: 'nobody' })).found, 0);
    const failed = await listed(daemon, { state: 'failed', architecture: 'amd64' });
    assert.match(failed.items[0]?.note ?? '', /^ftbfs: /);
    assert.match(failed.plain ?? '', /failed .*failing .*amd64/);
    assert.deepEqual(
      all.items.map(({ startedAt, seconds, hasLog }) => startedAt !== null && seconds !== null && hasLog),
      all.items.map(() => true),
    );
    assert.match(all.plain ?? '', / Took /);
    assert.deepEqual((await asks(daemon, 'builds', { state: 'lost' })).refused, ['bad-argument']);
  });

  it('goes on page by page, each build once, and says why those wait that do', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    on.builder.behave(() => 'hangs');
    for (let n = 0; n < 25; n += 1) await daemon.uploads(sourceUpload({ source: `pkg${n}` }));
    await daemon.until(({ builds }) => builds.open.size === 50);
    const pages = [await listed(daemon), await listed(daemon, { page: '2' })];
    assert.deepEqual(
      pages.map(({ items }) => items.length),
      [36, 14],
    );
    assert.equal(new Set(pages.flatMap(({ items }) => items.map(({ build }) => build))).size, 50);
    assert.equal(pages[0]?.items[0]?.source, 'pkg24');
    assert.match(pages[0]?.plain ?? '', /page 1 of 2, 50 in all/);
    const waits = await listed(daemon, { state: 'waiting' });
    assert.equal(waits.found, 50 - on.builder.underWay().length);
    assert.ok(waits.items.every(({ note, seconds, hasLog }) => note !== null && seconds === null && !hasLog));
    on.clock.advance(90_000);
    const runs = await listed(daemon, { state: 'building' });
    assert.ok(runs.items.some(({ seconds }) => seconds !== null && seconds >= 90));
  });
});
