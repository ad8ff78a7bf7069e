import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { HttpParts } from '../../../src/adapters/http/http-server.ts';
import type { RepositoryId, SourceName, StoredFile, Version } from '../../../src/domain/debian/names.ts';
import type { BuildId } from '../../../src/domain/ids.ts';
import type { LiveLog } from '../../../src/ports/builder.ts';
import { growingLog } from '../../support/growing-log.ts';
import { raw, readUntil, serve } from './served.ts';

const build = '01JD8W0R5X2Y3Z4A5B6C7D8E9F-amd64' as BuildId;
const hostile = '<script>alert(1)</script>\u001b[31m "><img onerror=x>\n';
const text = `dpkg-buildpackage: gebaut für ärgerliche Zwecke €\n${hostile}${'x'.repeat(1_000_000)}\n`;

const pieces = (stream: string): { readonly id: number; readonly text: string }[] =>
  [...stream.matchAll(/^id: (\d+)\ndata: (.*)$/gm)].map(([, id, data]) => ({
    id: Number(id),
    text: JSON.parse(data ?? ''),
  }));

const withLog = async (test: Parameters<typeof serve>[0], name: string, bytes: Buffer) => {
  const logs: { stored?: StoredFile } = {};
  const server = await serve(test, { storedLog: async () => logs.stored });
  logs.stored = await server.store(name, bytes);
  return server;
};

const events = { accept: 'text/event-stream' };

describe('build logs', () => {
  for (const [name, bytes] of [
    ['hello_amd64.build.gz', gzipSync(text)],
    ['hello_amd64.build.zst', zstdCompressSync(text)],
    ['hello_amd64.build', Buffer.from(text)],
  ] as const) {
    it(`are read as inert text when stored as ${name}`, async (test) => {
      const { url } = await withLog(test, name, bytes);
      const answer = await fetch(`${url}/mini_buildd/builds/${build}/log`);
      assert.equal(await answer.text(), text);
      assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.match(answer.headers.get('content-security-policy') ?? '', /^sandbox;/);
    });
  }

  it('are sent as stored to who takes gzip, and expanded to who does not', async (test) => {
    const { port } = await withLog(test, 'hello_amd64.build.gz', gzipSync(text));
    const ask = (header: string) =>
      raw(port, `GET /mini_buildd/builds/${build}/log HTTP/1.1\r\nHost: x\r\n${header}Connection: close\r\n\r\n`);
    assert.match(await ask('Accept-Encoding: br, gzip\r\n'), /Content-Encoding: gzip/);
    assert.doesNotMatch(await ask('Accept-Encoding: gzip;q=0\r\n'), /Content-Encoding/);
    assert.doesNotMatch(await ask(''), /Content-Encoding/);
  });

  it('break off, and do not end well, when the stored file is torn', async (test) => {
    const { url } = await withLog(test, 'hello_amd64.build.gz', gzipSync(Buffer.from(text).reverse()).subarray(0, -20));
    const answer = await fetch(`${url}/mini_buildd/builds/${build}/log`, {
      headers: { 'accept-encoding': 'identity' },
    });
    await assert.rejects(answer.text());
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });

  it('grow before the reader’s eyes while the build runs', async (test) => {
    const log = growingLog('unpacking\n');
    const { url } = await serve(test, { liveLog: () => log.live });
    const answer = await fetch(`${url}/mini_buildd/builds/${build}/log`);
    assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
    const whole = readUntil(answer, () => false);
    log.add('building\n');
    log.close();
    assert.equal(await whole, 'unpacking\nbuilding\n');
  });

  it('go on after a break at the very byte, in the stored log when the build ended meanwhile', async (test) => {
    const log = growingLog();
    const lookup: { live?: LiveLog; stored?: StoredFile } = { live: log.live };
    const { url, store } = await serve(test, { liveLog: () => lookup.live, storedLog: async () => lookup.stored });
    const bytes = Buffer.from(text);
    const euro = bytes.indexOf('€');
    log.add(bytes.subarray(0, euro + 1));
    const first = await fetch(`${url}/mini_buildd/builds/${build}/log`, { headers: events });
    const seen = pieces(await readUntil(first, (stream) => pieces(stream).length > 0));
    assert.deepEqual(seen, [{ id: euro, text: bytes.subarray(0, euro).toString() }]);
    lookup.stored = await store('hello_amd64.build.gz', gzipSync(text));
    delete lookup.live;
    const rest = await fetch(`${url}/mini_buildd/builds/${build}/log`, {
      headers: { ...events, 'last-event-id': String(euro) },
    });
    const stream = await rest.text();
    assert.equal(
      pieces(stream)
        .map(({ text }) => text)
        .join(''),
      bytes.subarray(euro).toString(),
    );
    assert.match(stream, new RegExp(`id: ${bytes.length}\nevent: end\ndata: null\n\n$`));
  });

  it('are let go when the reader leaves', async (test) => {
    const log = new PassThrough();
    const { url } = await serve(test, { liveLog: () => ({ ...growingLog('x').live, follow: () => log }) });
    const closed = new Promise((resolve) => log.once('close', resolve));
    log.write('x');
    await readUntil(await fetch(`${url}/mini_buildd/builds/${build}/log`), (seen) => seen === 'x');
    await closed;
  });

  for (const id of [build, 'x', '..%2f..%2fetc%2fpasswd', '%00', '']) {
    it(`are not there for ${JSON.stringify(id)} when there is none`, async (test) => {
      const { url } = await serve(test);
      assert.equal((await fetch(`${url}/mini_buildd/builds/${id}/log`)).status, 404);
    });
  }
});

describe('the log folder of a version', () => {
  const kept = async (test: Parameters<typeof serve>[0], sources = ['hello' as SourceName]) => {
    const entries: { architecture: string; file: StoredFile }[] = [];
    const version = '1:2.10-3~test13+1' as Version;
    const packageLogs: HttpParts['packageLogs'] = {
      repositories: () => ['test' as RepositoryId],
      sources: (repository) => (repository === 'test' ? sources : []),
      versions: async (repository, source) => (`${repository} ${source}` === 'test hello' ? [version] : []),
      files: async (repository, source, asked, architecture) =>
        `${repository} ${source} ${asked}` === `test hello ${version}`
          ? entries.filter((entry) => architecture === undefined || entry.architecture === architecture)
          : [],
    };
    const server = await serve(test, { packageLogs });
    entries.push({ architecture: 'source', file: await server.store('hello_2.10-3~test13+1_source.changes', hostile) });
    entries.push({
      architecture: 'amd64',
      file: await server.store('hello_2.10-3~test13+1_amd64.build.gz', gzipSync(text)),
    });
    return { ...server, folder: `${server.url}/log/test/hello/1%3a2.10-3%7etest13+1` };
  };

  it('lists architectures and what they left', async (test) => {
    const { folder } = await kept(test);
    assert.match(await (await fetch(`${folder}/`)).text(), /amd64\/.*source\//s);
    const listing = await (await fetch(`${folder}/amd64`)).text();
    assert.match(listing, /hello_2\.10-3~test13\+1_amd64\.build</);
    assert.match(listing, /hello_2\.10-3~test13\+1_amd64\.build\.gz</);
  });

  it('is found from above: by repository, source package and version', async (test) => {
    const { url, folder } = await kept(test);
    const bare = await fetch(`${url}/log`, { redirect: 'manual' });
    assert.deepEqual([bare.status, bare.headers.get('location')], [301, './log/']);
    const top = await (await fetch(`${url}/log/`)).text();
    assert.match(top, /Index of \/log\/<.*href="\.\/test\/"/s);
    assert.doesNotMatch(top, /href="\.\.\/"/);
    for (const [path, leadsTo] of [
      ['test', './hello/'],
      ['test/hello', './1%3A2.10-3~test13%2B1/'],
    ]) {
      const page = await (await fetch(`${url}/log/${path}`)).text();
      for (const each of ['../', leadsTo]) assert.ok(page.includes(`href="${each}"`), `${path}: ${each}`);
    }
    assert.match(await (await fetch(`${folder}/`)).text(), /href="\.\.\/"/);
  });

  it('is shown page by page where there is much of it', async (test) => {
    const many = Array.from({ length: 200 }, (_, n) => `package-${String(n).padStart(3, '0')}` as SourceName);
    const { url } = await kept(test, many);
    const named = async (page: string) =>
      [...(await (await fetch(`${url}/log/test/${page}`)).text()).matchAll(/href="\.\/(package-\d+)\/"/g)].map(
        ([, name]) => name,
      );
    const pages = [await named(''), await named('?page=2'), await named('?page=3')];
    assert.deepEqual(pages.flat(), many);
    assert.deepEqual(await named('?page=999'), pages[2]);
    assert.deepEqual(await named('?page=-1'), pages[0]);
    assert.match(await (await fetch(`${url}/log/test/?page=2`)).text(), /href="\.\/#list".*href="\.\/\?page=3#list"/s);
  });

  it('gives changes and logs as inert text, and a stored log as it is under its own name', async (test) => {
    const { folder } = await kept(test);
    const changes = await fetch(`${folder}/source/hello_2.10-3~test13+1_source.changes`);
    assert.equal(await changes.text(), hostile);
    assert.equal(changes.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.match(changes.headers.get('content-security-policy') ?? '', /^sandbox;/);
    assert.equal(await (await fetch(`${folder}/amd64/hello_2.10-3~test13+1_amd64.build`)).text(), text);
    const stored = await fetch(`${folder}/amd64/hello_2.10-3~test13+1_amd64.build.gz`);
    assert.deepEqual(Buffer.from(await stored.arrayBuffer()), gzipSync(text));
    assert.equal(stored.headers.get('content-type'), 'application/octet-stream');
  });

  for (const path of [
    '/other/',
    '/test/goodbye/',
    '/test/Hello/',
    '/test/hello/9-9/',
    '/test/hello/1%3a2.10-3%7etest13+1/amd64/other',
    '/test/hello/1%3a2.10-3%7etest13+1/amd64/..%2f..%2fx',
    '/test/hello/1%3a2.10-3%7etest13+1/amd64/x/y',
    '/TEST/hello/1/',
    '/test/hello/1%3a2.10-3%7etest13+1/AMD/x',
  ]) {
    it(`has nothing at /log${path}`, async (test) => {
      const { url } = await kept(test);
      assert.equal((await fetch(`${url}/log${path}`)).status, 404);
    });
  }
});
