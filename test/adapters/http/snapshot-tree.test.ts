import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { left, right } from 'fp-ts/lib/Either.js';
import type { DistributionName } from '../../../src/domain/debian/distribution.ts';
import type { RepositoryId, StoredFile } from '../../../src/domain/debian/names.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { NotServed, Snapshots } from '../../../src/ports/snapshots.ts';
import { raw, serve } from './served.ts';

const name = 'trixie-test-unstable' as DistributionName;
const time = '20261122T101500Z';
const at = `/snapshots/test/${time}`;
const gone: NotServed = { kind: 'gone', because: refusal('let-go', 'hello 1.0 was let go', 'take a later time') };
const busy: NotServed = { kind: 'busy', because: refusal('busy', 'too many', 'wait'), retryAfter: 7 };

/** A snapshot of one distribution, with a pool of one file. */
const served = async (test: TestContext, more: Partial<Snapshots> = {}) => {
  let file: StoredFile | undefined;
  const asked: string[] = [];
  const snapshots: Snapshots = {
    repositories: () => ['test' as RepositoryId],
    times: (repository) =>
      repository === 'test' ? { names: 1, times: 1, slice: (from, to) => ['freeze', time].slice(from, to) } : undefined,
    distributions: async () => right([name]),
    tree: async (repository, written, distribution, from) => {
      asked.push([repository, written, distribution, from].join(' '));
      return right(join(web.home, 'tree'));
    },
    poolFile: (_, path) =>
      path === 'pool/main/h/hello/hello_1.0.dsc' && file !== undefined
        ? right(file)
        : left({ kind: 'unknown', because: refusal('no-such-file', 'no', 'no') }),
    ...more,
  };
  const web = await serve(test, { snapshots });
  file = await web.store('hello_1.0.dsc', 'the dsc');
  await mkdir(join(web.home, 'tree/main/source'), { recursive: true });
  await writeFile(join(web.home, 'tree/InRelease'), 'signed then');
  await writeFile(join(web.home, 'tree/main/source/Sources.gz'), 'all sources');
  await writeFile(join(web.home, 'secret'), 'nobody may read this');
  return { ...web, asked };
};

describe('A repository as it was', () => {
  it('is read at the paths that apt asks for', async (test) => {
    const { url, asked } = await served(test);
    assert.equal(await (await fetch(`${url}${at}/dists/${name}/InRelease`)).text(), 'signed then');
    assert.equal(await (await fetch(`${url}${at}/dists/${name}/main/source/Sources.gz`)).text(), 'all sources');
    assert.deepEqual(asked.slice(0, 1), [`test ${time} ${name} 127.0.0.1`]);
    const pool = await fetch(`${url}${at}/pool/main/h/hello/hello_1.0.dsc`, { headers: { range: 'bytes=4-' } });
    assert.deepEqual([pool.status, await pool.text()], [206, 'dsc']);
    assert.match(pool.headers.get('cache-control') ?? '', /immutable/);
  });

  it('can be looked through', async (test) => {
    const { url } = await served(test);
    const bare = await fetch(`${url}/snapshots`, { redirect: 'manual' });
    assert.deepEqual([bare.status, bare.headers.get('location')], [301, './snapshots/']);
    const top = await (await fetch(`${url}/snapshots/`)).text();
    assert.match(top, /href="\.\/test\/"/);
    assert.doesNotMatch(top, /href="\.\.\/"/);
    const times = await (await fetch(`${url}/snapshots/test/`)).text();
    for (const each of ['../', './freeze/', `./${time}/`]) assert.ok(times.includes(`href="${each}"`), each);
    assert.match(
      times,
      /name of their own: 1\. Times at which it was published: 1, the last first\. Any other time is good/,
    );
    assert.match(await (await fetch(`${url}${at}/`)).text(), /href="\.\/dists\/"/);
    assert.match(await (await fetch(`${url}${at}/dists/`)).text(), new RegExp(`href="\\./${name}/"`));
    assert.match(await (await fetch(`${url}${at}/dists/${name}/`)).text(), /href="\.\/InRelease"/);
    const moved = await fetch(`${url}${at}/dists/${name}`, { redirect: 'manual' });
    assert.deepEqual([moved.status, moved.headers.get('location')], [301, `./${name}/`]);
  });

  it('says 410 with what is missing, and 429 with when to come again', async (test) => {
    const lost = await served(test, { tree: async () => left(gone), poolFile: () => left(gone) });
    for (const path of [`${at}/dists/${name}/InRelease`, `${at}/pool/main/h/hello/hello_1.0.dsc`]) {
      const answer = await fetch(lost.url + path);
      assert.deepEqual([answer.status, (await answer.json()).fact], [410, 'hello 1.0 was let go']);
    }
    const full = await served(test, { tree: async () => left(busy), distributions: async () => left(busy) });
    for (const path of [`${at}/dists/${name}/InRelease`, `${at}/dists/`]) {
      const answer = await fetch(full.url + path);
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '7']);
    }
  });

  it('says 410 for bytes that the file store does not have', async (test) => {
    const file = { name: 'hello_1.0.dsc', size: 3, sha256: '0'.repeat(64) } as StoredFile;
    const { url } = await served(test, { poolFile: () => right(file) });
    const answer = await fetch(`${url}${at}/pool/main/h/hello/hello_1.0.dsc`);
    assert.deepEqual([answer.status, (await answer.json()).rule], [410, 'file-missing']);
  });

  for (const path of [
    '/snapshots/other',
    '/snapshots/other/',
    '/snapshots/TEST/20261122T101500Z/dists/',
    `${at}/conf/`,
    `${at}/dists/${name}/nothing`,
    `${at}/dists/Not-A-Name/InRelease`,
    `${at}/dists/${name}/../../secret`,
    `${at}/dists/${name}/%2e%2e/secret`,
    `${at}/dists/${name}/..%2fsecret`,
    `${at}/pool/../../secret`,
    `${at}/pool/`,
    `${at}/dists/${name}/InRelease/`,
    `${at}/dists/${name}/%00`,
  ]) {
    it(`has nothing at ${path}`, async (test) => {
      const { port } = await served(test);
      const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 404 /);
      assert.doesNotMatch(answer, /nobody may read this/);
    });
  }

  it('is only read', async (test) => {
    const { url } = await served(test);
    assert.equal((await fetch(`${url}${at}/dists/${name}/InRelease`, { method: 'POST' })).status, 405);
  });

  it('is served on when a question of it fails', async (test) => {
    const { url } = await served(test, { tree: () => Promise.reject(new Error('the disk is full')) });
    const answer = await fetch(`${url}${at}/dists/${name}/InRelease`);
    assert.deepEqual([answer.status, (await answer.json()).rule], [500, 'internal-fault']);
  });
});
