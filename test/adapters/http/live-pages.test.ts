import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { right } from 'fp-ts/lib/Either.js';
import { EMPTY } from 'rxjs';
import { livePages } from '../../../src/adapters/http/live-pages.ts';
import type { OpenStream } from '../../../src/adapters/http/open-stream.ts';
import { pulse } from '../../../src/adapters/http/pulse.ts';
import { renderedParts } from '../../../src/adapters/http/rendered-parts.ts';
import { html } from '../../../src/adapters/http/views/html.ts';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { anonymous, type Caller } from '../../../src/domain/account/caller.ts';
import type { Version } from '../../../src/domain/debian/names.ts';
import { servedPages } from '../../../src/served-pages.ts';
import { atWork, basic, passwordOf } from '../../support/accounts-at-work.ts';
import { ernie } from '../../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../../support/in-memory-daemon.ts';
import { sourceUpload } from '../../support/source-upload.ts';
import { serve } from './served.ts';

const page = '/mini_buildd/packages/hello';
const next = { version: '2.11-1~acme13+1' as Version };

const isDone = ({ until }: Daemon) => until(({ uploads }) => uploads.open.size === 0);

/** Where a page says that it is kept fresh from. */
const liveOf = (text: string): string => (/data-live="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');

/** What a stream tells: the ids of its events, and each part as it read last. */
const follow = (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const parts = new Map<string, string>();
  const ids: string[] = [];
  let isOver = false;
  const leave = new AbortController();
  const read = async (): Promise<void> => {
    const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leave.signal });
    let text = '';
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('utf8');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (id === undefined || data === undefined) continue;
        ids.push(id);
        for (const [name, markup] of Object.entries(JSON.parse(data))) parts.set(name, String(markup));
      }
    }
  };
  const over = read()
    .catch(() => undefined)
    .then(() => {
      isOver = true;
    });
  const until = async (asked: () => boolean): Promise<void> => {
    for (let n = 0; n < 1200 && !asked(); n += 1) await new Promise((resolve) => setTimeout(resolve, 25));
    assert.ok(asked(), `never so; told: ${[...parts.keys()].join(', ')}`);
  };
  return { parts, ids, until, isOver: () => isOver, leave: () => leave.abort(), over };
};

/** A daemon behind its pages, with one package that apt sees; `looks` counts how often its page was asked for. */
const packageAtWork = async (test: TestContext, limits = {}, readsFor = 0) => {
  const on = await machine(test);
  const daemon = await boot(on);
  test.after(daemon.kill);
  await daemon.uploads(sourceUpload());
  await isDone(daemon);
  const place = { builder: ernie, room: 4, tags: [] };
  const confinement = { network: true, processes: true, bounds: true } as const;
  const log = openMemoryLog(on.store, on.clock.now);
  const pages = servedPages(daemon.engine, log, { confinement, place, clock: on.clock });
  const counted = { looks: 0 };
  const packages: typeof pages.packages = {
    ...pages.packages,
    page: async (asked) => {
      counted.looks += 1;
      if (readsFor > 0) await pause(readsFor);
      return pages.packages.page(asked);
    },
  };
  const { url, port } = await serve(test, { ...pages, packages, log, limits });
  return { on, daemon, url, port, counted };
};

describe('Parts of a page', () => {
  const one = { state: html`<p>building</p>`, log: html`` };

  it('are told to who read something else, whoever told them that', () => {
    const before = renderedParts(one).seen;
    const now = renderedParts({ state: html`<p>built</p>`, made: html`<p>a.deb</p>` });
    assert.equal(renderedParts(one).since(before), undefined);
    assert.match(String(now.since(before)), /^id: state\.[0-9a-f]{12}~made\.[0-9a-f]{12}\ndata: /);
    const data = JSON.parse(/data: (.*)/.exec(String(now.since(before)))?.[1] ?? '');
    assert.deepEqual(data, { state: '<p>built</p>', made: '<p>a.deb</p>', log: '' });
  });

  it('keep nothing for what strangers say, and the same bytes for all whom we told the same', () => {
    const parts = renderedParts(one);
    const before = renderedParts({ state: html`<p>waits</p>` }).seen;
    assert.notEqual(parts.since(before), parts.since(before));
    assert.equal(parts.since(before, true), parts.since(before, true));
    assert.equal(parts.since(undefined), parts.since(undefined));
  });

  it('are all told to who says what nobody ever told them', () => {
    const parts = renderedParts(one);
    for (const strange of ['', 'x', '~~~', 'state.', 'state.zzzzzzzzzzzz', '<script>.0123456789ab', 'a'.repeat(1e6)])
      assert.match(String(parts.since(strange)), /"state":"<p>building<\/p>","log":""\}/, strange.slice(0, 40));
  });
});

describe('A page that is kept fresh', () => {
  it('hears nothing that it shows already, and what changes, once', async (test) => {
    const { daemon, url } = await packageAtWork(test);
    const text = await (await fetch(url + page)).text();
    const { parts, ids, until, leave, over } = follow(url + liveOf(text));
    await daemon.uploads(sourceUpload(next));
    await until(() => parts.get('where')?.includes('2.11-1') === true);
    await until(() => /✓<\/span> installed/.test(parts.get('uploads') ?? ''));
    for (const changed of ['where', 'uploads', 'story']) assert.ok(parts.has(changed), changed);
    assert.equal(new Set(ids).size, ids.length);
    leave();
    await over;
  });

  it('hears what it missed when it comes again, also from another life', async (test) => {
    const { daemon, url } = await packageAtWork(test);
    const first = follow(`${url}${page}/live`);
    await first.until(() => first.parts.has('story'));
    first.leave();
    await first.over;
    const again = follow(`${url}${page}/live`, { 'last-event-id': first.ids.at(-1) ?? '' });
    await daemon.uploads(sourceUpload(next));
    await again.until(() => again.parts.get('where')?.includes('2.11-1') === true);
    assert.ok(!again.parts.has('checks'), 'what reads the same is not told again');
    again.leave();
    await again.over;
  });

  it('is not looked at for what happens to other packages', async (test) => {
    const { on, daemon, url, counted } = await packageAtWork(test);
    on.builder.behave(() => 'hangs');
    const { parts, until, leave, over } = follow(`${url}${page}/live`);
    await until(() => parts.has('story'));
    const looked = counted.looks;
    await daemon.uploads(sourceUpload({ source: 'greet' }));
    await daemon.until(({ uploads }) => uploads.open.size === 1);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(counted.looks, looked);
    leave();
    await over;
  });

  it('is there for others after many left before it was read', async (test) => {
    const limits = { streamsPerAddress: 5, speaksForMany: () => false };
    const { url, port } = await packageAtWork(test, limits, 2);
    for (let n = 0; n < 200; n += 1) {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(`GET ${page}/live HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
      await pause(1);
      socket.resetAndDestroy();
    }
    const followsNow = async (tries = 400): Promise<ReturnType<typeof follow>> => {
      const { parts, until, isOver, ...rest } = follow(`${url}${page}/live`);
      await until(() => isOver() || parts.has('story'));
      if (parts.has('story')) return { parts, until, isOver, ...rest };
      assert.ok(tries > 0, 'those who left are counted for ever');
      // The last of them may not have been missed yet.
      await pause(25);
      return followsNow(tries - 1);
    };
    const { leave, over } = await followsNow();
    leave();
    await over;
  });

  it('tells who logged out nothing more that they may not see', async (test) => {
    const { daemon, url, engine } = await atWork(test);
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    const login = await fetch(`${url}/mini_buildd/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'stan', password: passwordOf('stan') }),
    });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const his = follow(`${url}${page}/live`, { cookie });
    const home = follow(`${url}/mini_buildd/live`, { cookie });
    await his.until(() => /Migrate|formaction/.test(his.parts.get('where') ?? ''));
    await home.until(() => home.parts.has('attention'));
    await engine.access.logOut(decodeURIComponent(cookie.split('=')[1] ?? ''));
    his.parts.clear();
    home.parts.clear();
    await daemon.uploads(sourceUpload(next));
    await his.until(his.isOver);
    await home.until(home.isOver);
    assert.deepEqual([[...his.parts], home.parts.has('attention')], [[], false]);
    const again = follow(`${url}${page}/live`, { cookie, 'last-event-id': his.ids.at(-1) ?? '' });
    await again.until(() => again.parts.has('where'));
    assert.doesNotMatch(again.parts.get('where') ?? '', /formaction|_token/);
    again.leave();
    await again.over;
  });
});

describe('A page that is put together while its reader is sent away', () => {
  it('is not told to them', async () => {
    const caller: Caller = { actor: { kind: 'account', name: 'stan' }, privilege: 'staff', shown: 'session' };
    const visitor = { caller, session: 'secret' };
    const told: string[] = [];
    const over = new AbortController();
    const stream: OpenStream = {
      send: async (chunk) => told.push(String(chunk)) > 0,
      over: over.signal,
      end: () => over.abort(),
      moment: async () => undefined,
    };
    let isIn = true;
    const live = livePages({
      visitor: async () => right(isIn ? visitor : { caller: anonymous, session: undefined }),
      viewer: () => caller,
      changes: pulse(EMPTY),
      open: () => stream,
    });
    const parts = async () => {
      isIn = false;
      return { state: html`<p>what came later</p>` };
    };
    const request = { headers: {}, query: {} } as Request;
    await live(request, {} as Response, { visitor, key: page, parts, often: 60_000 });
    assert.deepEqual([told, over.signal.aborted], [[], true]);
  });
});

describe('A page that is looked at by name and password', () => {
  it('tells nothing more once the account is disabled', async (test) => {
    const { daemon, url, run } = await atWork(test);
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    const his = follow(`${url}${page}/live`, basic('stan'));
    await his.until(() => /Migrate|formaction/.test(his.parts.get('where') ?? ''));
    const disabled = await run('user', { action: 'disable', login: 'stan' }, basic('adam'));
    assert.equal(disabled.status, 200);
    his.parts.clear();
    await daemon.uploads(sourceUpload(next));
    await his.until(his.isOver);
    assert.deepEqual([...his.parts], []);
  });
});

describe('Many who look at one page', () => {
  const viewer = async (port: number): Promise<Socket & { seen: string }> => {
    const socket = Object.assign(connect({ port, host: '127.0.0.1' }), { seen: '' });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`GET ${page}/live HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    return socket;
  };

  it('are all told, from one rendering, and one who never reads keeps nobody waiting', async (test) => {
    const { daemon, port, url, counted } = await packageAtWork(test, { stall: 10_000 });
    const deaf = (await viewer(port)).pause();
    const all: (Socket & { seen: string })[] = [];
    for (let n = 0; n < 500; n += 1) {
      const one = await viewer(port);
      one.setEncoding('utf8').on('data', (more: string) => {
        one.seen = (one.seen + more).slice(-40_000);
      });
      all.push(one);
    }
    const everybody = async (asked: (seen: string) => boolean): Promise<void> => {
      for (let n = 0; n < 1200 && !all.every(({ seen }) => asked(seen)); n += 1)
        await new Promise((resolve) => setTimeout(resolve, 25));
      assert.ok(all.every(({ seen }) => asked(seen)));
    };
    await everybody((seen) => seen.includes('"story"'));
    counted.looks = 0;
    await daemon.uploads(sourceUpload(next));
    await isDone(daemon);
    await everybody((seen) => seen.includes('2.11-1'));
    assert.ok(counted.looks < 60, `${counted.looks} renderings for 500 viewers`);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    for (const socket of [...all, deaf]) socket.destroy();
  });
});
