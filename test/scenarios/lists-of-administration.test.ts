import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readUntil } from '../adapters/http/served.ts';
import { atWork, basic } from '../support/accounts-at-work.ts';
import { amounts } from '../support/crowd.ts';
import { crowdedInstance } from '../support/crowded-instance.ts';

const administration = '/mini_buildd/administration';

describe('Lists of administration', () => {
  it('go on, are narrowed, and keep in their links by what', async (test) => {
    const { url, administrator } = await crowdedInstance(test);
    const read = async (path: string): Promise<string> =>
      (await fetch(`${url}${administration}${path}`, { headers: { accept: 'text/html', ...administrator } })).text();
    const first = await read('/accounts');
    assert.match(first, new RegExp(`>${amounts.accounts} found<`));
    assert.match(first, /page 1 of 8<.*rel="next" href="\/mini_buildd\/administration\/accounts\?accounts=2#accounts"/);
    const named = new Set<string>();
    for (let page = 1; page <= 8; page += 1)
      for (const [, login = ''] of (await read(`/accounts?accounts=${page}`)).matchAll(/>(maximiliane[^<]*)<\/a>/g))
        named.add(login);
    assert.equal(named.size, amounts.accounts);
    const disabled = await read('/accounts?name=DISABLED');
    assert.match(disabled, />15 found</);
    const chosen = await read('/notifications?name=maximiliane.mustermann.0&subscriptions=2');
    assert.match(chosen, /page 2 of 4</);
    assert.match(
      chosen,
      /href="\/mini_buildd\/administration\/notifications\?name=maximiliane\.mustermann\.0&#38;subscriptions=3#subscriptions"/,
    );
    const chroots = await read('/chroots?name=riscv64');
    assert.match(chroots, /codename0-riscv64/);
    assert.doesNotMatch(chroots, /codename0-amd64/);
    assert.match(await read('/accounts?name=%3Cb%3E&accounts=99999999'), /Nothing that holds “&#60;b&#62;”/);
    assert.match(await read('/accounts?accounts=999'), /page 8 of 8</);
  });

  it('are true while one looks, as far as one asked for them', async (test) => {
    const { url, run } = await atWork(test);
    const look = async (path: string): Promise<Response> => {
      const page = await fetch(`${url}${administration}${path}`, { headers: basic('adam') });
      const [, live = ''] = /data-live="([^"]+)"/.exec(await page.text()) ?? [];
      assert.match(live, /\/live\?/);
      return fetch(`${url}${live.replaceAll('&#38;', '&')}`, { headers: basic('adam') });
    };
    const [accounts, oscar] = [await look('/accounts?name=osc'), await look('/uploaders')];
    const seen = readUntil(accounts, (text) => text.includes('disabled'));
    const done = await run('user', { action: 'disable', login: 'oscar', confirm: 'user' }, basic('adam'));
    assert.equal(done.status, 200, JSON.stringify(done.body));
    const news = await seen;
    assert.match(news, /oscar/);
    assert.doesNotMatch(news, /stan/);
    await oscar.body?.cancel();
  });

  it('count what is newer in the history, and leave what is read where it is', async (test) => {
    const { url, run } = await atWork(test);
    const page = await (await fetch(`${url}/mini_buildd/history?package=`)).text();
    const [, live = ''] = /data-live="([^"]+)"/.exec(page) ?? [];
    assert.match(live, /history\/live\?since=\d+/);
    const news = await fetch(`${url}${live.replaceAll('&#38;', '&')}`);
    const seen = readUntil(news, (text) => text.includes('newer<'));
    assert.equal((await run('stop', { confirm: 'stop' }, basic('adam'))).status, 200);
    assert.match(await seen, /"newer":"<p class=\\"quiet\\"><a href=\\"\/mini_buildd\/history\\">1 newer</);
    const older = await (await fetch(`${url}/mini_buildd/history?before=${/since=(\d+)/.exec(live)?.[1]}`)).text();
    assert.doesNotMatch(older, /data-live/);
  });

  it('are nobody else’s to follow', async (test) => {
    const { url } = await atWork(test);
    for (const place of ['accounts', 'builders', 'notifications', 'uploaders'])
      for (const [who, status] of [
        ['oscar', 403],
        ['stan', place === 'uploaders' ? 200 : 403],
      ] as const) {
        const answer = await fetch(`${url}${administration}/${place}/live`, { headers: basic(who) });
        assert.equal(answer.status, status, `${who} at ${place}`);
        await answer.body?.cancel();
      }
  });
});
