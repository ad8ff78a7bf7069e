import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { tool } from '../../src/cli/tool/tool.ts';
import { believableInstance, people } from '../browser/support/believable-instance.ts';
import { pages, pagesOfAdministration } from '../browser/support/pages.ts';
import { atWork, passwordOf } from '../support/accounts-at-work.ts';
import { unescaped } from '../support/administrator-in-browser.ts';
import { memoryDesktopKeyring } from '../support/memory-desktop-keyring.ts';

/** What shows no state of the instance, or is a form or an answer of its own. */
const without: ReadonlySet<string> = new Set([
  ...['commands', 'form of a command', 'reference', 'reference of a command', 'answer of a command', 'login'],
  ...['form for uploads', 'manual', 'found in the manual', 'logs'],
]);

type Elsewhere = { readonly address: string; readonly terminal: string; readonly json: string };

/** What the folded parts of a page offer. */
const offeredBy = (page: string): readonly Elsewhere[] =>
  [...page.matchAll(/<details class="same">.*?<\/details>/gs)].map(([part]) => {
    const [address = '', terminal = '', json = ''] = [...part.matchAll(/<code data-copy>(.*?)<\/code>/gs)].map(
      ([, text = '']) => unescaped(text.replace(/<[^>]+>/g, '')),
    );
    return { address, terminal, json };
  });

/** As a shell reads it. */
const wordsOf = async (line: string): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\0' ${line}`]);
  return stdout.split('\0').slice(0, -1);
};

describe('What a page shows', () => {
  it('is had by the address, the line for a terminal and the JSON that it offers', async (test) => {
    const at = await believableInstance(test);
    const authorization = `Basic ${btoa(`${people.administrator}:${passwordOf(people.administrator)}`)}`;
    const login = await fetch(`${at.url}/mini_buildd/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: people.administrator, password: passwordOf(people.administrator) }),
    });
    const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const here = (address: string): string => address.replace(/^https?:\/\/[^/]+/, at.url);

    const ask = async (line: string): Promise<void> => {
      const [program, , ...words] = await wordsOf(line);
      assert.equal(program, 'mini-buildd-tool');
      let said = '';
      const code = await tool([`${people.administrator}@${new URL(at.url).host}`, ...words], {
        fetch,
        dputConfigurations: [],
        secrets: {
          password: passwordOf(people.administrator),
          token: undefined,
          keyring: memoryDesktopKeyring(),
          netrc: '/nonexistent/.netrc',
          ask: undefined,
        },
        out: () => undefined,
        err: (text) => {
          said += text;
        },
        ask: undefined,
        readText: () => assert.fail('no file is named'),
        line: undefined,
        columns: undefined,
        pause: async () => undefined,
      });
      assert.equal(code, 0, `${line}: ${said}`);
    };

    const all = [
      ...Object.entries({ ...pages(at), account: '/mini_buildd/account' }).filter(([name]) => !without.has(name)),
      ...pagesOfAdministration.map((path) => [path, path] as const),
    ];
    const known = new Set<string>();
    for (const [name, path] of all) {
      const answer = await fetch(`${at.url}${path}`, { headers: { cookie, accept: 'text/html' } });
      assert.equal(answer.status, 200, name);
      const offered = offeredBy(await answer.text());
      assert.ok(offered.length > 0, `${name} offers nothing`);
      for (const { address, terminal, json } of offered) {
        assert.equal((await fetch(here(address), { headers: { cookie } })).status, 200, `${name}: ${address}`);
        if (known.has(terminal)) continue;
        known.add(terminal);
        await ask(terminal);
        const asked = await fetch(here(json), { headers: { authorization } });
        assert.equal(asked.status, 200, `${name}: ${json}`);
        assert.notEqual(await asked.json(), undefined);
      }
    }
  });

  it('is looked at by GET, and nothing is done by GET, whatever else is said', async (test) => {
    const at = await atWork(test);
    const by = { authorization: `Basic ${btoa(`adam:${passwordOf('adam')}`)}` };
    const get = (query: string, body = ''): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { ...by, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
        const path = `/mini_buildd/api/user?${query}`;
        const sent = request(`${at.url}${path}`, { method: 'GET', headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        sent.once('error', reject);
        sent.end(body);
      });
    assert.equal(await get('action=list'), 200);
    assert.equal(await get('action=disable&login=oscar'), 405);
    assert.equal(await get('action=list&action=disable&login=oscar'), 405);
    const said = await get('action=list', JSON.stringify({ action: 'disable', login: 'oscar' }));
    assert.ok(said === 405 || said === 400, String(said));
    assert.deepEqual(
      [...at.daemon.world.accounts.values()].filter(({ status }) => status === 'disabled'),
      [],
    );
  });
});
