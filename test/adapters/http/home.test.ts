import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { liveParts } from '../../../src/adapters/http/live-parts.ts';
import type { HomeModel } from '../../../src/adapters/http/views/home-model.ts';
import { sampleHome } from './sample-home.ts';
import { idleHome, readUntil, serve } from './served.ts';

const parts = (stream: string): Record<string, string>[] =>
  [...stream.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));

const changing = async (test: Parameters<typeof serve>[0]) => {
  const state: { home: HomeModel } = { home: idleHome };
  const server = await serve(test, { home: () => state.home });
  const page = await (await fetch(`${server.url}/mini_buildd/`)).text();
  const live = /data-live="([^"]+)"/.exec(page)?.[1] ?? '';
  const become = (home: HomeModel): void => {
    state.home = home;
    server.changes$.next();
  };
  return { ...server, page, live, become };
};

describe('the home page', () => {
  it('says how many more works are under way than it shows', async (test) => {
    const work = { kind: 'upload', about: 'hello', says: undefined, elapsed: 1, usual: undefined };
    const shown = async (count: number): Promise<string> => {
      const { url } = await serve(test, { home: () => ({ ...idleHome, works: Array(count).fill(work) }) });
      return (await fetch(`${url}/mini_buildd/`)).text();
    };
    assert.match(await shown(13), /and 3 more: <a href="\/mini_buildd\/commands\/status">all of them/);
    assert.doesNotMatch(await shown(10), /more: /);
  });

  it('says whole without a script how things stand', async (test) => {
    const { url } = await serve(test, { home: () => sampleHome });
    const page = await (await fetch(`${url}/mini_buildd/`)).text();
    assert.match(page, /Engine takes uploads/);
    assert.match(page, /<b>1<\/b> building, <b>8<\/b> waiting/);
    assert.match(page, /no builder has a chroot trixie arm64/);
    assert.match(page, />14 min<\/time> of usually 20 </);
    assert.match(page, /dh build\n&#60;script&#62;/);
    assert.match(page, /and 7 more/);
    assert.doesNotMatch(page, /Needs attention|debian-sid/);
    assert.match(page, /class="version" href="\/mini_buildd\/uploads\/[0-9A-Z]{26}">1:0\.4</);
    assert.match(page, /href="\/mini_buildd\/repositories\/test\/trixie-test-unstable"/);
    assert.match(page, /ftbfs at stage build/);
    assert.match(page, /<a href="\/mini_buildd\/uploads\/01JD8W0R5X2Y3Z4A5B6C7D8E9F">coyote_2\.10-3~acme13\+1_source/);
    assert.doesNotMatch(page, /packages\/coyote_/);
    assert.match(page, /href="https:\/\/example\.org\/test\?a=1&#38;b=2" rel="noopener noreferrer">example\.org</);
    assert.match(page, /<\/span> not published<\/span>.*<p>reprepro was not done in time/s);
    assert.match(page, /bert\.example\.org.*<\/span> lost<\/span>.*it does not answer/s);
    assert.match(page, /<\/span> building<\/span>.*1 of 2/s);
    assert.match(page, /the mirror does not answer/);
    assert.doesNotMatch(page, /<script>/);
  });

  it('says of each architecture what its build and its checks came to, with the ways to their logs', async (test) => {
    const { url } = await serve(test, { home: () => sampleHome });
    const page = await (await fetch(`${url}/mini_buildd/`)).text();
    const of = (architecture: string, state: string): string =>
      new RegExp(
        `<a href="/mini_buildd/builds/[^"]+-${architecture}">[^/]*</span> ${architecture} ${state}</span></a>.*?(?=<span class="result">|</tr>)`,
        's',
      ).exec(page)?.[0] ?? assert.fail(`nothing of ${architecture} ${state}`);
    const built = of('amd64', 'built');
    assert.match(built, /href="\/mini_buildd\/builds\/[^"]+-amd64\/log\/lines" aria-label="Log of amd64"/);
    assert.match(built, /href="\/log\/test\/acme-tools\/1:0\.4\/amd64\/lintian\.log">.* lintian passed</);
    assert.match(built, / autopkgtest failed</);
    assert.doesNotMatch(of('arm64', 'needs-build'), /Log of/);
    assert.match(of('amd64', 'failed'), /log\/lines" aria-label="Log of amd64"/);
  });

  it('leads who begins to where they begin, also among what needs attention', () => {
    const lacking = { fact: 'no repository yet', remedy: 'set one up', doneAt: '/mini_buildd/administration/welcome' };
    const home: HomeModel = {
      ...idleHome,
      notices: [lacking],
      attention: [{ ...lacking, at: undefined }],
      chroots: [],
    };
    const { engine, attention, machines } = liveParts(
      () => home,
      () => 0,
    ).all();
    const way = '<a href="/mini_buildd/administration/welcome">set one up</a>';
    assert.ok(engine.includes(way), engine);
    assert.ok(attention.includes(way), attention);
    assert.match(machines, /No chroot is configured/);
  });

  it('is refreshed by the parts that changed, and by no others', async (test) => {
    const { url, live, become } = await changing(test);
    const answer = await fetch(url + live);
    const seen = readUntil(answer, (stream) => parts(stream).length === 1);
    become({ ...idleHome, builders: sampleHome.builders });
    const [changed] = parts(await seen);
    assert.deepEqual(Object.keys(changed ?? {}), ['machines']);
    assert.match(changed?.machines ?? '', /ernie/);
  });

  it('sends nothing when an event changed nothing that it shows', async (test) => {
    const { url, live, become } = await changing(test);
    const answer = await fetch(url + live);
    const seen = readUntil(answer, (stream) => parts(stream).length === 1);
    become({ ...idleHome });
    become({ ...idleHome, engine: { state: 'stopped', note: undefined } });
    assert.deepEqual(Object.keys(parts(await seen)[0] ?? {}), ['engine']);
  });

  it('misses nothing of a time when the reader was away', async (test) => {
    const { url, live, become } = await changing(test);
    const first = readUntil(await fetch(url + live), (stream) => parts(stream).length === 1);
    become({ ...idleHome, builders: sampleHome.builders });
    const id = /^id: (.+)$/m.exec(await first)?.[1] ?? '';
    become({ ...idleHome, builders: sampleHome.builders, chroots: sampleHome.chroots, running: sampleHome.running });
    const again = await fetch(url + live, { headers: { 'last-event-id': id } });
    const [changed] = parts(await readUntil(again, (stream) => parts(stream).length === 1));
    assert.deepEqual(Object.keys(changed ?? {}).sort(), ['building', 'engine', 'machines']);
  });

  it('is looked at again while something builds, though nothing happened, and seldom while nothing does', async () => {
    let now = 0;
    const state = { home: sampleHome };
    const parts = liveParts(
      () => state.home,
      () => 1,
      () => now,
    );
    const first = parts.version();
    const grown = sampleHome.running.map((build) => ({ ...build, tail: ['linking'] }));
    state.home = { ...sampleHome, running: grown };
    assert.equal(parts.version(), first);
    now += parts.goodFor();
    assert.deepEqual(Object.keys(parts.since(first, true)), ['building']);
    state.home = { ...sampleHome, running: [] };
    now += parts.goodFor();
    parts.version();
    assert.equal(parts.goodFor(), 60_000);
    const still = parts.version();
    state.home = { ...idleHome, attention: sampleHome.attention.slice(1) };
    now += 59_000;
    assert.equal(parts.version(), still);
    now += 1000;
    assert.ok('attention' in parts.since(still, true));
  });

  it('tells staff which ports were overtaken, as many as there is room for, and nobody else', () => {
    const offer = {
      ...{ source: 'hello', distribution: 'trixie-acme-unstable', ported: '2.10-3', newer: '2.11-1' },
      ...{ archive: null, dsc: null, from: 'sid-acme-unstable', as: '2.11-1~acme13+1', refusal: null },
      ...{ rule: 'build' as const, isTried: false, failure: null },
    };
    const home = { ...idleHome, offered: { offers: [offer], inAll: 12 } };
    const parts = liveParts(
      () => home,
      () => 1,
    );
    assert.match(
      parts.all().attention,
      /<code>2\.11-1<\/code> is in sid-acme-unstable; <code>2\.10-3<\/code> was ported to trixie-acme-unstable\. It is to be <code>2\.11-1~acme13\+1<\/code>, by itself\.[\s\S]*and 11 more: <a href="\/mini_buildd\/api\/portupdates">/,
    );
    assert.equal(parts.since(undefined, false).attention, undefined);
    const failed = { ...offer, isTried: true, failure: 'nobody answers' };
    const told = liveParts(
      () => ({ ...home, offered: { offers: [failed], inAll: 1 } }),
      () => 1,
    ).all().attention;
    assert.match(told, /It would be <code>2\.11-1~acme13\+1<\/code>, and could not be ported: nobody answers\./);
    assert.doesNotMatch(
      liveParts(
        () => idleHome,
        () => 1,
      ).all().attention,
      /Newer where it came from/,
    );
  });

  it('tells how far each binNMU is that goes on, and leads to it', () => {
    const line = {
      ...{ binNmu: '01JDA000000000000000000006', distribution: 'trixie-acme-unstable', reason: 'Rebuild <libfoo>' },
      ...{ there: 3, missing: 1, builds: 9 },
    };
    const { building } = liveParts(
      () => ({ ...idleHome, binNmus: Array.from({ length: 7 }, () => line) }),
      () => 1,
    ).all();
    assert.match(
      building,
      /href="\/mini_buildd\/progress\?stream=binnmu-01JDA000000000000000000006">trixie-acme-unstable<\/a> [\s\S]*?Rebuild &#60;libfoo&#62;[\s\S]*?3 of 9 built again, 1 came to nothing <progress [^>]*max="9" value="4">/,
    );
    assert.match(building, /and 2 more binNMUs/);
  });

  it('tells only staff what needs attention', () => {
    const parts = liveParts(
      () => sampleHome,
      () => 1,
    );
    assert.match(parts.since(undefined, true).attention ?? '', /administration\/sources\/debian-sid/);
    assert.equal(parts.since(undefined, false).attention, undefined);
  });

  it('sends every part to who knows only an earlier life of the server', async (test) => {
    const { url } = await changing(test);
    const answer = await fetch(`${url}/mini_buildd/live`, { headers: { 'last-event-id': '0123456789ab.7' } });
    const [changed] = parts(await readUntil(answer, (stream) => parts(stream).length === 1));
    assert.deepEqual(Object.keys(changed ?? {}), [
      'engine',
      'building',
      'queue',
      'packages',
      'repositories',
      'machines',
    ]);
  });
});
