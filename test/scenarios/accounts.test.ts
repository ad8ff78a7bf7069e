import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import { accountReader } from '../../src/app/tell.ts';
import { renewPasswordOnHost } from '../../src/cli/host-accounts.ts';
import type { LoginName, Password } from '../../src/domain/account/person.ts';
import type { Privilege, Role } from '../../src/domain/account/privilege.ts';
import { suffices } from '../../src/domain/account/privilege.ts';
import { oscarsKey, otherKey } from '../support/account-examples.ts';
import {
  atWork,
  basic,
  bearer,
  because,
  form,
  type Headers,
  json,
  passwordOf,
  personOf,
} from '../support/accounts-at-work.ts';
import { publicKey } from '../support/fake-keyring.ts';
import { boot, eventsOf, type Machine } from '../support/in-memory-daemon.ts';

const privilegeOf: Readonly<Record<string, Privilege>> = { '': 'none', oscar: 'login', stan: 'staff', adam: 'admin' };

describe('The rights of an account', () => {
  it('are enough for every command that needs no more, and for no other', async (test) => {
    const { engine, url } = await atWork(test);
    for (const [login, held] of Object.entries(privilegeOf)) {
      for (const { name, privilege } of engine.api.commands) {
        const answer = await fetch(`${url}/mini_buildd/api/${name}`, {
          method: 'POST',
          headers: { ...json, ...(login === '' ? {} : basic(login)) },
          body: '{"no-such-argument":"1"}',
        });
        const { rule } = await answer.json();
        const what = `${name} (${privilege}) by ${login || 'nobody'}`;
        if (suffices(held, privilege)) assert.deepEqual([answer.status, rule], [400, 'unknown-argument'], what);
        else assert.deepEqual([answer.status, rule], [login === '' ? 401 : 403, 'needs-privilege'], what);
      }
    }
  });

  it('are enforced by the command table itself, whatever a door lets through', async (test) => {
    const { engine } = await atWork(test);
    for (const { name, privilege } of engine.api.commands) {
      for (const held of ['none', 'login', 'staff', 'admin'] as const) {
        const actor = { kind: 'account', name: '00000000000000aa' } as const;
        const answer = await engine.api.run(
          name,
          { 'no-such-argument': '1' },
          { actor, privilege: held, shown: 'session' },
        );
        assert.ok(isLeft(answer));
        assert.equal(answer.left[0]?.rule, suffices(held, privilege) ? 'bad-argument' : 'needs-privilege');
      }
    }
  });

  it('name the privilege that is missing, and the ways to show who one is', async (test) => {
    const { run } = await atWork(test);
    const nobody = await run('user', { action: 'list' });
    assert.match(nobody.headers.get('www-authenticate') ?? '', /Bearer realm.*Basic realm/);
    assert.match(nobody.body.fact, /needs the privilege "admin", and the caller is anonymous/);
    const staff = await run('user', { action: 'list' }, basic('stan'));
    assert.match(staff.body.fact, /needs the privilege "admin", and the caller has "staff"/);
  });

  it('change at once', async (test) => {
    const { run } = await atWork(test);
    assert.equal((await run('user', { action: 'list' }, basic('stan'))).status, 403);
    await run('user', { action: 'role', login: 'stan', role: 'admin' }, basic('adam'));
    assert.equal((await run('user', { action: 'list' }, basic('stan'))).status, 200);
  });

  it('end for session, token and password in the moment the account is disabled', async (test) => {
    const { run, logIn, on } = await atWork(test);
    const { cookie, body } = await logIn('stan');
    const live = { cookie, 'x-mini-buildd-form': body.form_token };
    const issued = await run('token', { action: 'issue', scope: 'staff' }, basic('stan'));
    const token = bearer(issued.body.secret);
    for (const who of [live, token, basic('stan')])
      assert.equal((await run('token', { action: 'list' }, who)).status, 200);
    assert.equal((await run('user', { action: 'disable', login: 'stan' }, basic('adam'))).status, 200);
    for (const who of [live, token, basic('stan')])
      assert.equal((await run('token', { action: 'list' }, who)).status, 401);
    assert.equal((await logIn('stan')).status, 401);
    on.clock.advance(60_000);
    await run('user', { action: 'enable', login: 'stan' }, basic('adam'));
    assert.equal((await run('token', { action: 'list' }, live)).status, 401, 'a session of before woke up');
    assert.equal((await run('token', { action: 'list' }, token)).status, 200);
  });
});

describe('The last administrator', () => {
  it('cannot be lost', async (test) => {
    const { run } = await atWork(test);
    for (const given of [
      { action: 'disable', login: 'adam' },
      { action: 'role', login: 'adam', role: 'staff' },
    ]) {
      const { status, body } = await run('user', given, basic('adam'));
      assert.deepEqual([status, body.rule], [409, 'last-admin']);
    }
    await run('user', { action: 'role', login: 'stan', role: 'admin' }, basic('adam'));
    const both = await Promise.all([
      run('user', { action: 'disable', login: 'adam' }, basic('stan')),
      run('user', { action: 'disable', login: 'stan' }, basic('adam')),
    ]);
    assert.equal(both.filter(({ status }) => status === 200).length, 1);
  });
});

describe('A password that an administrator renews', () => {
  it('ends sessions and tokens, and the log says who did it', async (test) => {
    const { run, logIn, on } = await atWork(test);
    const { cookie, body } = await logIn('stan');
    const live = { cookie, 'x-mini-buildd-form': body.form_token };
    const issued = await run('token', { action: 'issue', scope: 'staff' }, basic('stan'));
    const renewed = await run('user', { action: 'password', login: 'stan' }, basic('adam'));
    for (const who of [live, bearer(issued.body.secret), basic('stan')])
      assert.equal((await run('token', { action: 'list' }, who)).status, 401);
    const fresh = `Basic ${Buffer.from(`stan:${renewed.body.password}`).toString('base64')}`;
    assert.equal((await run('token', { action: 'list' }, { authorization: fresh })).status, 200);
    assert.equal(eventsOf(on, 'PasswordRenewed').length, 1);
  });

  it('on the host leaves no token to be listed, beside a daemon that hears nothing of it', async (test) => {
    const { run, on } = await atWork(test);
    for (const scope of ['staff', 'login']) await run('token', { action: 'issue', scope }, basic('stan'));
    const kept = await run('token', { action: 'issue', scope: 'login' }, basic('oscar'));
    const listed = async (login: string) => (await run('token', { action: 'list' }, basic(login))).body;
    assert.equal((await listed('stan')).length, 2);
    await renewPasswordOnHost('stan', passwordOf('stan') as Password, on.people, false);
    assert.deepEqual(await listed('stan'), []);
    assert.deepEqual(
      (await listed('oscar')).map(({ token }: { readonly token: string }) => token),
      [kept.body.token],
    );
    const { body: rows } = await run('user', { action: 'list' }, basic('adam'));
    const counts = rows.map(({ login, tokens }: { readonly login: string; readonly tokens: number }) => [
      login,
      tokens,
    ]);
    assert.deepEqual(Object.fromEntries(counts), { oscar: 1, stan: 0, adam: 0 });
    const { body: all } = await run('whoami', { everything: true }, basic('stan'));
    assert.deepEqual(all.everything.tokens, []);
    const dry = await run('user', { action: 'password', login: 'stan', 'dry-run': true }, basic('adam'));
    assert.doesNotMatch(JSON.stringify(dry.body), /Token [0-9a-f]{16}/);
  });
});

describe('A role', () => {
  it('is not changed when none is named', async (test) => {
    const { run } = await atWork(test);
    const { status, body } = await run('user', { action: 'role', login: 'stan' }, basic('adam'));
    assert.deepEqual([status, body.rule], [400, 'bad-argument']);
  });
});

describe('A session', () => {
  it('comes in a cookie that no script and no other site can use', async (test) => {
    const { logIn, url } = await atWork(test);
    const { set, cookie } = await logIn('oscar');
    assert.match(set, /^mini-buildd-acme=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    const answer = await fetch(`${url}/mini_buildd/api/whoami`, { headers: { cookie } });
    assert.equal((await answer.json()).login, 'oscar');
  });

  it('changes nothing without the token of its forms', async (test) => {
    const { logIn, run } = await atWork(test);
    const { cookie, body } = await logIn('adam');
    const add = { action: 'add', login: 'eve', role: 'admin' };
    const { status, body: problem } = await run('user', add, { cookie });
    assert.deepEqual([status, problem.rule], [403, 'cross-site']);
    const other = (await logIn('oscar')).body.form_token;
    assert.equal((await run('user', { ...add, form_token: other }, { cookie })).status, 403);
    assert.equal((await run('user', { ...add, form_token: body.form_token }, { cookie })).status, 200);
  });

  const attacks: readonly (readonly [string, Headers])[] = [
    ['a form of another site', { ...form, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.org' }],
    ['a form of a neighbour', { ...form, 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['a form of an old browser', { ...form, origin: 'https://evil.example.org' }],
    ['a form of nobody knows where', form],
    ['a page without origin', { ...form, origin: 'null' }],
  ];
  for (const [what, headers] of attacks) {
    it(`of a victim is of no use to ${what}`, async (test) => {
      const { logIn, url, on } = await atWork(test);
      const { cookie } = await logIn('adam');
      for (const path of ['api/user', 'logout', 'account/password']) {
        const answer = await fetch(`${url}/mini_buildd/${path}`, {
          method: 'POST',
          headers: { ...headers, cookie },
          body: 'action=add&login=eve&role=admin&present=x&next=0123456789',
        });
        assert.equal(answer.status, 403);
      }
      assert.equal(await on.people.byLogin('eve' as LoginName), undefined);
      const still = await fetch(`${url}/mini_buildd/api/whoami`, { headers: { cookie } });
      assert.equal((await still.json()).login, 'adam');
    });
  }

  it('is not begun by another site', async (test) => {
    const { url } = await atWork(test);
    const answer = await fetch(`${url}/mini_buildd/login`, {
      method: 'POST',
      headers: { ...form, origin: 'https://evil.example.org' },
      body: `login=oscar&password=${passwordOf('oscar')}`,
    });
    assert.deepEqual([answer.status, answer.headers.get('set-cookie')], [403, null]);
  });

  it('ends where one logs out, and with another password everywhere', async (test) => {
    const { url, logIn } = await atWork(test);
    const who = async (cookie: string) =>
      (await (await fetch(`${url}/mini_buildd/api/whoami`, { headers: { cookie } })).json()).login;
    const post = (path: string, session: Awaited<ReturnType<typeof logIn>>, fields: object = {}) =>
      fetch(`${url}/mini_buildd/${path}`, {
        method: 'POST',
        headers: { ...json, cookie: session.cookie },
        body: JSON.stringify({ ...fields, ...session.body }),
      });
    const [one, other, third] = [await logIn('oscar'), await logIn('oscar'), await logIn('oscar')];
    const out = await post('logout', one);
    assert.match(out.headers.get('set-cookie') ?? '', /^mini-buildd-acme=; .*Max-Age=0/);
    assert.deepEqual([await who(one.cookie), await who(other.cookie)], [null, 'oscar']);
    const next = 'something else entirely';
    assert.equal((await post('account/password', other, { present: 'a guess', next })).status, 401);
    assert.equal((await post('account/password', other, { present: passwordOf('oscar'), next: 'short' })).status, 400);
    assert.equal((await post('account/password', other, { present: passwordOf('oscar'), next })).status, 200);
    assert.deepEqual([await who(other.cookie), await who(third.cookie)], [null, null]);
    assert.equal((await logIn('oscar')).status, 401);
    assert.equal((await logIn('oscar', next)).status, 200);
  });

  it('begins at a page that leads back, and nowhere else', async (test) => {
    const { url } = await atWork(test);
    const asked = await fetch(`${url}/mini_buildd/account`, { headers: { accept: 'text/html' } });
    assert.match(await asked.text(), /name="next" value="\/mini_buildd\/account"/);
    for (const [next, leads] of [
      ['/mini_buildd/account', '/mini_buildd/account'],
      ['//evil.example.org/', '/mini_buildd/'],
      ['https://evil.example.org/mini_buildd/', '/mini_buildd/'],
      ['/mini_buildd/\r\nSet-Cookie: a=b', '/mini_buildd/'],
      ['/\\evil.example.org/mini_buildd/', '/mini_buildd/'],
      ['/mini_buildd/\\evil.example.org', '/mini_buildd/'],
      ['/mini_buildd/@evil.example.org', '/mini_buildd/'],
      ['/mini_buildd', '/mini_buildd/'],
      ['javascript:alert(1)', '/mini_buildd/'],
      ['/repositories/test/', '/mini_buildd/'],
      ['/mini_buildd/api/show?package=hello&output=html', '/mini_buildd/api/show?package=hello&output=html'],
    ] as const) {
      const answer = await fetch(`${url}/mini_buildd/login?output=html`, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...form, origin: url },
        body: new URLSearchParams({ login: 'oscar', password: passwordOf('oscar'), next }),
      });
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, leads]);
    }
  });

  it('gives its forms what they need, and a page to log in with to who has none', async (test) => {
    const { url, logIn } = await atWork(test);
    const { cookie, body } = await logIn('oscar');
    for (const path of ['commands/token', 'account']) {
      const page = await (
        await fetch(`${url}/mini_buildd/${path}`, { headers: { cookie, accept: 'text/html' } })
      ).text();
      assert.ok(page.includes(`name="form_token" value="${body.form_token}"`), path);
    }
    const asked = await fetch(`${url}/mini_buildd/api/token?output=html`, {
      method: 'POST',
      headers: { ...form, origin: url },
      body: 'action=list',
    });
    assert.equal(asked.status, 401);
    assert.match(await asked.text(), /action="[^"]*login[^"]*"/);
    assert.doesNotMatch(asked.headers.get('www-authenticate') ?? '', /Basic/);
  });
});

describe('Somebody who guesses passwords', () => {
  it('is made to wait, a thousand times', async (test) => {
    const { run, on } = await atWork(test);
    const seen = { 401: 0, 429: 0 } as Record<number, number>;
    for (let n = 0; n < 1000; n += 1) {
      const { status, headers } = await run('token', { action: 'list' }, basic('adam', `guess ${n}`));
      seen[status] = (seen[status] ?? 0) + 1;
      if (status === 429) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/);
    }
    assert.deepEqual(seen, { 401: 10, 429: 990 });
    assert.equal((await run('token', { action: 'list' }, basic('adam'))).status, 429);
    on.clock.advance(20_000);
    assert.equal((await run('token', { action: 'list' }, basic('adam'))).status, 200);
  });

  it('does not stop a session or a token', async (test) => {
    const { run, logIn } = await atWork(test);
    const { cookie, body } = await logIn('oscar');
    const token = (await run('token', { action: 'issue' }, basic('oscar'))).body.secret;
    for (let n = 0; n < 40; n += 1) await logIn('oscar', `guess ${n}`);
    assert.equal((await logIn('oscar')).status, 429);
    assert.equal((await run('token', { action: 'list' }, bearer(token))).status, 200);
    const live = { cookie, 'x-mini-buildd-form': body.form_token };
    assert.equal((await run('token', { action: 'list' }, live)).status, 200);
  });

  it('does not keep the owner of a session from another password, who has so many tries of their own', async (test) => {
    const { url, logIn, on } = await atWork(test);
    const [session, other] = [await logIn('oscar'), await logIn('oscar')];
    const change = (present: string, { cookie, body } = session) =>
      fetch(`${url}/mini_buildd/account/password`, {
        method: 'POST',
        headers: { ...json, cookie },
        body: JSON.stringify({ present, next: 'something else entirely', ...body }),
      });
    for (let n = 0; n < 40; n += 1) await logIn('oscar', `guess ${n}`);
    assert.equal((await logIn('oscar')).status, 429);
    const seen = [];
    for (let n = 0; n < 12; n += 1) seen.push((await change(`guess ${n}`, other)).status);
    assert.deepEqual(seen, [...Array(10).fill(401), 429, 429]);
    assert.equal((await change(passwordOf('oscar'))).status, 200);
    on.clock.advance(60_000);
    assert.equal((await logIn('oscar', 'something else entirely')).status, 200);
  });

  it('cannot tell who has an account', async (test) => {
    const { logIn } = await atWork(test);
    const [known, unknown] = [await logIn('oscar', 'wrong'), await logIn('nobody', 'wrong')];
    assert.deepEqual(known, unknown);
  });

  for (const [what, header] of [
    ['a scheme that nobody knows', 'Digest x'],
    ['no scheme', 'x'],
    ['Basic without a colon', `Basic ${Buffer.from('oscar').toString('base64')}`],
    ['an empty token', 'Bearer '],
    ['another token', 'Bearer mbd_0123456789012345678901234567890123456789012'],
    ['an endless password', `Basic ${Buffer.from(`oscar:${'x'.repeat(5000)}`).toString('base64')}`],
  ] as const) {
    it(`gets nowhere with ${what}`, async (test) => {
      const { url } = await atWork(test);
      const answer = await fetch(`${url}/mini_buildd/api/whoami`, { headers: { authorization: header } });
      assert.equal(answer.status, 401);
    });
  }
});

describe('Somebody who runs commands without end', () => {
  it('is made to wait, and nobody else is', async (test) => {
    const { url, run, on } = await atWork(test);
    const status = (who: Headers = {}) => fetch(`${url}/mini_buildd/api/distributions?output=plain`, { headers: who });
    const seen = { 200: 0, 429: 0 } as Record<number, number>;
    for (let n = 0; n < 1010; n += 1) {
      const answer = await status();
      await answer.text();
      seen[answer.status] = (seen[answer.status] ?? 0) + 1;
    }
    assert.deepEqual(seen, { 200: 1000, 429: 10 });
    const turned = await status();
    assert.equal(turned.headers.get('retry-after'), '1');
    assert.equal((await turned.json()).rule, 'too-many-commands');
    assert.equal((await status(basic('oscar'))).status, 200);
    assert.equal((await run('whoami', {})).status, 429);
    on.clock.advance(20);
    assert.equal((await status()).status, 200);
  });
});

describe('A token', () => {
  it('reaches as far as its scope, and no farther', async (test) => {
    const { run } = await atWork(test);
    const { secret } = (await run('token', { action: 'issue', scope: 'login', days: 1 }, basic('adam'))).body;
    assert.equal((await run('whoami', {}, bearer(secret))).body.privilege, 'login');
    assert.equal((await run('user', { action: 'list' }, bearer(secret))).status, 403);
    const above = await run('token', { action: 'issue', scope: 'admin' }, basic('stan'));
    assert.deepEqual([above.status, above.body.rule], [409, 'scope-above-role']);
    assert.equal((await run('token', { action: 'issue' }, bearer(secret))).body.rule, 'password-only');
  });

  for (const [how, given, by] of [
    ['it is revoked', { command: 'token', action: 'revoke' }, 'stan'],
    ['the account is disabled', { command: 'user', action: 'disable', login: 'stan' }, 'adam'],
  ] as const) {
    it(`ends the events that are followed with it as soon as ${how}`, { timeout: 120_000 }, async (test) => {
      const { url, run } = await atWork(test);
      const { body: issued } = await run('token', { action: 'issue', scope: 'staff' }, basic('stan'));
      const events = `${url}/mini_buildd/events?after=`;
      const followed = await fetch(events, { headers: { ...bearer(issued.secret), accept: 'text/event-stream' } });
      const reader = followed.body?.getReader() ?? assert.fail('no stream');
      const words = new TextDecoder();
      let text = '';
      while (!text.includes('"TokenIssued"')) text += words.decode((await reader.read()).value ?? assert.fail(text));
      const { command, ...said } = given;
      const token = command === 'token' ? { token: issued.token } : {};
      assert.equal((await run(command, { ...said, ...token }, basic(by))).status, 200);
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += words.decode(part.value);
      assert.doesNotMatch(text, /TokenRevoked|AccountDisabled/);
    });
  }

  it('ends when its time is over, and when it is revoked', async (test) => {
    const { run, on } = await atWork(test);
    const short = (await run('token', { action: 'issue', days: 1 }, basic('oscar'))).body;
    const long = (await run('token', { action: 'issue', days: 2 }, basic('oscar'))).body;
    on.clock.advance(24 * 3600 * 1000);
    assert.equal((await run('whoami', {}, bearer(short.secret))).status, 401);
    const listed = (await run('token', { action: 'list' }, bearer(long.secret))).body;
    assert.deepEqual(
      listed.map(({ token, hasExpired }: { token: string; hasExpired: boolean }) => [token, hasExpired]),
      [
        [short.token, true],
        [long.token, false],
      ],
    );
    assert.equal((await run('token', { action: 'revoke', token: long.token }, basic('stan'))).status, 404);
    assert.equal((await run('token', { action: 'revoke', token: long.token }, basic('oscar'))).status, 200);
    assert.equal((await run('whoami', {}, bearer(long.secret))).status, 401);
  });
});

describe('A person', () => {
  it('is added, finds the door, and is forgotten', async (test) => {
    const { run, logIn, on } = await atWork(test);
    const asked = { action: 'add', login: 'bert', email: 'bert@example.org', name: 'Bert', role: 'staff' };
    const { body } = await run('user', asked, basic('adam'));
    assert.equal((await run('user', asked, basic('adam'))).body.rule, 'login-taken');
    assert.equal((await logIn('bert', body.password)).status, 200);
    assert.equal((await run('user', { action: 'erase', login: 'bert' }, basic('adam'))).body.rule, 'still-enabled');
    await run('user', { action: 'disable', login: 'bert' }, basic('adam'));
    assert.equal((await run('user', { action: 'erase', login: 'bert' }, basic('adam'))).status, 200);
    assert.equal(await on.people.byAccount(body.account), undefined);
    assert.equal(await on.people.byLogin('bert' as LoginName), undefined);
    const listed = (await run('user', { action: 'list' }, basic('adam'))).body;
    assert.deepEqual(
      listed
        .filter(({ account }: { account: string }) => account === body.account)
        .map(({ login, email, status }: Record<string, unknown>) => ({ login, email, status })),
      [{ login: null, email: null, status: 'erased' }],
    );
  });

  it('sees everything that is stored of them, and so does an administrator', async (test) => {
    const { run, logIn, on } = await atWork(test);
    await run('setuserkey', { key: publicKey(oscarsKey), confirm: 'setuserkey' }, basic('oscar'));
    await run('token', { action: 'issue' }, basic('oscar'));
    await logIn('oscar');
    const mine = (await run('whoami', { everything: true }, basic('oscar'))).body.everything;
    const account = (await on.people.byLogin('oscar' as LoginName))?.account;
    assert.deepEqual(
      [mine.login, mine.fullName, mine.email, mine.account, mine.role, mine.status, mine.hasPassword],
      ['oscar', 'oscar of Sesame Street', 'oscar@example.org', account, 'user', 'active', true],
    );
    assert.deepEqual([mine.sessions.length, mine.tokens.length, mine.key.armored], [1, 1, publicKey(oscarsKey)]);
    assert.deepEqual((await run('user', { action: 'show', login: 'oscar' }, basic('adam'))).body, mine);
    assert.equal((await run('user', { action: 'show', login: 'oscar' }, basic('stan'))).status, 403);
    assert.equal((await run('whoami', { everything: true })).body.everything, undefined);
    assert.doesNotMatch(JSON.stringify(mine), /argon2|mbd_|the password of/);
  });

  it('gets another name or address without a word in the log', async (test) => {
    const { run, on } = await atWork(test);
    const before = on.store.events.length;
    await run('user', { action: 'edit', login: 'oscar', email: 'grouch@example.org' }, basic('adam'));
    const { email, fullName } = (await on.people.byLogin('oscar' as LoginName)) ?? {};
    assert.deepEqual(
      [email, fullName, on.store.events.length],
      ['grouch@example.org', 'oscar of Sesame Street', before],
    );
  });

  it('leaves no key behind when they are forgotten, unless it is somebody else’s too', async (test) => {
    const { run, on } = await atWork(test);
    const submit = (login: string, key: string) => run('setuserkey', { key, confirm: 'setuserkey' }, basic(login));
    await submit('oscar', publicKey(otherKey));
    await submit('oscar', publicKey(oscarsKey));
    await submit('stan', publicKey(oscarsKey));
    const files = eventsOf(on, 'UploaderKeySubmitted').map(({ key }) => key.sha256);
    const there = () => Promise.all(files.map((sha256) => on.files.has(sha256)));
    await run('user', { action: 'disable', login: 'oscar' }, basic('adam'));
    assert.deepEqual(await there(), [true, true, true]);
    await run('user', { action: 'erase', login: 'oscar' }, basic('adam'));
    assert.deepEqual(await there(), [false, true, true]);
    await run('user', { action: 'disable', login: 'stan' }, basic('adam'));
    await run('user', { action: 'erase', login: 'stan' }, basic('adam'));
    assert.deepEqual(await there(), [false, false, false]);
  });

  it('is forgotten by the next start when the daemon ended between the event and the deed', async (test) => {
    const { run, on, engine } = await atWork(test);
    const account = (await on.people.byLogin('oscar' as LoginName))?.account;
    assert.ok(account);
    await run('user', { action: 'disable', login: 'oscar' }, basic('adam'));
    await engine.tell({ command: 'ErasePerson', account }, because);
    assert.ok(await on.people.byAccount(account));
    await (await boot(on)).kill();
    assert.equal(await on.people.byAccount(account), undefined);
  });

  it('that an interruption left without an account gets one by asking again', async (test) => {
    const { on, engine } = await atWork(test);
    const read = accountReader(openMemoryLog(on.store, on.clock.now));
    const lost = async () => {
      throw new Error('the power failed');
    };
    const bert = personOf('bert', 'staff');
    await assert.rejects(addAccount(bert, on.people, read, lost, because));
    const again = await addAccount(bert, on.people, read, engine.tell, because);
    assert.ok(!isLeft(again));
    assert.equal(engine.world.accounts.get(again.right)?.role, 'staff');
  });

  it('stands in no event, whatever they are called', async (test) => {
    const { on, engine } = await atWork(test);
    const read = accountReader(openMemoryLog(on.store, on.clock.now));
    const caller = {
      actor: { kind: 'account', name: '00000000000000aa' },
      privilege: 'admin',
      shown: 'password',
    } as const;
    const word = fc.stringMatching(/^[g-z]{12,20}$/);
    await fc.assert(
      fc.asyncProperty(
        word,
        word,
        word,
        fc.constantFrom<Role>('user', 'staff', 'admin'),
        async (login, name, mail, role) => {
          const ran = (command: string, given: Readonly<Record<string, string>>) =>
            engine.api.run(command, given, caller);
          const added = await ran('user', { action: 'add', login, name, email: `${mail}@example.org`, role });
          assert.ok(!isLeft(added), JSON.stringify(added));
          const { password, account } = added.right.json as { password: string; account: string };
          const own = { ...caller, actor: { kind: 'account', name: account } } as const;
          const issued = await engine.api.run('token', { action: 'issue' }, own);
          assert.ok(!isLeft(issued));
          const { secret } = issued.right.json as { secret: string };
          await ran('user', { action: 'role', login, role: 'staff' });
          await ran('user', { action: 'disable', login });
          await ran('user', { action: 'erase', login });
          assert.equal((await read(account as never)).status, 'erased');
          const written = JSON.stringify(on.store.events);
          for (const personal of [login, name, mail, password, secret])
            assert.ok(!written.includes(personal), personal);
        },
      ),
      { numRuns: 25, endOnFailure: true, reporter: seedOf(test) },
    );
    assert.ok(erasures(on) > 0);
  });
});

const erasures = (on: Machine): number => eventsOf(on, 'PersonErased').length;

const seedOf =
  (test: TestContext) =>
  <Given>(details: fc.RunDetails<Given>): void => {
    test.diagnostic(`seed ${details.seed}`);
    if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  };
