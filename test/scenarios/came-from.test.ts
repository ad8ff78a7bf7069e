import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { safeNext } from '../../src/adapters/http/came-from.ts';
import { atWork, passwordOf } from '../support/accounts-at-work.ts';
import { configured, instanceConfigured } from '../support/fixed-examples.ts';
import { plainBrowser, type Shown } from '../support/plain-browser.ts';

const page = '/mini_buildd/history?type=PackageInstalled&distribution=trixie-acme-unstable';
const login = '/mini_buildd/login?output=html';
const logout = '/mini_buildd/logout?output=html';
const account = '/mini_buildd/account';

const open = async (test: TestContext) => {
  const work = await atWork(test, [
    ...configured,
    { ...instanceConfigured, registration: 'open' },
    { type: 'EngineStarted' },
  ]);
  return { ...work, browser: plainBrowser(work.url) };
};

const oscar = { login: 'oscar', password: passwordOf('oscar') };

describe('Who logs in', () => {
  it('is back on the page they came from, by the link in its head, and after logging out and in', async (test) => {
    const { browser } = await open(test);
    const asked = await followHead(browser, await browser.open(page));
    const back = await browser.send(asked, login, oscar);
    assert.equal(back.path, page);
    const own = await followHead(browser, back);
    assert.equal(own.path, account);
    const out = await browser.send(own, logout);
    assert.equal(out.path, page);
    const again = await browser.send(await followHead(browser, out), login, oscar);
    assert.equal(again.path, page);
  });

  it('is back there after a wrong password, and on the account when they came from nowhere', async (test) => {
    const { browser } = await open(test);
    const asked = await followHead(browser, await browser.open(page));
    const wrong = await browser.send(asked, login, { ...oscar, password: 'not this one' });
    assert.equal(wrong.status, 401);
    assert.equal((await browser.send(wrong, login, oscar)).path, page);
    browser.forgetCookies();
    assert.equal((await browser.send(await browser.open(account), login, oscar)).path, account);
  });

  for (const [what, door, typed] of [
    ['registered', 'register', { login: 'bert', email: 'bert@example.org', name: 'Bert' }],
    ['asked for another password', 'reset', { who: 'oscar' }],
  ] as const) {
    it(`is back there when they ${what} first`, async (test) => {
      const { browser, daemon, on } = await open(test);
      const asked = await followHead(browser, await browser.open(page));
      const offers = await browser.follow(asked, linkTo('reset', asked.page));
      const form = door === 'reset' ? offers : await browser.follow(offers, linkTo(door, offers.page));
      const sent = await browser.send(form, `/mini_buildd/${door}?output=html`, typed);
      assert.equal(sent.status, 202);
      await daemon.until(() => on.mailer.taken.length === 1);
      const link = /(\/mini_buildd\/link\?secret=[\w-]+)$/m.exec(on.mailer.taken[0]?.text ?? '')?.[1] ?? '';
      const password = 'a password of their own';
      const used = await browser.send(await browser.open(link), '/mini_buildd/link?output=html', { password });
      const name = 'login' in typed ? typed.login : typed.who;
      assert.equal((await browser.send(used, login, { login: name, password })).path, page);
    });
  }

  it('is never led elsewhere, nor in circles', async (test) => {
    const { url } = await open(test);
    for (const referer of [
      'https://evil.example.org/',
      'https://evil.example.org//evil.example.org/',
      `${url}//evil.example.org/mini_buildd/`,
      `${url}/mini_buildd/login?next=https://evil.example.org/`,
      'javascript:alert(1)',
      'no address at all',
    ]) {
      const answer = await fetch(`${url}${account}`, { redirect: 'manual', headers: { referer } });
      assert.equal(answer.headers.get('location'), `/mini_buildd/login?next=${encodeURIComponent(account)}`, referer);
    }
    for (const next of [
      '//evil.example.org',
      '/\\evil.example.org',
      'https://evil.example.org/mini_buildd/',
      '/mini_buildd/\r\nSet-Cookie: a=b',
      '/mini_buildd/logout',
      '/mini_buildd/login',
      '/repositories/acme/',
    ])
      assert.equal(safeNext(next), undefined, next);
    const kept = await fetch(`${url}/mini_buildd/link?secret=x`, {
      headers: { cookie: `mini-buildd-next-acme=${encodeURIComponent('//evil.example.org')}` },
      redirect: 'manual',
    });
    assert.equal(kept.headers.get('location'), null);
  });
});

/** By who one is, or to say it. */
const followHead = (browser: ReturnType<typeof plainBrowser>, shown: Shown): Promise<Shown> =>
  browser.follow(shown, linkTo('(?:login|account)', shown.page));

const linkTo = (door: string, shown: string): string =>
  (new RegExp(`href="(/mini_buildd/${door}[^"]*)"`).exec(shown)?.[1] ?? assert.fail(shown)).replace(/&#38;/g, '&');
