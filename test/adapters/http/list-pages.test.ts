import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atWork } from '../../support/accounts-at-work.ts';
import { plainBrowser } from '../../support/plain-browser.ts';
import { sourceUpload } from '../../support/source-upload.ts';
import { readUntil } from './served.ts';

describe('Pages of lists', () => {
  it('keep what was typed, escaped, and say what is wrong with it', async (test) => {
    const { url } = await atWork(test);
    const browser = plainBrowser(url);
    const found = await browser.open('/mini_buildd/builds?state=failed&source=a*&architecture=&page=9');
    assert.equal(found.status, 200);
    assert.match(found.page, /<option selected>failed<\/option>/);
    assert.match(found.page, /name="source" value="a\*"/);
    assert.match(found.page, /0 found/);
    assert.match(found.page, /history\?type=BuildRequested/);
    const wrong = await browser.open('/mini_buildd/builds?architecture=%3Cb%3E&state=lost');
    assert.equal(wrong.status, 400);
    assert.match(wrong.page, /role="alert"/);
    assert.match(wrong.page, /name="architecture" value="&#60;b&#62;"/);
    assert.doesNotMatch(wrong.page, /<b>"/);
  });

  it('are true while one looks, as far as one asked for them', { timeout: 120_000 }, async (test) => {
    const { url, daemon } = await atWork(test);
    const look = async (path: string): Promise<Response> => {
      const page = await (await fetch(`${url}/mini_buildd/${path}`, { headers: { accept: 'text/html' } })).text();
      const [, live = ''] = /data-live="([^"]+)"/.exec(page) ?? [];
      assert.match(live, /^\/mini_buildd\/lists\/[a-z]+\/live\?/, path);
      return fetch(`${url}${live.replaceAll('&#38;', '&')}`);
    };
    const seen = [
      readUntil(await look('builds?architecture=amd64&source=greet'), (text) => / built</.test(text)),
      readUntil(await look('uploads?source=greet'), (text) => / published</.test(text)),
      readUntil(await look('repositories?name=acme'), (text) => /Source packages\\">[1-9]/.test(text)),
    ];
    await daemon.uploads(sourceUpload({ source: 'greet' }));
    await daemon.until(({ uploads }) => uploads.ended.some(({ status }) => status === 'published'));
    const [builds = ''] = await Promise.all(seen);
    assert.match(builds, /log\/lines/);
    assert.doesNotMatch(builds, /arm64/);
  });
});
