import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serve } from './served.ts';

const json = { 'content-type': 'application/json' };

describe('commands over HTTP', () => {
  it('are listed with all that a client needs to offer them', async (test) => {
    const { url } = await serve(test);
    const index = await (await fetch(`${url}/mini_buildd/api`)).json();
    assert.deepEqual(
      index.commands.map(({ name }: { name: string }) => name),
      ['status', 'history', 'show', 'cancel', 'remove', 'stop'],
    );
    assert.deepEqual(index.commands.find(({ name }: { name: string }) => name === 'show').arguments[1], {
      name: 'with-rollbacks',
      positional: false,
      short: 'r',
      fallback: 'false',
      required: false,
      type: 'string',
      words: null,
      looks: [],
      multiline: false,
      summary: 'Rollbacks too',
    });
  });

  it('are offered to a browser by what they are about, each with its form', async (test) => {
    const { url } = await serve(test);
    const page = await (await fetch(`${url}/mini_buildd/api`, { headers: { accept: 'text/html,*/*' } })).text();
    assert.match(page, /<h2>Packages<\/h2>/);
    assert.match(page, /<a href="\/mini_buildd\/commands\/show">/);
  });

  const readings = [
    ['GET', '/mini_buildd/api/show?package=hello', undefined],
    ['GET', '/mini_buildd/api?command=show&package=hello', undefined],
    ['POST', '/mini_buildd/api/show', '{"package":"hello"}'],
    ['GET', '/mini_buildd/api/show?package=hello&with_rollbacks=&output=json', undefined],
  ] as const;
  for (const [method, path, body] of readings) {
    it(`are read by ${method} ${path}`, async (test) => {
      const { url, api } = await serve(test);
      const answer = await fetch(url + path, { method, headers: json, ...(body === undefined ? {} : { body }) });
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), { command: 'show', given: { package: 'hello' } });
      assert.deepEqual(api.ran, [{ command: 'show', given: { package: 'hello' } }]);
    });
  }

  it('take an argument under both spellings, and join what is repeated', async (test) => {
    const { url, api } = await serve(test);
    await fetch(`${url}/mini_buildd/api/show?package=a&package=b&with_rollbacks=true`);
    await fetch(`${url}/mini_buildd/api/show`, {
      method: 'POST',
      headers: json,
      body: '{"package":["a",1],"with-rollbacks":true}',
    });
    assert.deepEqual(
      api.ran.map(({ given }) => given),
      [
        { package: 'a,b', 'with-rollbacks': 'true' },
        { package: 'a,1', 'with-rollbacks': 'true' },
      ],
    );
  });

  it('take of what a form sends lines as they were typed, which browsers end otherwise', async (test) => {
    const { url, api } = await serve(test);
    await fetch(`${url}/mini_buildd/api/show`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ package: 'one\r\ntwo\r\n' }),
    });
    assert.deepEqual(api.ran[0]?.given, { package: 'one\ntwo\n' });
  });

  const forms = [
    ['output=plain', '*/*', 'text/plain; charset=utf-8', /^show hello\n$/],
    ['', 'text/plain', 'text/plain; charset=utf-8', /^show hello\n$/],
    ['', 'text/html,application/xhtml+xml', 'text/html; charset=utf-8', /<pre[^>]*>show hello\n<\/pre>/],
    ['output=json', 'text/html', 'application/json; charset=utf-8', /^\{"command"/],
    ['', '*/*', 'application/json; charset=utf-8', /^\{"command"/],
  ] as const;
  for (const [query, accept, type, body] of forms) {
    it(`answer ${query || 'without output='} and Accept: ${accept} with ${type}`, async (test) => {
      const { url } = await serve(test);
      const answer = await fetch(`${url}/mini_buildd/api/show?package=hello&${query}`, { headers: { accept } });
      assert.equal(answer.headers.get('content-type'), type);
      assert.match(await answer.text(), body);
    });
  }

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const hostile = [
    { what: 'an unknown command', path: 'shwo', status: 404, rule: 'unknown-command', remedy: /did you mean "show"/ },
    { what: 'a name of the object prototype', path: 'constructor', status: 404, rule: 'unknown-command' },
    { what: 'a mistyped argument', path: 'show?pakage=x', status: 400, rule: 'unknown-argument', remedy: /"package"/ },
    {
      what: 'an argument too many',
      path: 'status?verbose=1',
      status: 400,
      rule: 'unknown-argument',
      remedy: /takes none/,
    },
    { what: 'a changing command by GET', path: 'cancel?package=hello', status: 405, rule: 'wrong-method' },
    { what: 'DELETE', path: 'show', method: 'DELETE', status: 405, rule: 'wrong-method' },
    {
      what: 'an administrator’s command',
      path: 'stop',
      method: 'POST',
      headers: json,
      body: '{}',
      status: 401,
      rule: 'needs-privilege',
    },
    {
      what: 'an unconfirmed command',
      path: 'remove',
      method: 'POST',
      headers: json,
      body: '{"package":"x"}',
      status: 428,
      rule: 'needs-confirmation',
    },
    {
      what: 'torn JSON',
      path: 'show',
      method: 'POST',
      headers: json,
      body: '{"package":',
      status: 400,
      rule: 'unreadable-request',
    },
    {
      what: 'JSON that is a word',
      path: 'show',
      method: 'POST',
      headers: json,
      body: '"hello"',
      status: 400,
      rule: 'unreadable-request',
    },
    {
      what: 'JSON that is a list',
      path: 'show',
      method: 'POST',
      headers: json,
      body: '["hello"]',
      status: 415,
      rule: 'unreadable-body',
    },
    {
      what: 'JSON for the prototype',
      path: 'show',
      method: 'POST',
      headers: json,
      body: '{"__proto__":{"package":"x"}}',
      status: 400,
      rule: 'unknown-argument',
    },
    {
      what: 'an argument that is an object',
      path: 'show',
      method: 'POST',
      headers: json,
      body: '{"package":{"$ne":1}}',
      status: 400,
      rule: 'bad-argument',
    },
    {
      what: 'an argument that is null',
      path: 'show',
      method: 'POST',
      headers: json,
      body: '{"package":null}',
      status: 400,
      rule: 'bad-argument',
    },
    {
      what: 'deep JSON',
      path: 'show',
      method: 'POST',
      headers: json,
      body: '['.repeat(30_000),
      status: 400,
      rule: 'unreadable-request',
    },
    {
      what: 'a body of 1 MB',
      path: 'show',
      method: 'POST',
      headers: json,
      body: `{"package":"${'x'.repeat(1e6)}"}`,
      status: 413,
      rule: 'too-large',
    },
    {
      what: 'a form of 1,000 fields',
      path: 'show',
      method: 'POST',
      headers: form,
      body: 'a=1&'.repeat(1000),
      status: 413,
      rule: 'too-large',
    },
    {
      what: 'XML',
      path: 'show',
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: '<x/>',
      status: 415,
      rule: 'unreadable-body',
    },
    {
      what: 'an unknown charset',
      path: 'show',
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=x' },
      body: '{}',
      status: 415,
      rule: 'unreadable-request',
    },
    { what: 'a name that is not UTF-8', path: '%ff', status: 400, rule: 'unreadable-request' },
    { what: 'a package that is nowhere', path: 'show?package=missing', status: 404, rule: 'no-package' },
    {
      what: 'what the state of things forbids',
      path: 'cancel',
      method: 'POST',
      headers: json,
      body: '{"package":"held"}',
      status: 409,
      rule: 'is-held',
    },
  ] as readonly {
    readonly what: string;
    readonly path: string;
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly status: number;
    readonly rule: string;
    readonly remedy?: RegExp;
  }[];
  for (const { what, path, method = 'GET', headers = {}, body, status, rule, remedy = /./ } of hostile) {
    it(`refuse ${what} by ${status} ${rule}`, async (test) => {
      const { url } = await serve(test);
      const answer = await fetch(`${url}/mini_buildd/api/${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      const problem = await answer.json();
      assert.equal(answer.status, status);
      assert.equal(problem.rule, rule);
      assert.ok(problem.fact.length > 5);
      assert.match(problem.remedy, remedy);
    });
  }

  it('tell a browser of a refusal by a page', async (test) => {
    const { url } = await serve(test);
    const answer = await fetch(`${url}/mini_buildd/api/%3Cscript%3Ealert(1)%3C%2Fscript%3E`, {
      headers: { accept: 'text/html' },
    });
    const page = await answer.text();
    assert.equal(answer.status, 404);
    assert.match(page, /there is no command &#34;&#60;script&#62;/);
    assert.doesNotMatch(page, /<script>/);
  });

  const senders = [
    [form, 403],
    [{ 'content-type': 'text/plain' }, 403],
    [{ ...form, origin: 'https://evil.example.org' }, 403],
    [{ ...json, origin: 'https://evil.example.org' }, 403],
    [{ ...form, origin: 'null', 'x-mini-buildd': '1' }, 403],
    [{ ...json, 'sec-fetch-site': 'cross-site' }, 403],
    [{ ...json, 'sec-fetch-site': 'same-site' }, 403],
    [{ ...form, origin: 'OURS', 'sec-fetch-site': 'same-origin' }, 200],
    [{ ...form, 'x-mini-buildd': '1' }, 200],
    [json, 200],
  ] as readonly (readonly [Record<string, string>, number])[];
  for (const [headers, status] of senders) {
    it(`change something for ${JSON.stringify(headers)}: ${status}`, async (test) => {
      const { url, api } = await serve(test);
      const sent = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value === 'OURS' ? url : value]),
      );
      const body = headers['content-type'] === 'application/json' ? '{"package":"hello"}' : 'package=hello';
      const answer = await fetch(`${url}/mini_buildd/api/cancel`, { method: 'POST', headers: sent, body });
      assert.equal(answer.status, status);
      assert.equal(api.ran.length, status === 200 ? 1 : 0);
      if (status === 403) assert.equal((await answer.json()).rule, 'cross-site');
    });
  }
});
