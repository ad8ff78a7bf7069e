import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serve } from './served.ts';

const open = async (url: string, path: string) => {
  const answer = await fetch(`${url}/mini_buildd/${path}`, { headers: { accept: 'text/html' } });
  return { status: answer.status, page: await answer.text() };
};

describe('The reference for programs', () => {
  it('has a page for each command, by what they are about', async (test) => {
    const { url, api } = await serve(test);
    const { page } = await open(url, 'reference');
    for (const { name } of api.commands) {
      assert.ok(page.includes(`<a href="/mini_buildd/reference/${name}">`), name);
      assert.equal((await open(url, `reference/${name}`)).status, 200);
    }
    assert.equal((await open(url, 'reference/constructor')).status, 404);
  });

  it('says of a command what the OpenAPI document says', async (test) => {
    const { url } = await serve(test);
    const { page } = await open(url, 'reference/remove');
    assert.match(page, /<h1><code>POST \/mini_buildd\/api\/remove<\/code><\/h1>/);
    assert.match(page, /<code>package<\/code> <span class="badge warn">/);
    assert.match(page, /<code>confirm<\/code>[\s\S]*string: remove/);
    assert.match(page, /428<\/td><td data-head="Means">The confirmation is missing/);
    assert.match(page, /--json &#39;\{&#34;package&#34;:&#34;PACKAGE&#34;,&#34;confirm&#34;:&#34;remove&#34;\}&#39;/);
    assert.match(page, /mini-buildd-tool buildd\.example\.org:8066 remove PACKAGE --confirm=remove/);
    assert.match(page, /href="\/mini_buildd\/commands\/remove">Try it/);
  });

  it('asks what only looks by its address', async (test) => {
    const { url } = await serve(test);
    const { page } = await open(url, 'reference/show');
    assert.match(page, /GET, POST \/mini_buildd\/api\/show/);
    assert.match(page, /curl &#39;http:\/\/buildd\.example\.org:8066\/mini_buildd\/api\/show\?package=PACKAGE/);
    assert.doesNotMatch(page, /428/);
  });
});
