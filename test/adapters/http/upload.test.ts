import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { eventsOf } from '../../support/in-memory-daemon.ts';
import { type SourceUpload, sourceUpload } from '../../support/source-upload.ts';
import { eventually } from '../ftp/open-door.ts';
import { readUntil, serve } from './served.ts';
import { uploadsAtWork } from './uploads-at-work.ts';

const own = { 'x-mini-buildd': '1' };
const html = { ...own, accept: 'text/html' };

const formOf = (
  files: readonly { readonly name: string; readonly bytes: string | Uint8Array<ArrayBuffer> }[],
): FormData => {
  const form = new FormData();
  for (const { name, bytes } of files) form.append('files', new Blob([bytes]), name);
  return form;
};
const all = ({ files, changes }: SourceUpload) => [changes, ...files];

const post = (url: string, body: FormData, headers: Readonly<Record<string, string>> = own) =>
  fetch(`${url}/mini_buildd/upload`, { method: 'POST', body, headers, redirect: 'manual' });

describe('The upload page', () => {
  it('takes what was chosen also where a session ended meanwhile: who sends it is said by its signature', async (test) => {
    const { on, url } = await uploadsAtWork(test);
    const over = { ...html, cookie: `mini-buildd-acme=${'x'.repeat(43)}` };
    const page = await fetch(`${url}/mini_buildd/upload`, { headers: over });
    assert.equal(page.status, 200);
    const answer = await post(url, formOf(all(sourceUpload())), over);
    assert.equal(answer.status, 303);
    assert.match(answer.headers.get('location') ?? '', /verdict/);
    assert.equal(eventsOf(on, 'UploadReceived').length, 1);
    for (const path of ['upload', `upload/verdict/${'0'.repeat(64)}`])
      assert.equal((await fetch(`${url}/mini_buildd/${path}`, { headers: over })).status, 200);
  });

  it('takes a form without scripts, and leads to the verdict', async (test) => {
    const { on, daemon, url, lies } = await uploadsAtWork(test);
    const page = await (await fetch(`${url}/mini_buildd/upload`)).text();
    assert.match(page, /<form [^>]*method="post" enctype="multipart\/form-data"/);
    const answer = await post(url, formOf(all(sourceUpload())), html);
    assert.equal(answer.status, 303);
    const verdict = `${url}${answer.headers.get('location')}`;
    assert.match(verdict, /\/mini_buildd\/upload\/verdict\/[0-9a-f]{64}$/);
    assert.deepEqual(await lies(), []);
    assert.deepEqual(
      eventsOf(on, 'UploadReceived').map(({ door }) => door),
      ['http'],
    );
    await daemon.until(({ uploads }) => uploads.ended.length === 1);
    const shown = await (await fetch(verdict)).text();
    assert.match(shown, /apt sees it/);
    assert.match(shown, /href="\/mini_buildd\/packages\/hello"/);
  });

  it('takes several uploads at once, and leads to the verdict of each', async (test) => {
    const { daemon, url } = await uploadsAtWork(test);
    const files = [...all(sourceUpload()), ...all(sourceUpload({ source: 'rocket', signedBy: null }))];
    const page = await (await post(url, formOf(files), html)).text();
    const verdicts = [...page.matchAll(/href="([^"]*\/verdict\/[0-9a-f]{64})"/g)].map(([, path = '']) => path);
    assert.equal(verdicts.length, 2);
    await daemon.until(({ uploads }) => uploads.ended.length === 2);
    const said = await Promise.all(verdicts.map(async (path) => (await fetch(`${url}${path}`)).text()));
    assert.match(said[0] ?? '', /apt sees it/);
    assert.match(said[1] ?? '', /It is rejected/);
    const again = await (await post(url, formOf(files))).json();
    assert.equal(again.verdict, null);
    assert.equal(again.files.filter(({ verdict }: { readonly verdict?: string }) => verdict !== undefined).length, 2);
  });

  it('says live why an upload is rejected, and where the rule is explained', async (test) => {
    const { daemon, url } = await uploadsAtWork(test);
    const upload = sourceUpload({ signedBy: null });
    const { verdict } = await (await post(url, formOf(all(upload)))).json();
    const live = await fetch(`${url}${verdict}/live`);
    await daemon.until(({ uploads }) => uploads.ended.length === 1);
    const told = await readUntil(live, (text) => text.includes('rejected'));
    assert.match(told, /no signature/);
    assert.match(told, /doc\/refusals#unsigned/);
    const shown = await (await fetch(`${url}${verdict}`)).text();
    assert.match(shown, /It is rejected; nothing was changed/);
  });

  it('takes files one by one as dput puts them, in any order, and builds what came', async (test) => {
    const { on, daemon, url } = await uploadsAtWork(test);
    for (const { name, bytes } of all(sourceUpload())) {
      const answer = await fetch(`${url}/mini_buildd/upload/${encodeURIComponent(name)}`, {
        method: 'PUT',
        body: bytes,
      });
      assert.equal(answer.status, 201);
      assert.match(await answer.text(), new RegExp(`^${name.replace(/[+.]/g, '\\$&')} is received, `));
    }
    assert.ok(await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published'));
    assert.equal(eventsOf(on, 'UploadReceived').length, 1);
  });

  it('waits for what a .changes lists, and shows names of strangers as text', async (test) => {
    const { url, lies } = await uploadsAtWork(test);
    const { changes } = sourceUpload();
    const { verdict } = await (await post(url, formOf([changes]))).json();
    assert.match(await (await fetch(`${url}${verdict}`)).text(), /waits for files that it lists/);
    assert.deepEqual(await lies(), [changes.name]);
    const evil = await post(url, formOf([{ name: '<script>.dsc', bytes: 'x' }]), html);
    assert.equal(evil.status, 400);
    assert.doesNotMatch(await evil.text(), /<script>\./);
  });

  it('takes nothing from a page of another site', async (test) => {
    const { url, lies } = await uploadsAtWork(test);
    for (const headers of [
      {},
      { origin: 'https://evil.example.org' },
      { origin: 'null' },
      { ...own, 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await post(url, formOf(all(sourceUpload())), headers as Record<string, string>);
      assert.equal(answer.status, 403);
      assert.equal((await answer.json()).rule, 'cross-site');
    }
    assert.equal((await post(url, formOf(all(sourceUpload())), { origin: url })).status, 200);
    assert.deepEqual(await lies(), []);
  });

  for (const [what, status, given] of [
    ['no file', 400, formOf([])],
    ['a file without a name', 400, formOf([{ name: '', bytes: '' }])],
    ['a name that leads elsewhere', 400, formOf([{ name: '..', bytes: 'x' }])],
  ] as const) {
    it(`refuses ${what}`, async (test) => {
      const { url, lies } = await uploadsAtWork(test);
      assert.equal((await post(url, given)).status, status);
      assert.deepEqual(await lies(), []);
    });
  }

  it('refuses what is no form, or ends in the middle, and keeps nothing of it', async (test) => {
    const { url, port, lies } = await uploadsAtWork(test);
    const send = (type: string, body: string) =>
      fetch(`${url}/mini_buildd/upload`, { method: 'POST', body, headers: { ...own, 'content-type': type } });
    assert.equal((await send('text/plain', 'x')).status, 415);
    assert.equal((await send('multipart/form-data', 'x')).status, 415);
    const part = '--b\r\nContent-Disposition: form-data; name="f"; filename="hello.dsc"\r\n\r\nhalf of it';
    assert.equal((await send('multipart/form-data; boundary=b', part)).status, 400);
    assert.deepEqual(await lies(), []);
    for (let n = 0; n < 3; n += 1) {
      const socket = connect(port, '127.0.0.1');
      const head = `POST /mini_buildd/upload HTTP/1.1\r\nHost: x\r\nX-Mini-Buildd: 1\r\nContent-Type: multipart/form-data; boundary=b\r\n`;
      await new Promise<void>((sent) => socket.write(`${head}Content-Length: 9999\r\n\r\n${part}`, () => sent()));
      socket.destroy();
    }
    const put = connect(port, '127.0.0.1');
    const head = 'PUT /mini_buildd/upload/hello.dsc HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nhalf';
    await new Promise<void>((sent) => put.write(head, () => sent()));
    put.destroy();
    await eventually('nothing stays of what broke off', async () => (await lies()).length === 0);
    assert.equal((await fetch(`${url}/mini_buildd/upload`)).status, 200);
  });

  it('keeps the bounds of incoming: size of a file, room, rate', async (test) => {
    const { url, lies } = await uploadsAtWork(test, { limits: { file: 1000, incoming: 1500, incomingFiles: 3 } });
    const large = { name: 'large.tar.xz', bytes: new Uint8Array(randomBytes(200_000)) };
    const put = (name: string, size: number) =>
      fetch(`${url}/mini_buildd/upload/${name}`, { method: 'PUT', body: new Uint8Array(size) });
    assert.equal((await post(url, formOf([large]))).status, 413);
    assert.equal((await put('large.tar.xz', 5000)).status, 413);
    assert.deepEqual(await lies(), []);
    assert.equal((await put('a.tar.xz', 900)).status, 201);
    assert.equal((await put('b.tar.xz', 901)).status, 507);
    assert.deepEqual(await lies(), ['a.tar.xz']);
    const slow = await uploadsAtWork(test, { limits: { lowestRate: { bytes: 1000, window: 100 } } });
    const socket = connect(slow.port, '127.0.0.1');
    socket.write('PUT /mini_buildd/upload/a.dsc HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nhalf');
    await new Promise<void>((ended) => {
      socket.on('error', () => undefined);
      socket.once('close', () => ended());
      socket.resume();
    });
    await eventually('nothing stays of what was too slow', async () => (await slow.lies()).length === 0);
  });

  it('is closed while the engine is stopped', async (test) => {
    const { url, lies } = await uploadsAtWork(test, { closed: () => 'the engine is stopped (moving house)' });
    const answer = await post(url, formOf(all(sourceUpload())));
    assert.equal(answer.status, 503);
    assert.match((await answer.json()).files[0].fact, /moving house/);
    const put = await fetch(`${url}/mini_buildd/upload/a.dsc`, { method: 'PUT', body: 'x' });
    assert.deepEqual([put.status, put.headers.get('retry-after')], [503, '60']);
    assert.match(await put.text(), /moving house/);
    assert.match(put.statusText, /^the engine is stopped \(moving house\) \(/);
    const asked = { method: 'PUT', body: 'x', headers: { accept: 'application/json' } };
    assert.equal((await (await fetch(`${url}/mini_buildd/upload/a.dsc`, asked)).json()).rule, 'incoming-closed');
    assert.deepEqual(await lies(), []);
  });

  it('takes as long as bytes come, unlike other requests, and only so many at once', async (test) => {
    const { url } = await uploadsAtWork(test);
    const { url: strict, port } = await serve(test, { limits: { request: 100, uploadsPerAddress: 1 } });
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (bytes) => {
      heard += bytes;
    });
    socket.on('error', () => undefined);
    socket.write(
      'POST /mini_buildd/upload HTTP/1.1\r\nHost: x\r\nX-Mini-Buildd: 1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999\r\n\r\n--b\r\n',
    );
    for (let tries = 0; tries < 200; tries += 1) {
      const second = await fetch(`${strict}/mini_buildd/upload/a.dsc`, { method: 'PUT', body: 'x' });
      if ((await second.text()).includes('Rule: too-many-uploads')) break;
      assert.ok(tries < 199, 'a second upload at once was let in');
    }
    await new Promise((next) => setTimeout(next, 300));
    assert.equal(heard, '');
    socket.destroy();
    assert.equal((await post(url, formOf(all(sourceUpload())))).status, 200);
  });
});
