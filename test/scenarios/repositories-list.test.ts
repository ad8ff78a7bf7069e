import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { repositoriesFound } from '../../src/app/pages/repositories-list.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import { publishedRoots } from '../../src/served-pages.ts';
import { asks } from '../support/asks.ts';
import { acmeConfigured, unstable } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

type Answer = {
  readonly page?: number;
  readonly pages?: number;
  readonly found?: number;
  readonly repositories: ReturnType<typeof repositoriesFound>;
};

describe('What apt reads', () => {
  it('is listed once it was published, and until its repository is removed', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    await daemon.until(({ published }) => published.has(acmeConfigured.repository));
    const { published, configuration } = daemon.world;
    const repositories = new Map(configuration.repositories);
    const world = { published, configuration: { ...configuration, repositories } };
    const { all, root } = publishedRoots(world, openMemoryLog(on.store, on.clock.now), {
      root: (repository) => `/archive/${repository}`,
    });
    assert.deepEqual(all(), ['acme']);
    // A repository that was configured, and of which nothing was published so far.
    repositories.set('later' as RepositoryId, acmeConfigured);
    assert.deepEqual([all(), root('later' as RepositoryId)], [['acme'], '/archive/later']);
    repositories.delete(acmeConfigured.repository);
    assert.deepEqual([all(), root(acmeConfigured.repository)], [[], undefined]);
  });
});

describe('The list of repositories', () => {
  it('tells what each holds and how it stands, page by page and narrowed by both', async (test) => {
    const daemon = await boot(await machine(test));
    test.after(daemon.kill);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended.length === 1);
    for (let n = 10; n < 50; n += 1)
      await daemon.configure({ ...acmeConfigured, repository: `r${n}`, codenames: [] } as never);
    const listed = async (given: Readonly<Record<string, string>>) => {
      const { json, plain } = await asks(daemon, 'repositories', given, 'none');
      return { ...(json as Answer), plain: plain ?? '' };
    };
    const first = await listed({ page: '1' });
    assert.deepEqual({ page: first.page, pages: first.pages, found: first.found }, { page: 1, pages: 2, found: 41 });
    assert.equal(first.repositories.length, 36);
    assert.match(first.plain, /page 1 of 2, 41 in all/);
    const [acme] = first.repositories;
    assert.equal(acme?.repository, 'acme');
    assert.equal(acme?.packages, 1);
    assert.equal(acme?.distributions.find(({ distribution }) => distribution === unstable)?.packages, 1);
    assert.match(first.plain, /^[a-z]+ +acme +\S+ +\d+ +1 /m);
    assert.equal((await listed({ page: '2' })).repositories[0]?.repository, 'r45');
    assert.deepEqual(
      (await listed({ state: 'inactive' })).repositories.map(({ repository }) => repository).slice(0, 2),
      ['r10', 'r11'],
    );
    assert.equal((await listed({ name: 'a*' })).repositories.length, 1);
    assert.equal((await listed({})).repositories.length, 41);
    assert.deepEqual((await asks(daemon, 'repositories', { state: 'lost' })).refused, ['bad-argument']);
  });
});
