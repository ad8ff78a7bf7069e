import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { kinds } from '../../src/domain/configuration/declaration/kinds.ts';
import { passwordOf, atWork as people } from '../support/accounts-at-work.ts';
import { plainBrowser } from '../support/plain-browser.ts';
import { sourceUpload } from '../support/source-upload.ts';

/** Markup that would run, a text turned around, a bell, the end of a line of a terminal. */
const nasty = '"\'><script>alert(1)</script><img src=x onerror=alert(1)>\u202Egnp.exe\u2066\u0007\u001B[2J';

const isText = (page: string, what: string): void => {
  assert.doesNotMatch(page, /<script>alert|<img src=x/, `${what} lets markup through`);
  assert.doesNotMatch(page, /[\u202a-\u202e\u2066-\u2069\u0007\u001b]/, `${what} turns text around, or rings`);
};

/** adam in a browser, of an instance that holds hello. */
const atWork = async (test: TestContext) => {
  const work = await people(test);
  await work.daemon.uploads(sourceUpload());
  await work.daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  const browser = plainBrowser(work.url);
  const given = { login: 'adam', password: passwordOf('adam') };
  await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', given);
  return { ...work, browser };
};

describe('What somebody types', () => {
  it('is shown as text by every command, whatever the field', async (test) => {
    const { engine, browser } = await atWork(test);
    for (const { name, changes, arguments: known } of engine.api.commands) {
      const at = `/mini_buildd/commands/${name}`;
      const own = (await browser.open(at)).page;
      const token = /name="form_token" value="([^"]*)"/.exec(own)?.[1] ?? '';
      const all = Object.fromEntries(known.map((argument) => [argument.name, nasty]));
      isText((await browser.post(at, { form_token: token, output: 'html', ...all })).page, `${name} with all fields`);
      for (const argument of known) {
        const asked = `?${new URLSearchParams({ [argument.name]: nasty, output: 'html' })}`;
        isText((await browser.open(`${at}${asked}`)).page, `the form of ${name} with ${argument.name}`);
        if (changes) continue;
        isText((await browser.open(`/mini_buildd/api/${name}${asked}`)).page, `${name} with ${argument.name}`);
      }
    }
  });

  it('is shown as text by the forms of every declared object', async (test) => {
    const { browser } = await atWork(test);
    for (const { section } of [...kinds, { section: 'welcome' }]) {
      const at = `/mini_buildd/administration/${section === 'welcome' ? section : `add/${section}`}`;
      const { page } = await browser.open(at);
      const names = [...page.matchAll(/<(?:input|textarea|select)[^>]* name="([^"]+)"/g)].map(([, name = '']) => name);
      assert.ok(names.length > 3, section);
      const token = /name="form_token" value="([^"]*)"/.exec(page)?.[1] ?? '';
      const typed = Object.fromEntries(names.map((name) => [name, nasty]));
      const sent = await browser.post(at, { ...typed, form_token: token, _step: 'show' });
      assert.ok([200, 400].includes(sent.status), section);
      isText(sent.page, section);
    }
  });

  it('is shown as text where it narrows what is looked at', async (test) => {
    const { browser } = await atWork(test);
    const q = encodeURIComponent(nasty);
    for (const path of [
      `packages?name=${q}`,
      `packages/${q}`,
      `builds/${q}`,
      `uploads/${q}`,
      `events/${q}`,
      `history?package=${q}&distribution=${q}&type=${q}&from=${q}&until=${q}&actor=${q}&stream=${q}&correlation=${q}&before=${q}`,
      `repositories/${q}`,
      `repositories/acme?name=${q}&codename=${q}&sort=${q}`,
      `repositories/acme/trixie-acme-unstable?name=${q}&at=${q}`,
      `repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-testing&one-at=${q}&kind=${q}`,
      `statistics?by=${q}`,
      `administration/accounts/${q}`,
      `administration/sources/${q}`,
      `administration/add/sources?like=${q}`,
      `progress?stream=${q}`,
      `login?next=${q}`,
      `doc/search?words=${q}`,
      `reference/${q}`,
    ])
      isText((await browser.open(`/mini_buildd/${path}`)).page, path);
  });
});

describe('Every form', () => {
  /** Where the forms of these pages are sent: found on the pages themselves. */
  const actionsOn = async (browser: ReturnType<typeof plainBrowser>, commands: readonly string[]) => {
    const found = new Set<string>();
    for (const path of [
      '',
      'account',
      'upload',
      'packages/hello',
      'repositories/acme',
      'repositories/acme/trixie-acme-unstable',
      'administration',
      'administration/configuration',
      'administration/welcome',
      'administration/accounts',
      'administration/uploaders',
      'administration/builders',
      'administration/notifications',
      ...kinds.map(({ section }) => `administration/add/${section}`),
      'administration/sources/debian-trixie/edit',
      'administration/chroots/trixie-arm64/remove',
      ...commands.map((name) => `commands/${name}`),
    ]) {
      const { page } = await browser.open(`/mini_buildd/${path}`);
      for (const [, tag = ''] of page.matchAll(/<(?:form|button)([^>]*)>/g)) {
        if (/method="get"|role="search"/.test(tag)) continue;
        const to = /(?:form)?action="([^"]+)"/.exec(tag)?.[1];
        if (to !== undefined && (/method="post"/.test(tag) || /formaction/.test(tag))) found.add(to);
      }
    }
    return found;
  };

  /** Whose files say by their signature who sent them. */
  const signed = '/mini_buildd/upload';

  it('does nothing for another site, nor without the token of its session', async (test) => {
    const { browser, on, url, engine } = await atWork(test);
    const actions = await actionsOn(
      browser,
      engine.api.commands.map(({ name }) => name),
    );
    assert.ok(actions.size > 40, [...actions].join(' '));
    const before = on.store.events.length;
    const given = { _step: 'apply', _agreed: 'x', plan_seen: 'x', confirm: 'yes', login: 'oscar', action: 'disable' };
    for (const action of actions) {
      const foreign = await browser.post(action, given, {
        origin: 'https://evil.example.org',
        'sec-fetch-site': 'cross-site',
      });
      assert.equal(foreign.status, 403, `${action} for another site: ${foreign.status}`);
      if (action === signed) continue;
      const bare = await browser.post(action, given);
      assert.ok([400, 403].includes(bare.status), `${action} without a token: ${bare.status}`);
      const other = await browser.post(action, { ...given, form_token: 'of another session' });
      assert.ok([400, 403].includes(other.status), `${action} with another token: ${other.status}`);
    }
    assert.equal(on.store.events.length, before);
    assert.equal((await fetch(`${url}/mini_buildd/account`, { redirect: 'manual' })).status, 303);
  });
});
