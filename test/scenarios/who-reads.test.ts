import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atWork, basic, form, passwordOf } from '../support/accounts-at-work.ts';
import { plainBrowser } from '../support/plain-browser.ts';

/** Of each way by which pages are sent. */
const pages = [
  ...['/mini_buildd/', '/mini_buildd/style', '/mini_buildd/doc/', '/mini_buildd/reference', '/mini_buildd/history'],
  ...['/mini_buildd/reference/show', '/mini_buildd/commands/migrate', '/mini_buildd/statistics', '/mini_buildd/upload'],
  ...['/mini_buildd/api/status?output=html', '/mini_buildd/packages/nosuchthing', '/mini_buildd/nosuchpage'],
  ...['/repositories/', '/repositories/nosuch/', '/snapshots/nosuch/'],
];

const logins = ['oscar', 'adam'] as const;

/** What the head of a page says of its reader, and where that leads. */
const headOf = (page: string) => {
  const head = /<nav aria-label="Main">([\s\S]*?)<\/nav>/.exec(page)?.[1] ?? assert.fail(`no head: ${page}`);
  const [, href = '', says = ''] = /<a (?:class="reader" )?href="([^"]*)">((?:(?!<\/a>).)*)<\/a>$/.exec(head) ?? [];
  return { says: says.replace(/<[^>]*>/g, ''), leads: href.replace(/&#(\d+);/g, (_, c) => String.fromCodePoint(+c)) };
};

const read = (url: string, headers: Readonly<Record<string, string>>) =>
  fetch(url, { headers: { accept: 'text/html', ...headers } });

describe('The head of every page', () => {
  it('tells a stranger to log in, and leads back from there', async (test) => {
    const { url } = await atWork(test);
    for (const path of pages) {
      const { says, leads } = headOf(await (await read(url + path, {})).text());
      assert.equal(says, 'Log in', path);
      const back =
        path === '/mini_buildd/' || !path.startsWith('/mini_buildd/') ? '' : `?next=${encodeURIComponent(path)}`;
      assert.equal(leads, `/mini_buildd/login${back}`, path);
    }
    const browser = plainBrowser(url);
    const asked = await browser.open(headOf((await browser.open('/mini_buildd/history?type=x')).page).leads);
    assert.equal(
      headOf(asked.page).leads,
      `/mini_buildd/login?next=${encodeURIComponent('/mini_buildd/history?type=x')}`,
    );
    const typed = { login: 'oscar', password: passwordOf('oscar') };
    const back = await browser.send(asked, '/mini_buildd/login?output=html', typed);
    assert.equal(back.path, '/mini_buildd/history?type=x');
    assert.deepEqual(headOf(back.page), { says: 'Account of oscar', leads: '/mini_buildd/account' });
  });

  it('leads to the manual', async (test) => {
    const { url } = await atWork(test);
    for (const path of pages)
      assert.match(
        await (await read(url + path, {})).text(),
        /<header.*href="\/mini_buildd\/doc\/".*<\/header>/s,
        path,
      );
  });

  it('names each reader to nobody else, whatever is asked at once or kept between', async (test) => {
    const { url, logIn } = await atWork(test);
    const [oscar, adam] = [(await logIn('oscar')).cookie, (await logIn('adam')).cookie];
    const readers = [['oscar', oscar] as const, ['adam', adam] as const, [undefined, ''] as const];
    for (const path of pages) {
      const answers = await Promise.all(
        [...readers, ...readers].map(async ([login, cookie]) => {
          const answer = await read(url + path, { cookie });
          return { login, cookie, page: await answer.text(), headers: answer.headers };
        }),
      );
      for (const { login, page, headers } of answers) {
        assert.equal(headOf(page).says, login === undefined ? 'Log in' : `Account of ${login}`, path);
        for (const other of logins) assert.equal(page.includes(other), other === login, `${path}: ${other}`);
        assert.match(headers.get('cache-control') ?? '', /no-store|private/, path);
      }
      for (const { login, headers } of answers) {
        const etag = headers.get('etag');
        if (etag === null) continue;
        for (const [other, cookie] of readers) {
          if (other === login) continue;
          const answer = await read(url + path, { cookie, 'if-none-match': etag });
          assert.notEqual(answer.status, 304, path);
          assert.equal(headOf(await answer.text()).says, other === undefined ? 'Log in' : `Account of ${other}`, path);
        }
      }
    }
  });

  it('says that a session is over, on what is read and on what is sent', async (test) => {
    const { url, logIn, on } = await atWork(test);
    const { cookie } = await logIn('stan');
    const says = async (path: string, init: RequestInit = {}) => {
      const headers = { accept: 'text/html', cookie, origin: url };
      return headOf(await (await fetch(url + path, { ...init, headers })).text()).says;
    };
    assert.equal(await says('/mini_buildd/style'), 'Account of stan');
    const form = { method: 'POST', body: new URLSearchParams({ reason: 'rest' }) };
    assert.equal(await says('/mini_buildd/commands/stop', form), 'Account of stan');
    await on.people.closeSession(cookie.split('=')[1] ?? '');
    assert.equal(await says('/mini_buildd/style'), 'Log in');
    assert.equal(await says('/mini_buildd/commands/stop', form), 'Log in');
  });

  it('knows who logged in in the middle of a form', async (test) => {
    const { url } = await atWork(test);
    const browser = plainBrowser(url);
    const asked = await browser.post('/mini_buildd/administration/configuration', { text: 'what was typed' });
    assert.equal(headOf(asked.page).says, 'Log in');
    const typed = { login: 'adam', password: passwordOf('adam') };
    const resumed = await browser.send(asked, '/mini_buildd/login?output=html', typed);
    assert.match(resumed.page, /<textarea id="text"[^>]*>\nwhat was typed</);
    assert.equal(headOf(resumed.page).says, 'Account of adam');
  });

  it('tells people to log in, and programs of tokens, too', async (test) => {
    const { url, run } = await atWork(test);
    for (const path of ['/mini_buildd/commands/stop', '/mini_buildd/api/snapshot?action=name&repository=acme']) {
      const page = await (
        await fetch(url + path, {
          method: 'POST',
          headers: { accept: 'text/html', origin: url, ...form },
          body: 'output=html',
        })
      ).text();
      assert.match(page, /the caller is anonymous/, path);
      assert.match(page, /<span>log in[ <]/, path);
      assert.doesNotMatch(page, /send a token/, path);
    }
    const { body } = await run('stop', {});
    assert.equal(body.remedy, 'log in, or send a token');
  });

  it('claims nothing of a reader who shows a password or a token with each request', async (test) => {
    const { url } = await atWork(test);
    const page = await (await read(`${url}/mini_buildd/style`, basic('oscar'))).text();
    assert.deepEqual(headOf(page), { says: 'Account', leads: '/mini_buildd/account' });
  });
});

describe('The page of a problem', () => {
  for (const path of [
    '/mini_buildd/nosuchpage',
    '/mini_buildd/packages/a/b/c',
    '/repositories/nosuch/',
    '/snapshots/no/',
  ])
    it(`stands in the frame of every page: ${path}`, async (test) => {
      const { url } = await atWork(test);
      const frameOf = (page: string) =>
        page.replace(/<title>.*<\/title>|<main[\s\S]*<\/main>|href="[^"]*login[^"]*"/g, '');
      const answer = await read(url + path, {});
      const page = await answer.text();
      assert.equal(answer.status, 404);
      assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self'/);
      assert.equal(frameOf(page), frameOf(await (await read(`${url}/mini_buildd/style`, {})).text()));
      for (const each of ['mini-buildd 1.2.3', 'page.js', 'CCCC CCCC', 'role="search"'])
        assert.ok(page.includes(each), each);
    });
});
