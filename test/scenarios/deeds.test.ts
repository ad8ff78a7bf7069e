import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Version } from '../../src/domain/debian/names.ts';
import { readUntil } from '../adapters/http/served.ts';
import { oscarsKey } from '../support/account-examples.ts';
import { atWork, basic, passwordOf } from '../support/accounts-at-work.ts';
import { publicKey } from '../support/fake-keyring.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { plainBrowser } from '../support/plain-browser.ts';
import { sourceUpload } from '../support/source-upload.ts';

const migrate = '/mini_buildd/commands/migrate';
const hello = { package: 'hello', distribution: 'trixie-acme-unstable' };

/** A daemon that holds hello in unstable, and browsers of those who have accounts. */
const withHello = async (test: TestContext) => {
  const work = await atWork(test);
  const install = async (version: string) => {
    await work.daemon.uploads(sourceUpload({ version: version as Version }));
    await work.daemon.until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);
  };
  await install('2.10-3~acme13+1');
  const browserOf = async (login: string) => {
    const browser = plainBrowser(work.url);
    await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', {
      login,
      password: passwordOf(login),
    });
    return browser;
  };
  const migrations = () => eventsOf(work.on, 'PackageMigrated').length;
  return { ...work, install, browserOf, migrations };
};

describe('A deed from a page', () => {
  it('is planned, shown, and done when its reader says so', async (test) => {
    const { browserOf, migrations } = await withHello(test);
    const browser = await browserOf('stan');
    const form = await browser.open(`${migrate}?package=hello`);
    const plan = await browser.send(form, migrate, { distribution: hello.distribution });
    assert.equal(plan.status, 200);
    assert.match(plan.page, /trixie-acme-testing[\s\S]*2\.10-3~acme13\+1/);
    assert.equal(migrations(), 0);
    const done = await browser.send(plan, migrate);
    assert.equal(done.status, 200);
    assert.equal(migrations(), 1);
    assert.match(done.page, /href="\/mini_buildd\/packages\/hello"/);
    assert.match(done.page, /acme: (?:being )?published/);
    assert.match(done.page, /data-live="\/mini_buildd\/progress\?stream=repository-acme"/);
    assert.match(done.page, /mini-buildd-tool \S+ migrate hello trixie-acme-unstable --confirm=migrate/);
  });

  it('is not done when its plan has become another one, but shown anew', async (test) => {
    const { browserOf, migrations, install } = await withHello(test);
    const browser = await browserOf('stan');
    const plan = await browser.send(await browser.open(migrate), migrate, hello);
    await install('2.11-1~acme13+1');
    const stale = await browser.send(plan, migrate);
    assert.equal(stale.status, 409);
    assert.match(stale.page, /Things have changed since you looked, and nothing was done/);
    assert.match(stale.page, /2\.11-1~acme13\+1/);
    assert.equal(migrations(), 0);
    assert.equal((await browser.send(stale, migrate)).status, 200);
    assert.equal(migrations(), 1);
  });

  it('is done once, however often it is sent', async (test) => {
    const { browserOf, migrations } = await withHello(test);
    const browser = await browserOf('stan');
    const plan = await browser.send(await browser.open(migrate), migrate, hello);
    assert.equal((await browser.send(plan, migrate)).status, 200);
    assert.notEqual((await browser.send(plan, migrate)).status, 200);
    assert.equal(migrations(), 1);
  });

  it('is another one when what it is asked with is changed on its way', async (test) => {
    const { browserOf, migrations } = await withHello(test);
    const browser = await browserOf('stan');
    const plan = await browser.send(await browser.open(migrate), migrate, hello);
    assert.equal((await browser.send(plan, migrate, { full: 'true' })).status, 409);
    assert.equal(migrations(), 0);
  });

  it('goes back to its form, filled in, when its reader wants it otherwise', async (test) => {
    const { browserOf } = await withHello(test);
    const browser = await browserOf('stan');
    const plan = await browser.send(await browser.open(migrate), migrate, { ...hello, full: 'true' });
    const form = await browser.send(plan, migrate, { change_it: 'yes' });
    const { package: source, distribution, full } = form.fields(migrate);
    assert.deepEqual(
      { source, distribution, full },
      { source: 'hello', distribution: hello.distribution, full: 'true' },
    );
  });

  it('that is refused leaves the form as it was filled in, with the reasons where they belong', async (test) => {
    const { browserOf } = await withHello(test);
    const browser = await browserOf('stan');
    const typed = { package: 'hello', distribution: 'Not a <b>distribution' };
    const refused = await browser.send(await browser.open(migrate), migrate, typed);
    assert.equal(refused.status, 400);
    assert.match(refused.page, /id="distribution-fault"[^>]*>[^<]*CODENAME-REPOSITORY-SUITE/);
    assert.equal(refused.fields(migrate).distribution, typed.distribution);
    const nowhere = { package: 'hello', distribution: 'trixie-acme-nowhere' };
    const unknown = await browser.send(refused, migrate, nowhere);
    assert.match(unknown.page, /role="alert"[^>]*><strong>[^<]*no suite/);
    assert.equal(unknown.fields(migrate).distribution, nowhere.distribution);
  });

  it('keeps all that was typed when the session has ended, and goes on after logging in', async (test) => {
    const { browserOf } = await withHello(test);
    const browser = await browserOf('oscar');
    const setuserkey = '/mini_buildd/commands/setuserkey';
    const key = publicKey(oscarsKey);
    const form = await browser.open(setuserkey);
    browser.forgetCookies();
    const login = '/mini_buildd/login?output=html';
    const asked = await browser.send(form, setuserkey, { key });
    assert.equal(asked.status, 401);
    const wrong = await browser.send(asked, login, { login: 'oscar', password: 'not this one' });
    assert.equal(wrong.status, 401);
    assert.doesNotMatch(wrong.page, /not this one/);
    const again = await browser.send(wrong, login, { login: 'oscar', password: passwordOf('oscar') });
    assert.equal(again.fields(setuserkey).key?.trim(), key.trim());
    // A key has no room in an address: the browser sends it on to that of the form.
    assert.equal(again.path, setuserkey);
    const plan = await browser.send(again, setuserkey);
    assert.equal((await browser.send(plan, setuserkey)).status, 200);
  });

  it('ends at the address of its form where that has room for what was typed', async (test) => {
    const { browserOf } = await withHello(test);
    const browser = await browserOf('stan');
    const form = await browser.open(migrate);
    browser.forgetCookies();
    const asked = await browser.send(form, migrate, { package: 'hello', distribution: 'trixie-acme-unstable' });
    const typed = { login: 'stan', password: passwordOf('stan') };
    const again = await browser.send(asked, '/mini_buildd/login?output=html', typed);
    assert.equal(again.path, `${migrate}?package=hello&distribution=trixie-acme-unstable`);
    assert.equal(again.fields(migrate).package, 'hello');
    assert.equal(again.fields(migrate).distribution, 'trixie-acme-unstable');
  });

  it('keeps what was typed also where an address would be too long for it', async (test) => {
    const { browserOf } = await withHello(test);
    const browser = await browserOf('stan');
    const form = await browser.open(migrate);
    browser.forgetCookies();
    const long = 'x'.repeat(3000);
    const asked = await browser.send(form, migrate, { package: long, distribution: 'trixie-acme-unstable' });
    const typed = { login: 'stan', password: passwordOf('stan') };
    const again = await browser.send(asked, '/mini_buildd/login?output=html', typed);
    assert.equal(again.path, migrate);
    assert.equal(again.fields(migrate).package, long);
    assert.equal(again.fields(migrate).distribution, 'trixie-acme-unstable');
  });

  for (const [command, typed, secret] of [
    ['webhook', { action: 'add', url: 'https://hooks.example/T0/B0/for-our-eyes' }, 'for-our-eyes'],
    ['user', { action: 'add', login: 'bert', email: 'bert@example.org' }, 'example.org'],
    ['user', { action: 'add', login: 'bert', name: 'Bert of Sesame Street' }, 'Sesame'],
  ] as const) {
    it(`of "${command}" keeps "${secret}" out of every address, and in its form`, async (test) => {
      const { browserOf } = await withHello(test);
      const browser = await browserOf('adam');
      const where = `/mini_buildd/commands/${command}`;
      const form = await browser.open(where);
      browser.forgetCookies();
      const asked = await browser.send(form, where, typed);
      const shown = { login: 'adam', password: passwordOf('adam') };
      const again = await browser.send(asked, '/mini_buildd/login?output=html', shown);
      assert.equal(again.path, where);
      for (const [name, value] of Object.entries(typed)) assert.equal(again.fields(where)[name], value);
      const plan = await browser.send(again, where);
      assert.equal(plan.status, 200);
      for (const { page } of [asked, again, plan])
        for (const [link] of page.matchAll(/(?:href|action|data-[a-z]+)="[^"]*"/g))
          assert.ok(!link.includes(secret), link);
    });
  }

  it('is not done for a form of another session, which is shown again', async (test) => {
    const { browserOf, migrations } = await withHello(test);
    const [stan, adam] = [await browserOf('stan'), await browserOf('adam')];
    const plan = await adam.send(await adam.open(migrate), migrate, hello);
    const refused = await stan.send(plan, migrate);
    assert.equal(refused.status, 403);
    assert.equal(refused.fields(migrate).package, 'hello');
    assert.equal(migrations(), 0);
  });

  for (const [what, headers] of [
    ['of another site', { origin: 'https://evil.example.org', 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['of nobody knows where', { origin: 'null' }],
  ] as const) {
    it(`is not done for a form ${what}`, async (test) => {
      const { browserOf, migrations } = await withHello(test);
      const stan = await browserOf('stan');
      const plan = await stan.send(await stan.open(migrate), migrate, hello);
      assert.equal((await stan.post(migrate, plan.fields(migrate), headers)).status, 403);
      assert.equal(migrations(), 0);
    });
  }

  it('is for those who may: the others are told', async (test) => {
    const { browserOf, migrations } = await withHello(test);
    const oscar = await browserOf('oscar');
    const form = await oscar.open(migrate);
    assert.match(form.page, /Needs the privilege staff/);
    assert.equal((await oscar.send(form, migrate, hello)).status, 403);
    assert.equal(migrations(), 0);
  });

  it('by a page of long ago, sent to the address of programs, is planned as well', async (test) => {
    const { browserOf, migrations } = await withHello(test);
    const stan = await browserOf('stan');
    const { form_token = '' } = (await stan.open(migrate)).fields(migrate);
    const asked = { ...hello, form_token, confirm: 'migrate' };
    const shown = await stan.post('/mini_buildd/api/migrate?output=html', asked);
    assert.match(shown.page, /What it would do/);
    assert.equal(migrations(), 0);
  });
});

describe('What a deed began', () => {
  it('is followed live to its end, and looked at by a browser without scripts', async (test) => {
    const { browserOf, url } = await withHello(test);
    const browser = await browserOf('stan');
    const done = await browser.send(await browser.send(await browser.open(migrate), migrate, hello), migrate);
    const live = /data-live="([^"]+)"/.exec(done.page)?.[1] ?? '';
    const stream = await fetch(url + live, { headers: { accept: 'text/event-stream' } });
    const told = await readUntil(stream, (text) => text.includes('acme: published'));
    assert.match(told, /^id: \d+\ndata: \{"progress":"<ul/);
    assert.match((await browser.open(live)).page, /✓<\/span> done<\/span> acme: published/);
    assert.equal((await browser.open('/mini_buildd/progress?stream=upload-nonsense')).status, 404);
    assert.equal((await browser.open('/mini_buildd/progress')).status, 404);
  });
});

describe('What only looks', () => {
  it('is shown at once, by a changing command as well', async (test) => {
    const { browserOf } = await withHello(test);
    const oscar = await browserOf('oscar');
    const token = '/mini_buildd/commands/token';
    const listed = await oscar.send(await oscar.open(token), token, { action: 'list' });
    assert.equal(listed.status, 200);
    assert.match(listed.page, /no tokens/);
  });

  it('asks for what is missing by the form', async (test) => {
    const { url } = await withHello(test);
    const browser = plainBrowser(url);
    const shown = await browser.open('/mini_buildd/api/show?output=html');
    assert.equal(shown.status, 400);
    assert.match(shown.page, /id="package-fault"[^>]*>[^<]*missing/);
    assert.match((await browser.open('/mini_buildd/api/show?output=html&package=hello')).page, /2\.10-3~acme13\+1/);
  });
});

describe('A form', () => {
  it('is where a browser gets that asks for a changing command, filled in', async (test) => {
    const { url } = await withHello(test);
    const shown = await plainBrowser(url).open('/mini_buildd/api/migrate?package=hello&output=html');
    assert.equal(shown.fields(migrate).package, 'hello');
  });

  it('is there for every command, and offers what the instance knows', async (test) => {
    const { url, engine } = await withHello(test);
    const browser = plainBrowser(url);
    for (const { name, changes } of engine.api.commands) {
      const shown = await browser.open(`/mini_buildd/commands/${name}`);
      assert.equal(shown.status, 200, name);
      assert.ok(shown.fields(changes ? `/mini_buildd/commands/${name}` : `/mini_buildd/api/${name}`));
      assert.ok(shown.page.length < 60_000, name);
      assert.equal((await browser.open(`/mini_buildd/reference/${name}`)).status, 200, name);
    }
    const { page } = await browser.open(migrate);
    assert.match(page, /<datalist id="package-known"><option value="hello">/);
    assert.match(page, /<option value="trixie-acme-unstable">/);
    assert.match((await browser.open('/mini_buildd/commands')).page, /<h2>Packages<\/h2>/);
  });

  it('says of one argument whether it can be so, as it is typed', async (test) => {
    const { url } = await withHello(test);
    const check = async (argument: string, value: string, command = 'migrate') => {
      const answer = await fetch(`${url}/mini_buildd/commands/${command}/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ argument, value }),
      });
      return { status: answer.status, ...(await answer.json()) };
    };
    const bad = await check('distribution', 'nonsense!');
    assert.match(bad.fault.fact, /"distribution" is "nonsense!"/);
    assert.match(bad.fault.remedy, /CODENAME-REPOSITORY-SUITE/);
    assert.deepEqual(await check('package', 'hel'), { status: 200, fault: null, known: ['hello'] });
    assert.deepEqual((await check('package', 'zlib,hel')).known, ['zlib,hello']);
    assert.equal((await check('package', '')).fault, null);
    assert.equal((await check('nothing', 'x')).status, 404);
    assert.equal((await check('package', 'x', 'nothing')).status, 404);
  });
});

describe('The page of an account', () => {
  const path = '/mini_buildd/account';
  const deedFor = (command: string) => `/mini_buildd/commands/${command}`;

  it('issues a token whose secret is shown once, and revokes it', async (test) => {
    const { browserOf, url } = await withHello(test);
    const oscar = await browserOf('oscar');
    const plan = await oscar.send(await oscar.open(path), deedFor('token'), { scope: 'login', days: '7' });
    assert.match(plan.page, /a token would be issued/);
    const issued = await oscar.send(plan, deedFor('token'));
    const secret = /<pre[^>]*>([\w-]+)\n<\/pre>/.exec(issued.page)?.[1] ?? '';
    const who = await fetch(`${url}/mini_buildd/api/whoami`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal((await who.json()).login, 'oscar');
    const account = await oscar.open(path);
    assert.ok(!account.page.includes(secret));
    const token = /name="token" value="([^"]+)"/.exec(account.page)?.[1] ?? '';
    const given = { ...account.fields(deedFor('token')), action: 'revoke', token, scope: '', days: '' };
    const revoke = await oscar.post(deedFor('token'), given);
    assert.match((await oscar.send(revoke, deedFor('token'))).page, /is revoked/);
    const over = await fetch(`${url}/mini_buildd/api/whoami`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal(over.status, 401);
  });

  it('takes a key and what one wants to be told of', async (test) => {
    const { browserOf } = await withHello(test);
    const oscar = await browserOf('oscar');
    const mails = `${path}/subscriptions`;
    for (const [command, where, to, typed] of [
      ['setuserkey', path, deedFor('setuserkey'), { key: publicKey(oscarsKey) }],
      ['subscription', mails, mails, { package: 'hello' }],
    ] as const) {
      const plan = await oscar.send(await oscar.open(where), to, typed);
      assert.equal((await oscar.send(plan, deedFor(command))).status, 200);
    }
    const { page } = await oscar.open(path);
    assert.ok(page.includes(oscarsKey));
    assert.match(page, /You subscribed to one thing\./);
    assert.match(
      (await oscar.open(mails)).page,
      /data-head="Source package"><b><a href="[^"]*">hello<\/a><\/b><\/td><td data-head="Distribution"><span class="whole">every one</,
    );
  });

  it('says what is wrong with another password where it was typed, and shows none again', async (test) => {
    const { browserOf } = await withHello(test);
    const oscar = await browserOf('oscar');
    const change = '/mini_buildd/account/password?output=html';
    const wrong = await oscar.send(await oscar.open(path), change, {
      present: 'a guess of mine',
      next: 'something new',
    });
    assert.equal(wrong.status, 401);
    assert.match(wrong.page, /<h2>Another password<\/h2>/);
    assert.doesNotMatch(wrong.page, /a guess of mine|something new/);
    const short = await oscar.send(wrong, change, { present: passwordOf('oscar'), next: 'short' });
    assert.equal(short.status, 400);
    assert.match(short.page, /role="alert"><strong>the new password does not fit/);
  });
});

describe('The page of a package', () => {
  it('leads by a button to the plan of what it says', async (test) => {
    const { browserOf, migrations } = await withHello(test);
    const stan = await browserOf('stan');
    const { page, fields } = await stan.open('/mini_buildd/packages/hello');
    assert.match(
      page,
      /formaction="\/mini_buildd\/commands\/migrate" name="distribution" value="trixie-acme-unstable"/,
    );
    const { form_token = '' } = fields('/mini_buildd/commands/subscription');
    const plan = await stan.post(migrate, { form_token, ...hello });
    assert.match(plan.page, /What it would do/);
    assert.equal((await stan.send(plan, migrate)).status, 200);
    assert.equal(migrations(), 1);
    assert.match((await stan.open('/mini_buildd/packages/hello')).page, /testing has it already/);
  });
});

describe('A program', () => {
  it('names the plan that it saw, and gets that or nothing', async (test) => {
    const { url, install, migrations } = await withHello(test);
    const ask = (given: object, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${url}/mini_buildd/api/migrate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...basic('stan'), ...headers },
        body: JSON.stringify({ ...hello, ...given }),
      });
    const seen = (await ask({ 'dry-run': true })).headers.get('etag') ?? assert.fail('a plan without a name');
    await install('2.11-1~acme13+1');
    const stale = await ask({ confirm: 'migrate' }, { 'if-match': seen });
    assert.equal(stale.status, 412);
    assert.equal(((await stale.json()) as { rule: string }).rule, 'plan-changed');
    assert.equal(migrations(), 0);
    const now = (await ask({ 'dry-run': true })).headers.get('etag') ?? '';
    assert.equal((await ask({ confirm: 'migrate' }, { 'if-match': now })).status, 200);
    assert.equal(migrations(), 1);
  });
});
