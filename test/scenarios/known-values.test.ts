import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { atWork, json, passwordOf } from '../support/accounts-at-work.ts';
import { asks } from '../support/asks.ts';
import { hello3, hello4 } from '../support/fixed-examples.ts';
import { sourceUpload } from '../support/source-upload.ts';

/** What a form offers to somebody for one of its fields, asked for as its script does. */
const offering = async (test: TestContext) => {
  const work = await atWork(test);
  const sessionOf = async (login: string): Promise<string> => {
    const answer = await fetch(`${work.url}/mini_buildd/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ login, password: passwordOf(login) }),
    });
    return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  };
  const offers = async (
    who: string | undefined,
    command: string,
    argument: string,
    value = '',
    given: Readonly<Record<string, unknown>> = {},
  ): Promise<readonly string[]> => {
    const answer = await fetch(`${work.url}/mini_buildd/commands/${command}/check`, {
      method: 'POST',
      headers: { ...json, ...(who === undefined ? {} : { cookie: await sessionOf(who) }) },
      body: JSON.stringify({ argument, value, given }),
    });
    return ((await answer.json()) as { known: readonly string[] }).known;
  };
  return { ...work, sessionOf, offers };
};

describe('A form offers', () => {
  it('logins to who looks after people, and to nobody else', async (test) => {
    const { offers, url, sessionOf } = await offering(test);
    assert.deepEqual(await offers('adam', 'user', 'login'), ['adam', 'oscar', 'stan']);
    assert.deepEqual(await offers('stan', 'uploader', 'login', 'os'), ['oscar']);
    assert.deepEqual(await offers('oscar', 'uploader', 'login'), []);
    assert.deepEqual(await offers(undefined, 'user', 'login'), []);
    const form = async (cookie: string) =>
      (await fetch(`${url}/mini_buildd/commands/user`, { headers: { cookie, accept: 'text/html' } })).text();
    assert.match(await form(await sessionOf('adam')), /<option value="oscar">/);
    assert.doesNotMatch(await form(await sessionOf('oscar')), /\bstan\b/);
  });

  it('builders to everybody, by which builds are sought', async (test) => {
    const { offers, daemon } = await offering(test);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.ended.length > 0);
    assert.deepEqual(await offers(undefined, 'builds', 'builder', 'er'), ['ernie']);
  });

  it('tokens to whom they belong, and webhooks to administrators', async (test) => {
    const { offers, engine, daemon } = await offering(test);
    const oscar = await engine.access.byPassword('oscar', passwordOf('oscar'), '192.0.2.1');
    assert.ok('right' in oscar);
    await engine.api.run('token', { action: 'issue' }, oscar.right);
    assert.equal((await offers('oscar', 'token', 'token')).length, 1);
    assert.deepEqual(await offers('adam', 'token', 'token'), []);
    await asks(daemon, 'webhook', { action: 'add', url: 'https://ci.example.org/hook' });
    assert.equal((await offers('adam', 'webhook', 'webhook')).length, daemon.world.webhooks.size);
    assert.deepEqual(await offers('stan', 'webhook', 'webhook'), []);
  });

  it('versions of the package that stands beside them, the newest first', async (test) => {
    const { offers, daemon } = await offering(test);
    for (const version of [hello3, hello4]) {
      await daemon.uploads(sourceUpload({ version }));
      await daemon.until(({ uploads }) => uploads.open.size === 0);
    }
    assert.deepEqual(await offers(undefined, 'restore', 'version', '', { package: 'hello' }), [hello4, hello3]);
    assert.deepEqual(await offers(undefined, 'restore', 'version', '', { package: 'bye' }), []);
    assert.deepEqual(await offers(undefined, 'restore', 'version', '', { package: ['hello'], nonsense: 7 }), []);
  });

  it('builds under way by package and by id', async (test) => {
    const { offers, daemon, on } = await offering(test);
    on.builder.behave(() => 'hangs');
    await daemon.uploads(sourceUpload());
    await daemon.until(() => on.builder.underWay().length === 2);
    const [build] = on.builder.underWay();
    const offered = await offers(undefined, 'cancel', 'builds');
    assert.equal(offered[0], 'hello');
    assert.ok(offered.includes(build ?? '') && offered.includes((build ?? '').slice(0, 26)));
    assert.deepEqual(await offers(undefined, 'cancel', 'builds', build), [build]);
  });
});
