import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { Password } from '../../src/domain/account/person.ts';
import { passwordOf } from '../support/accounts-at-work.ts';
import { signingOn } from '../support/signing-on.ts';

type Place = Awaited<ReturnType<typeof signingOn>>;

/** Stan, who has an account by password, in his browser. */
const stanIn = async (place: Place, login = 'stan') => {
  const { url, get, post, cookieOf } = place;
  const entered = await post(`${url}/mini_buildd/login`, '', { login, password: passwordOf(login) });
  const session = cookieOf(entered);
  const account = async () => (await get(`${url}/mini_buildd/account`, session)).text();
  const token = /name="form_token" value="([^"]+)"/.exec(await account())?.[1] ?? assert.fail('no token');
  const press = (path: string, more: Readonly<Record<string, string>> = {}, cookie = session) =>
    post(`${url}${path}`, cookie, { form_token: token, ...more });
  /** To the provider and back, to the page that asks once more. */
  const toAndFro = async () => {
    const left = await press('/mini_buildd/sign-on/link', { present: passwordOf(login) });
    assert.equal(left.status, 200);
    const address = (left.headers.get('refresh') ?? '').replace('0; url=', '');
    const led = await get(address);
    const back = await get(led.headers.get('location') ?? assert.fail(`nowhere: ${led.status}`), cookieOf(left));
    return { back, kept: cookieOf(back) };
  };
  const agree = async () => {
    const { back, kept } = await toAndFro();
    assert.equal(back.headers.get('refresh'), '0; url=/mini_buildd/sign-on/link');
    const page = await (await get(`${url}/mini_buildd/sign-on/link`, `${session}; ${kept}`)).text();
    const sealed = /name="sealed" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page);
    return { page, kept, sealed, done: await press('/mini_buildd/sign-on/linked', { sealed }) };
  };
  return { session, account, press, toAndFro, agree };
};

describe('An account of before', () => {
  it('is that of an identity elsewhere once its owner said so, with the role of the groups from the next sign-on on', async (test) => {
    const place = await signingOn(test);
    const { provider, signOnAs, cookieOf, get, url, accountOf } = place;
    provider.state.claims.groups = ['root'];
    const stan = await stanIn(place);
    assert.match(await stan.account(), /You log in here by password alone/);
    assert.match(await stan.account(), /name="certificate"[^>]* data-private/, 'no draft is kept of a key');
    const { page, done } = await stan.agree();
    assert.match(page, /You are grover at Sesame[\s\S]*grover@example\.org[\s\S]*admin[\s\S]*Your account here, stan,/);
    assert.deepEqual([done.status, done.headers.get('location')], [303, '/mini_buildd/account#sign-on']);
    assert.match(await stan.account(), /as <code[^>]*>http:\/\/127\.0\.0\.1:\d+ 4711<\/code> is let in here as you/);
    assert.equal((await accountOf('stan'))?.story?.role, 'staff', 'nothing changes before');

    const came = await signOnAs();
    assert.equal(came.status, 200);
    assert.match(await (await get(`${url}/mini_buildd/account`, cookieOf(came))).text(), /<h1>stan</);
    assert.equal((await accountOf('stan'))?.story?.role, 'admin');
    assert.equal(await accountOf('grover'), undefined);
  });

  it('is not so by its name or address, nor without agreeing, nor in another browser or account', async (test) => {
    const place = await signingOn(test);
    const { provider, get, post, url, on, signOnAs } = place;
    Object.assign(provider.state.claims, { preferred_username: 'stan', email: 'stan@example.org' });
    assert.equal((await signOnAs()).status, 401);
    const stan = await stanIn(place);
    const { kept } = await stan.toAndFro();
    const oscar = await stanIn(place, 'oscar');
    // Oscar, led to Stan's page, or shown Stan's cookie.
    assert.equal((await get(`${url}/mini_buildd/sign-on/link`, `${oscar.session}; ${kept}`)).status, 409);
    assert.equal((await get(`${url}/mini_buildd/sign-on/link`, kept)).status, 401);
    const sealed = kept.slice(kept.indexOf('=') + 1);
    assert.equal((await oscar.press('/mini_buildd/sign-on/linked', { sealed })).status, 409);
    // Another site, which knows no token.
    assert.equal((await post(`${url}/mini_buildd/sign-on/linked`, stan.session, { sealed })).status, 403);
    assert.equal((await post(`${url}/mini_buildd/sign-on/link`, stan.session, {})).status, 403);
    // Nobody makes it up, and an attempt is none.
    const forged = `${sealed.slice(0, 40)}${sealed[40] === 'A' ? 'B' : 'A'}${sealed.slice(41)}`;
    for (const other of [forged, '', 'x.y', `${sealed}x`])
      assert.equal((await stan.press('/mini_buildd/sign-on/linked', { sealed: other })).status, 409);
    assert.deepEqual(
      (await on.people.kept((await place.accountOf('stan'))?.person.account ?? assert.fail())).identities,
      [],
    );
    assert.equal((await stan.press('/mini_buildd/sign-on/linked', { sealed })).status, 303);
    assert.equal((await signOnAs()).status, 200);
  });

  it('does not become that of who has another one, nor of a second identity, nor of who would be shut out', async (test) => {
    const place = await signingOn(test);
    const { provider, signOnAs } = place;
    const stan = await stanIn(place);
    const refused = async (why: RegExp): Promise<void> => {
      const { done } = await stan.agree();
      assert.equal(done.status, 409);
      assert.match(await done.text(), why);
    };
    provider.state.claims.groups = ['gardeners'];
    await refused(/none of your groups/);
    delete provider.state.claims.groups;
    await refused(/nothing was said of your groups/);
    provider.state.claims.groups = ['developers'];
    assert.equal((await signOnAs()).status, 200);
    await refused(/has another account here already/);
    Object.assign(provider.state.claims, { sub: '4712' });
    assert.equal((await stan.agree()).done.status, 303);
    assert.equal((await stan.agree()).done.status, 303, 'said twice');
    Object.assign(provider.state.claims, { sub: '4713' });
    await refused(/that of somebody else there already/);
    provider.state.lie = 'a token of another key';
    const { back } = await stan.toAndFro();
    assert.equal(back.status, 409);
    assert.match(await back.text(), /is not believed/);
  });

  it('is linked only by who knows its password, and sees to whom', async (test) => {
    const place = await signingOn(test);
    const { provider } = place;
    const stan = await stanIn(place);
    for (const present of ['', 'a guess']) {
      const answer = await stan.press('/mini_buildd/sign-on/link', { present });
      assert.equal(answer.status, 401);
      assert.match(await answer.text(), /fit no active account/);
      assert.deepEqual(place.cookieOf(answer), '');
    }
    // Names there are chosen freely, may be long, or none at all.
    for (const [preferred_username, heading] of [
      [undefined, /<h1>You are 4711 at Sesame<[\s\S]*http:\/\/127\.0\.0\.1:\d+ 4711</],
      ['グ'.repeat(200), /<h1>You are グ{60} at Sesame</],
    ] as const) {
      const long = 'ー'.repeat(190);
      Object.assign(provider.state.claims, { preferred_username, name: long, email: preferred_username && long });
      const { page, done } = await stan.agree();
      assert.match(page, heading);
      assert.equal(done.status, 303);
    }
  });

  it('is that of nobody elsewhere any more once its password was renewed, but of whom it was made for', async (test) => {
    const place = await signingOn(test);
    const { provider, engine, on, signOnAs, accountOf } = place;
    const accountNamed = async (login: string) => (await accountOf(login))?.person ?? assert.fail(login);
    const linked = async () => (await on.people.kept((await accountNamed('stan')).account)).identities.length;
    assert.equal((await signOnAs()).status, 200);
    Object.assign(provider.state.claims, { sub: '4712', preferred_username: 'ernie' });
    for (const way of ['by an administrator', 'by a mail'] as const) {
      if (way === 'by an administrator') await (await stanIn(place)).agree();
      else await on.people.addIdentity((await accountNamed('stan')).account, provider.issuer, '4712');
      assert.equal(await linked(), 1, way);
      for (const login of ['stan', 'grover']) {
        if (way === 'by an administrator') {
          const adam = { actor: { kind: 'account', name: (await accountNamed('adam')).account }, privilege: 'admin' };
          const asked = { action: 'password', login };
          const answer = await engine.api.run('user', asked, { ...adam, shown: 'password' } as Caller);
          assert.ok(isRight(answer), JSON.stringify(answer));
        } else {
          const person = await accountNamed(login);
          const { secret = '' } = await on.people.oweMail({
            ...person,
            kind: 'reset',
            expires: on.clock.now() + 60_000,
          });
          const used = await engine.enrolment.useLink(secret, passwordOf(login) as Password, '192.0.2.1');
          assert.ok(isRight(used));
        }
      }
      assert.equal(await linked(), 0, way);
      assert.equal((await on.people.kept((await accountNamed('grover')).account)).identities.length, 1, way);
    }
  });

  it('may be linked anew where the provider is another one by now', async (test) => {
    const place = await signingOn(test);
    const { on, accountOf } = place;
    const stan = await stanIn(place);
    const { account } = (await accountOf('stan'))?.person ?? assert.fail();
    await on.people.addIdentity(account, 'https://former.example.org', '4711');
    assert.match(await stan.account(), /Of a provider of before[^<]*<code>https:\/\/former\.example\.org 4711</);
    assert.equal((await stan.agree()).done.status, 303);
    assert.match(await stan.account(), /is let in here as you/);
  });

  it('is parted from it by who can log in without', async (test) => {
    const place = await signingOn(test);
    const { provider, signOnAs, cookieOf, get, post, url, accountOf } = place;
    const stan = await stanIn(place);
    await stan.agree();
    assert.equal((await stan.press('/mini_buildd/sign-on/part')).status, 303);
    assert.match(await stan.account(), /You log in here by password alone/);
    const session = cookieOf(await signOnAs());
    assert.equal((await accountOf('grover'))?.story?.status, 'active', 'somebody else by then');
    const page = await (await get(`${url}/mini_buildd/account`, session)).text();
    const token = /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const answer = await post(`${url}/mini_buildd/sign-on/part`, session, { form_token: token });
    assert.equal(answer.status, 409);
    assert.match(await answer.text(), /could not log in here any more/);
    assert.equal(provider.state.lie, undefined);
  });

  it('is left there as well as here, where the provider has a way to', async (test) => {
    const place = await signingOn(test);
    const { provider, on } = place;
    for (const [hasLogout, there] of [
      [true, /^0; url=http:\/\/127\.0\.0\.1:\d+\/logout\?/],
      [false, undefined],
    ] as const) {
      provider.state.hasLogout = hasLogout;
      const stan = await stanIn(place);
      const out = await stan.press('/mini_buildd/logout', { there: 'true' });
      assert.equal(out.status, 200);
      const refresh = out.headers.get('refresh');
      if (there === undefined) assert.equal(refresh, null);
      else {
        assert.match(refresh ?? '', there);
        const asked = new URL((refresh ?? '').replace('0; url=', '')).searchParams;
        assert.equal(asked.get('client_id'), provider.client);
        assert.equal(asked.get('post_logout_redirect_uri'), 'http://buildd.example.org:8066/mini_buildd/');
      }
      assert.match(await out.text(), /You are logged out here/);
      assert.equal(await on.people.bySession(stan.session.split('=')[1] ?? ''), undefined);
      // Only where it was asked for.
      const again = await stanIn(place);
      assert.equal((await again.press('/mini_buildd/logout')).headers.get('location'), '/mini_buildd/');
    }
  });
});
