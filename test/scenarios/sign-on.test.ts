import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { openidSignOn } from '../../src/adapters/oidc/openid-sign-on.ts';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import type { AccountId, TokenId } from '../../src/domain/account/events.ts';
import type { Password } from '../../src/domain/account/person.ts';
import type { Role } from '../../src/domain/account/privilege.ts';
import { instant } from '../../src/domain/codec.ts';
import { because, passwordOf, personOf } from '../support/accounts-at-work.ts';
import { selfSigned } from '../support/certificates.ts';
import { identityProvider, type Lie } from '../support/identity-provider.ts';
import { settableClock, yearMs } from '../support/settable-clock.ts';
import { origin, roles, signingOn } from '../support/signing-on.ts';

describe('Who signs on elsewhere', () => {
  it('has an account from the first time on, with the role that their groups give them each time', async (test) => {
    const { provider, get, url, cookieOf, signOnAs, accountOf } = await signingOn(test);
    const login = await (await get(`${url}/mini_buildd/login?next=/mini_buildd/packages`)).text();
    assert.match(login, /href="\/mini_buildd\/sign-on\?next=%2Fmini_buildd%2Fpackages">Log in with Sesame</);

    const came = await signOnAs('?next=/mini_buildd/packages');
    assert.equal(came.status, 200);
    assert.equal(came.headers.get('refresh'), '0; url=/mini_buildd/packages');
    const session = cookieOf(came);
    assert.match(session, /^mini-buildd-acme=[\w-]{43}$/);
    assert.match(await (await get(`${url}/mini_buildd/account`, session)).text(), /grover/);
    const first = await accountOf('grover');
    assert.equal(first?.story?.role, 'user');
    assert.equal(first?.story?.status, 'active');
    assert.equal(first?.person.email, 'grover@example.org');

    // Who is called otherwise by now is who they were.
    Object.assign(provider.state.claims, { preferred_username: 'supergrover', groups: ['developers', 'release team'] });
    assert.equal((await signOnAs()).status, 200);
    assert.equal((await accountOf('grover'))?.story?.role, 'staff');
    assert.equal(await accountOf('supergrover'), undefined);
  });

  it('is let in nowhere else than they began, and leads nobody to another site', async (test) => {
    const { provider, on, get, leave, signOnAs, cookieOf } = await signingOn(test);
    const { address, cookie } = await leave();
    const back = (await get(address)).headers.get('location') ?? '';
    for (const other of ['', cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), cookie.replace('=', '=x')]) {
      const answer = await get(back, other);
      assert.equal(answer.status, 401);
      assert.match(await answer.text(), /this browser has not begun to sign on/);
      assert.doesNotMatch(cookieOf(answer), /mini-buildd-acme=/);
    }
    // Another attempt of the same browser is not this one.
    assert.equal((await get(back, (await leave()).cookie)).status, 401);
    assert.equal((await get(back, cookie)).status, 200);
    const asked = provider.state.asked.length;
    for (let times = 0; times < 30; times += 1) {
      const again = await get(back, cookie);
      assert.equal(again.status, times < 15 ? 401 : 429, String(times));
      assert.equal(again.headers.has('retry-after'), times >= 15);
    }
    assert.equal(provider.state.asked.length, asked, 'a stranger reached the provider through us');
    on.clock.advance(3_600_000);
    const came = await signOnAs('?next=https://elsewhere.example.org/');
    assert.equal(came.headers.get('refresh'), '0; url=/mini_buildd/');
  });

  it('ends the session of before when they leave for there', async (test) => {
    const { engine, get, url, signOnAs, cookieOf } = await signingOn(test);
    const session = cookieOf(await signOnAs());
    const left = await get(`${url}/mini_buildd/sign-on`, session);
    assert.equal(left.status, 303);
    assert.equal(await engine.access.bySession(session.split('=')[1] ?? ''), undefined);
  });

  it('gets no account of somebody else, none without a group, and none that was disabled', async (test) => {
    const { provider, engine, signOnAs, accountOf, events } = await signingOn(test);
    const { claims } = provider.state;
    const refused = async (why: RegExp): Promise<void> => {
      const before = await events();
      const answer = await signOnAs();
      assert.equal(answer.status, 401);
      assert.match(await answer.text(), why);
      assert.deepEqual(await events(), before);
    };
    Object.assign(claims, { preferred_username: 'adam', groups: ['root'] });
    await refused(/somebody has the login &#34;adam&#34;/);
    Object.assign(claims, { preferred_username: '../etc', groups: ['root'] });
    await refused(/cannot be a login here/);
    Object.assign(claims, { preferred_username: 'grover', groups: ['gardeners'] });
    await refused(/none of your groups may do anything here/);
    claims.groups = 'developers';
    assert.equal((await signOnAs()).status, 200);
    const { person } = (await accountOf('grover')) ?? assert.fail();
    await engine.tell({ command: 'DisableAccount', account: person.account }, because);
    await refused(/your account is disabled here/);
  });

  it('is not let in where nothing is said of groups, and loses nothing by that', async (test) => {
    const { provider, on, signOnAs, cookieOf, accountOf, events } = await signingOn(test);
    provider.state.claims.groups = ['release team'];
    const session = cookieOf(await signOnAs()).split('=')[1] ?? '';
    const before = await events();
    for (const groups of [undefined, null]) {
      provider.state.claims.groups = groups;
      const answer = await signOnAs();
      assert.equal(answer.status, 401);
      assert.match(await answer.text(), /nothing was said of your groups/);
    }
    assert.deepEqual(await events(), before);
    assert.ok(await on.people.bySession(session), 'what they are logged in with goes on');
    const { status, role } = (await accountOf('grover'))?.story ?? assert.fail();
    assert.deepEqual([status, role], ['active', 'staff']);
    Object.assign(provider.state.claims, { sub: '4712', preferred_username: 'ernie' });
    assert.equal((await signOnAs()).status, 401);
    assert.equal(await accountOf('ernie'), undefined);
  });

  it('keeps their role where nothing is said of groups, also where everybody has one', async (test) => {
    const { provider, signOnAs, accountOf } = await signingOn(test, { more: [['*', 'user']] });
    const signOn = async (groups: unknown, role: Role): Promise<void> => {
      provider.state.claims.groups = groups;
      assert.equal((await signOnAs()).status, 200);
      assert.equal((await accountOf('grover'))?.story?.role, role, String(groups));
    };
    await signOn(undefined, 'user');
    for (const role of ['staff', 'admin'] as const) {
      await signOn([role === 'staff' ? 'release team' : 'root'], role);
      await signOn(undefined, role);
    }
    await signOn([], 'user');
  });

  it('does not take the last administrator away', async (test) => {
    const { provider, engine, on, signOnAs, accountOf } = await signingOn(test);
    provider.state.claims.groups = ['root'];
    await signOnAs();
    const adam = (await accountOf('adam'))?.person ?? assert.fail();
    await engine.tell({ command: 'DisableAccount', account: adam.account }, because);
    provider.state.claims.groups = ['developers'];
    assert.equal((await signOnAs()).status, 200);
    assert.equal((await accountOf('grover'))?.story?.role, 'admin');

    // In no group at all they stay one, too; but nothing that they logged in with before counts.
    const { account } = (await accountOf('grover'))?.person ?? assert.fail();
    const session = await on.people.openSession(account);
    provider.state.claims.groups = [];
    assert.equal((await signOnAs()).status, 401);
    const { status, role } = (await accountOf('grover'))?.story ?? assert.fail();
    assert.deepEqual([status, role], ['active', 'admin']);
    assert.equal(await on.people.bySession(session), undefined);
  });

  it('has nothing here once they are in no group any more, whatever they logged in with before', async (test) => {
    const { provider, engine, on, get, url, cookieOf, signOnAs, accountOf, events } = await signingOn(test);
    provider.state.claims.groups = ['root'];
    const session = cookieOf(await signOnAs());
    const { account } = (await accountOf('grover'))?.person ?? assert.fail();
    await on.people.setPassword(account, passwordOf('grover') as Password);
    const token = 'aaaaaaaaaaaaaaaa' as TokenId;
    const expiresAt = instant(on.clock.now() + 3_600_000);
    const issued = { type: 'TokenIssued', account, token, scope: 'admin', expiresAt } as const;
    await engine.tell({ command: 'IssueToken', account, issued }, because);
    const secret = await on.people.addToken(account, token);
    assert.equal((await engine.access.byToken(secret))?.privilege, 'admin');

    provider.state.claims.groups = ['gardeners'];
    const answer = await signOnAs();
    assert.equal(answer.status, 401);
    assert.match(await answer.text(), /none of your groups may do anything here any more, so your account is disabled/);
    const { status, role, tokens } = (await accountOf('grover'))?.story ?? assert.fail();
    assert.deepEqual([status, role, tokens.size], ['disabled', 'user', 0]);
    assert.ok(isLeft(await engine.access.logIn('grover', passwordOf('grover'), '192.0.2.1')));
    const before = await events();
    assert.equal((await signOnAs()).status, 401);
    assert.deepEqual(await events(), before, 'said twice');

    // Nor does any of it wake up again.
    await engine.tell({ command: 'EnableAccount', account }, because);
    assert.equal(await on.people.byToken(secret), undefined);
    assert.equal(await engine.access.byToken(secret), undefined);
    assert.doesNotMatch(await (await get(`${url}/mini_buildd/`, session)).text(), /grover/);
    provider.state.claims.groups = ['root'];
    assert.equal((await signOnAs()).status, 200);
    assert.equal((await accountOf('grover'))?.story?.role, 'admin');
  });
});

describe('A sign-on beside a registration that the power failed in', () => {
  const grover = { ...personOf('grover', 'user'), account: '00000000000000ee' as AccountId };
  const expires = Number.MAX_SAFE_INTEGER;

  it('does not take over the account that a stranger still holds the link to', async (test) => {
    const { provider, engine, on, signOnAs, accountOf } = await signingOn(test);
    const { secret = '' } = await on.people.oweMail({ kind: 'registration', ...grover, expires });
    await on.people.add(grover);
    provider.state.claims.groups = ['root'];
    const answer = await signOnAs();
    assert.equal(answer.status, 401);
    assert.match(await answer.text(), /somebody has the login &#34;grover&#34;/);
    assert.ok(isRight(await engine.enrolment.useLink(secret, passwordOf('grover') as Password, '192.0.2.1')));
    assert.equal((await accountOf('grover'))?.story?.role, 'user');
    assert.equal((await signOnAs()).status, 401);
    assert.equal((await accountOf('grover'))?.story?.role, 'user');
  });

  it('is finished by the same identity, and by no link and nobody else', async (test) => {
    const { provider, engine, on, signOnAs, accountOf } = await signingOn(test);
    const { secret = '' } = await on.people.oweMail({ kind: 'registration', ...grover, expires });
    await on.people.addByIdentity(grover, provider.issuer, '4711');
    const use = () => engine.enrolment.useLink(secret, passwordOf('stranger') as Password, '192.0.2.1');
    assert.ok(isLeft(await use()));
    const read = async () => ({ status: 'absent' }) as const;
    assert.ok(isLeft(await addAccount(personOf('grover', 'admin'), on.people, read, engine.tell, because)));
    assert.equal((await accountOf('grover'))?.story, undefined);
    assert.equal((await signOnAs()).status, 200);
    assert.equal((await accountOf('grover'))?.person.account, grover.account);
    assert.ok(isLeft(await use()));
    assert.ok(isLeft(await engine.access.logIn('grover', passwordOf('stranger'), '192.0.2.1')));
  });
});

/** A provider, and the settings that name it. */
const ofProvider = async (test: TestContext) => {
  const { issuer, client, secret, state } = await identityProvider(test);
  const settings = { name: 'Sesame', issuer: new URL(issuer), client, secret, scope: 'openid', claim: 'groups', roles };
  return { settings, state };
};

describe('An identity provider that is away', () => {
  it('is asked once by all who come at a time, and then not for some seconds', async (test) => {
    const { settings, state } = await ofProvider(test);
    let now = 1;
    const { begin } = openidSignOn(settings, origin, () => now);
    state.lie = 'nothing but rubbish';
    const all = async () => Promise.all([begin(), begin(), begin()]);
    assert.ok((await all()).every(isLeft));
    assert.ok((await all()).every(isLeft));
    assert.equal(state.asked.length, 1);
    state.lie = undefined;
    now += 10_000;
    assert.ok((await all()).every(isRight));
    assert.equal(state.asked.length, 2);
  });
});

describe('An identity provider that was away before the clock was set back', () => {
  it('is asked again after the same seconds', async (test) => {
    const { settings, state } = await ofProvider(test);
    const clock = settableClock(test);
    const { begin } = openidSignOn(settings, origin);
    clock.set(yearMs);
    state.lie = 'nothing but rubbish';
    assert.ok(isLeft(await begin()));
    clock.set(-yearMs);
    state.lie = undefined;
    assert.ok(isLeft(await begin()));
    clock.advance(10_000);
    assert.ok(isRight(await begin()));
  });
});

describe('An identity provider whose certificate nobody here believes', () => {
  it('is asked for nothing', async (test) => {
    const { certificate, key, remove } = selfSigned();
    test.after(remove);
    const asked: string[] = [];
    const server = createServer({ cert: certificate, key }, (req, res) => {
      asked.push(req.url ?? '');
      res.end('{}');
    });
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
    test.after(() => server.close());
    const issuer = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const settings = {
      name: 'Sesame',
      client: 'mini-buildd',
      secret: 'of two',
      scope: 'openid',
      claim: 'groups',
      roles,
    };
    const begun = await openidSignOn({ ...settings, issuer }, origin, Date.now).begin();
    assert.ok(isLeft(begun));
    assert.equal(begun.left.rule, 'sign-on-unreachable');
    assert.match(begun.left.fact, /self-signed certificate/);
    assert.deepEqual(asked, []);
  });
});

describe('An identity provider that lies', () => {
  const lies: Readonly<Record<Lie, RegExp>> = {
    'another nonce': /nonce/,
    'another issuer': /iss/,
    'an expired token': /exp/,
    'a token of tomorrow': /nbf/,
    'an unsigned token': /alg/,
    'a token signed with the secret of the client': /alg/,
    'a token of another key': /signature/,
    'a token for somebody else': /aud/,
    'no token': /id_token|ID token/i,
    'no token but a redirect elsewhere': /status code/,
    'another state': /state/,
    'a refusal': /access_denied/,
    'the metadata of another issuer': /issuer/,
    'metadata elsewhere': /status code/,
    'browsers elsewhere': /it wants browsers to go to http:\/\/elsewhere\.example\.org/,
    'nothing but rubbish': /content-type|JSON/,
    nobody: /sub/,
    'a token that somebody else may show': /azp|aud/,
    'a huge token': /it sends more than 524288 bytes/,
    'huge metadata': /it sends more than 524288 bytes/,
    'keys elsewhere': /status code/,
    'groups as a tree': /claim &#34;groups&#34; is neither a name nor a list of names/,
    'groups of numbers': /claim &#34;groups&#34; is neither a name nor a list of names/,
    silence: /timeout/,
    'a word now and then': /timeout/,
  };

  it('is not believed, and the page says why', async (test) => {
    const { provider, on, signOnAs, cookieOf, events } = await signingOn(test, { patience: 5 });
    const before = await events();
    for (const [lie, why] of Object.entries(lies)) {
      provider.state.lie = lie as Lie;
      const answer = await signOnAs();
      const [, alert = ''] = /role="alert"><strong>([^<]*)</.exec(await answer.text()) ?? [];
      assert.match(alert, why, lie);
      assert.match(alert, /^(?:what Sesame answered is not believed|Sesame cannot be asked): /, lie);
      assert.ok([401, 503].includes(answer.status), lie);
      assert.doesNotMatch(cookieOf(answer), /mini-buildd-acme=/, lie);
      assert.ok(!provider.state.asked.includes('/elsewhere'), lie);
      assert.deepEqual(await events(), before, lie);
    }
    provider.state.lie = undefined;
    on.clock.advance(3_600_000);
    assert.equal((await signOnAs()).status, 200);
  });
});
