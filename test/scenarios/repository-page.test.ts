import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { repositoryPage } from '../../src/app/pages/repository-page.ts';
import type { RepositoryId, SourceName } from '../../src/domain/debian/names.ts';
import { acme, unstable } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const asked = { repository: acme, codename: undefined, name: '', sort: 'name', page: 1 } as const;

describe('The page of a repository', () => {
  it('shows what stands in each suite, and how apt is told of it', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    for (const source of ['hello', 'bye']) await daemon.uploads(sourceUpload({ source }));
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    const page = repositoryPage(daemon.world)(asked);
    assert.ok(page !== undefined);
    const place = page.suites.findIndex(({ suite }) => suite === 'unstable');
    assert.equal(page.suites[place]?.packages, 2);
    assert.equal(page.suites[place]?.migratesTo, 'testing');
    assert.match(page.suites[place]?.oneLine ?? '', /\/repositories\/acme\/ trixie-acme-unstable main/);
    assert.deepEqual(
      page.packages.map(({ source, versions }) => [source, versions[place]]),
      [
        ['bye', '2.10-3~acme13+1'],
        ['hello', '2.10-3~acme13+1'],
      ],
    );
    assert.equal(repositoryPage(daemon.world)({ ...asked, repository: 'other' as RepositoryId }), undefined);
    await daemon.kill();
  });

  it('finds, sorts and pages 10,000 packages', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    const { contents } = daemon.world;
    const shelf = contents.shelves.get(unstable);
    const hello = shelf?.slots.get('hello' as SourceName);
    assert.ok(shelf !== undefined && hello?.present !== undefined);
    for (let n = 0; n < 9999; n += 1) {
      const source = `lib${String(n).padStart(4, '0')}` as SourceName;
      shelf.slots.set(source, { ...hello, present: { ...hello.present, source } });
    }
    const page = repositoryPage(daemon.world);
    const first = page(asked);
    assert.equal(first?.found, 10_000);
    assert.equal(first.pages, 278);
    assert.deepEqual([first.packages[0]?.source, first.packages.length], ['hello', 36]);
    assert.equal(page({ ...asked, sort: 'name-back' })?.packages[0]?.source, 'lib9998');
    assert.equal(page({ ...asked, sort: 'changes', name: 'l' })?.packages[0]?.source, 'hello');
    assert.equal(page({ ...asked, sort: 'changed' })?.packages[0]?.source, 'hello');
    assert.ok(page({ ...asked, sort: 'changed' })?.packages[0]?.changedAt !== undefined);
    assert.equal(page({ ...asked, sort: 'changed-back', page: 278 })?.packages.at(-1)?.source, 'hello');
    assert.equal(page({ ...asked, page: 999_999 })?.page, 278);
    assert.deepEqual([page({ ...asked, name: 'lib12' })?.found, page({ ...asked, name: 'nothing' })?.pages], [100, 1]);
    await daemon.kill();
  });
});
