import assert from 'node:assert/strict';
import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { RepositoryId } from '../../../src/domain/debian/names.ts';
import { publish, raw, serve } from './served.ts';

const deb = Buffer.alloc(300_000, 'deb');
const dists = 'generations/1/dists/trixie-test-unstable';
const hash = 'a'.repeat(64);

const published = async (test: TestContext) => {
  const server = await serve(test);
  await publish(server.home, {
    [`${dists}/InRelease`]: 'Origin: acme\n',
    [`${dists}/main/binary-amd64/by-hash/SHA256/${hash}`]: 'Package: hello\n',
    'generations/1/pool/main/h/hello/hello_2.10-3~test13+1_amd64.deb': deb,
    'generations/1/pool/main/h/hello/<b>&.dsc': 'x',
    'generations/1/conf/distributions': 'secret',
    'conf/distributions': 'secret',
    'db/packages.db': 'secret',
  });
  await symlink(
    join(server.home, 'repositories/test/conf'),
    join(server.home, 'repositories/test/generations/1/dists/leak'),
  );
  return { ...server, root: `${server.url}/repositories/test` };
};

const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers, redirect: 'manual' });

describe('the published tree', () => {
  it('gives apt its indices, to be asked for anew each time', async (test) => {
    const { root } = await published(test);
    const answer = await get(`${root}/dists/trixie-test-unstable/InRelease`);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), 'Origin: acme\n');
    assert.equal(answer.headers.get('cache-control'), 'no-cache');
    assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  });

  it('lets pool and by-hash files be kept for ever', async (test) => {
    const { root } = await published(test);
    const pool = await get(`${root}/pool/main/h/hello/hello_2.10-3%7etest13%2b1_amd64.deb`);
    const byHash = await get(`${root}/dists/trixie-test-unstable/main/binary-amd64/by-hash/SHA256/${hash}`);
    assert.deepEqual(Buffer.from(await pool.arrayBuffer()), deb);
    assert.equal(pool.headers.get('content-type'), 'application/vnd.debian.binary-package');
    assert.equal(pool.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(byHash.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(byHash.headers.get('etag'), `"${hash}"`);
    assert.equal(await byHash.text(), 'Package: hello\n');
  });

  it('says when nothing changed', async (test) => {
    const { root } = await published(test);
    const url = `${root}/dists/trixie-test-unstable/InRelease`;
    const first = await get(url);
    const etag = first.headers.get('etag') ?? '';
    const since = first.headers.get('last-modified') ?? '';
    assert.equal((await get(url, { 'if-none-match': `"other", W/${etag}` })).status, 304);
    assert.equal((await get(url, { 'if-none-match': '"other"', 'if-modified-since': since })).status, 200);
    // In the second in which it became so, it is called a second older.
    for (let status = 200; status !== 304; ) {
      const seen = (await get(url)).headers.get('last-modified') ?? '';
      ({ status } = await get(url, { 'if-modified-since': seen }));
    }
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    assert.equal((await get(url, { 'if-modified-since': later })).status, 200, 'a clock was set back since');
    assert.equal((await get(url, { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status, 200);
  });

  it('never lets a date keep a client on the generation before', async (test) => {
    const { root, home } = await published(test);
    const url = `${root}/dists/trixie-test-unstable/InRelease`;
    const since = (await get(url)).headers.get('last-modified') ?? '';
    await publish(`${home}/next`, { [`${dists}/InRelease`]: 'Origin: other\n' });
    await rename(`${home}/next/repositories/test/generations/1`, `${home}/repositories/test/generations/2`);
    await symlink('generations/2', `${home}/repositories/test/switch`);
    await rename(`${home}/repositories/test/switch`, `${home}/repositories/test/published`);
    const next = await get(url, { 'if-modified-since': since });
    assert.equal(next.status, 200);
    assert.equal(await next.text(), 'Origin: other\n');
  });

  const size = deb.length;
  const ranges = [
    ['bytes=0-9', 206, `bytes 0-9/${size}`, 10],
    ['bytes=299990-', 206, `bytes 299990-299999/${size}`, 10],
    ['bytes=-5', 206, `bytes 299995-299999/${size}`, 5],
    ['bytes=-900000', 206, `bytes 0-299999/${size}`, size],
    ['bytes=299999-900000', 206, `bytes 299999-299999/${size}`, 1],
    ['bytes=300000-', 416, `bytes */${size}`, 0],
    ['bytes=-0', 416, `bytes */${size}`, 0],
    ['bytes=9-0', 200, null, size],
    ['bytes=0-1,4-5', 200, null, size],
    ['bytes=-', 200, null, size],
    ['bytes=1e3-', 200, null, size],
    ['lines=1-2', 200, null, size],
  ] as const;
  for (const [range, status, contentRange, length] of ranges) {
    it(`answers Range: ${range} with ${status}`, async (test) => {
      const { root } = await published(test);
      const answer = await get(`${root}/pool/main/h/hello/hello_2.10-3~test13+1_amd64.deb`, { range });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-range'), contentRange);
      assert.equal((await answer.arrayBuffer()).byteLength, length);
    });
  }

  it('cuts ranges out of small files too, and only of the state that the client knows', async (test) => {
    const { root } = await published(test);
    const url = `${root}/dists/trixie-test-unstable/InRelease`;
    const etag = (await get(url)).headers.get('etag') ?? '';
    assert.equal(await (await get(url, { range: 'bytes=8-11' })).text(), 'acme');
    assert.equal((await get(url, { range: 'bytes=8-11', 'if-range': etag })).status, 206);
    assert.equal((await get(url, { range: 'bytes=8-11', 'if-range': '"other"' })).status, 200);
    assert.equal((await get(url, { range: 'bytes=8-11', 'if-range': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status, 200);
  });

  it('answers HEAD with the header alone', async (test) => {
    const { root } = await published(test);
    const url = `${root}/pool/main/h/hello/hello_2.10-3~test13+1_amd64.deb`;
    const answer = await fetch(url, { method: 'HEAD' });
    assert.equal(answer.headers.get('content-length'), String(deb.length));
    assert.equal(await answer.text(), '');
  });

  it('lists folders sorted, with names that cannot be markup', async (test) => {
    const { root } = await published(test);
    const listing = await (await get(`${root}/pool/main/h/hello/`)).text();
    assert.match(listing, /&#60;b&#62;&#38;\.dsc.*hello_2\.10-3~test13\+1_amd64\.deb/s);
    assert.match(listing, /href="\.\/%3Cb%3E%26\.dsc"/);
    assert.doesNotMatch(listing, /<b>/);
    assert.match(await (await get(`${root}/`)).text(), /dists\/.*pool\//s);
  });

  it('leads to a folder by its full name', async (test) => {
    const { root } = await published(test);
    assert.equal((await get(`${root}/dists`)).headers.get('location'), './dists/');
    assert.equal((await get(root)).headers.get('location'), './test/');
  });

  const nobodysBusiness = [
    '/repositories/test/conf/distributions',
    '/repositories/test/db/packages.db',
    '/repositories/test/generations/1/dists/trixie-test-unstable/InRelease',
    '/repositories/test/dists/leak/distributions',
    '/repositories/test/dists/leak/',
    '/repositories/test/dists/../conf/distributions',
    '/repositories/test/dists/%2e%2e/conf/distributions',
    '/repositories/test/dists/..%2fconf%2fdistributions',
    '/repositories/test/dists/..%5cconf',
    '/repositories/test/dists%2ftrixie-test-unstable/InRelease',
    '/repositories/test/dists/trixie-test-unstable/InRelease/',
    '/repositories/test/dists/trixie-test-unstable/InRelease%00',
    '/repositories/test/dists/trixie-test-unstable/InRelease%0a',
    '/repositories/test/dists//trixie-test-unstable/InRelease',
    '/repositories/test/dists/%ff%fe',
    '/repositories/test/dists/%',
    '/repositories/test/dists/.hidden',
    '/repositories/../repositories/test/dists/',
    '/repositories//etc/passwd',
    '/repositories/other/dists/',
    '/repositories/TEST/dists/',
    `/repositories/test/dists/${'a'.repeat(300)}`,
  ];
  for (const path of nobodysBusiness) {
    it(`has nothing at ${path.slice(0, 80)}`, async (test) => {
      const { port } = await published(test);
      const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 404 /);
      assert.match(answer, /"rule":"no-such-file"/);
      assert.doesNotMatch(answer, /secret|root:/);
    });
  }

  it('lists the repositories above them, and leads back there', async (test) => {
    const { url } = await published(test);
    const bare = await get(`${url}/repositories`);
    assert.deepEqual([bare.status, bare.headers.get('location')], [301, './repositories/']);
    const answer = await get(`${url}/repositories/`);
    assert.equal(answer.status, 200);
    const page = await answer.text();
    assert.match(page, /Index of \/repositories\/</);
    assert.match(page, /<a href="\.\/test\/">test\/<\/a>/);
    assert.doesNotMatch(page, /href="\.\.\/"/);
    assert.match(await (await get(`${url}/repositories/test/`)).text(), /href="\.\.\/"/);
  });

  it('lists many repositories page by page', async (test) => {
    const all = Array.from({ length: 400 }, (_, n) => `department${n}` as RepositoryId);
    const { url } = await serve(test, { repositories: { root: () => undefined, all: () => all } });
    const named: string[] = [];
    for (let page: string | undefined = './'; page !== undefined; ) {
      const text = await (await get(new URL(page, `${url}/repositories/`).href)).text();
      assert.ok(Buffer.byteLength(text) < 30_000, page);
      named.push(...[...text.matchAll(/href="\.\/(department\d+)\/"/g)].map(([, name = '']) => name));
      page = /rel="next" href="([^"#]+)/.exec(text)?.[1];
    }
    assert.deepEqual(named, all.toSorted());
  });

  it('is only read', async (test) => {
    const { root } = await published(test);
    for (const method of ['PUT', 'POST', 'DELETE', 'OPTIONS']) {
      const answer = await fetch(`${root}/dists/`, { method });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    }
  });
});
