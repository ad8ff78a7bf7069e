import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Feeds } from '../../../src/adapters/http/feed-routes.ts';
import type { Position } from '../../../src/ports/event-log.ts';
import { type Element, parseXml } from '../../support/parse-xml.ts';
import { serve } from './served.ts';

const origin = 'http://buildd.example.org:8066';
const entry = {
  id: '00000000-0000-4000-8000-000000000017',
  at: '2026-11-22T10:15:00.000Z',
  kind: 'installed',
  title: 'INSTALLED (trixie-acme-unstable): hello 2.10-3',
  text: 'apt sees it.',
  path: '/mini_buildd/uploads/acme/hello/2.10-3',
};

/** A feed of this entry, which has one further page. */
const feeds: Feeds = async ({ before }) => ({
  instance: 'acme',
  origin,
  entries: [entry],
  next: before === undefined ? '17' : undefined,
});

const all = ({ children }: Element, name: string): readonly Element[] =>
  children.filter(({ tag }) => tag === `{http://www.w3.org/2005/Atom}${name}`);
const links = (of: Element) =>
  Object.fromEntries(all(of, 'link').map(({ attributes: { rel, href } }) => [rel ?? '', href]));

describe('A feed', () => {
  it('is an Atom document that a strict parser reads', async (test) => {
    const { url } = await serve(test, { feeds });
    const answer = await fetch(`${url}/mini_buildd/feeds/packages/hello.atom`);
    assert.equal(answer.headers.get('content-type'), 'application/atom+xml; charset=utf-8');
    const feed = parseXml(Buffer.from(await answer.arrayBuffer()));
    assert.equal(feed.tag, '{http://www.w3.org/2005/Atom}feed');
    const path = '/mini_buildd/feeds/packages/hello.atom';
    assert.deepEqual(
      ['id', 'title', 'updated'].map((name) => all(feed, name).map(({ text }) => text)),
      [[origin + path], ['mini-buildd acme: hello'], [entry.at]],
    );
    assert.equal(all(feed, 'author').length, 1);
    assert.deepEqual(links(feed), {
      self: origin + path,
      alternate: `${origin}/mini_buildd/`,
      next: `${origin}${path}?before=17`,
    });
    const [first] = all(feed, 'entry');
    assert.ok(first);
    assert.deepEqual(
      ['id', 'title', 'updated', 'content'].map((name) => all(first, name)[0]?.text),
      [`urn:uuid:${entry.id}`, entry.title, entry.at, entry.text],
    );
    assert.deepEqual(links(first), { alternate: origin + entry.path });
  });

  it('stays well-formed whatever stands in it', async (test) => {
    const hostile = `]]></content><script>&nope;"'\u0000\u0008\ufffe\uffff\ud800 \u202eevil\u{1f427}`;
    const { url } = await serve(test, {
      feeds: async () => ({
        instance: hostile,
        origin,
        entries: [{ ...entry, title: hostile, text: hostile, path: hostile }],
        next: undefined,
      }),
    });
    const feed = parseXml(await (await fetch(`${url}/mini_buildd/feeds/all.atom`)).text());
    const [first] = all(feed, 'entry');
    assert.match(first === undefined ? '' : (all(first, 'title')[0]?.text ?? ''), /^\]\]><\/content><script>&nope;"'/);
    assert.equal(all(feed, 'entry').length, 1);
  });

  it('is not sent again to who has it', async (test) => {
    const { url } = await serve(test, { feeds });
    const first = await fetch(`${url}/mini_buildd/feeds/all.atom`);
    const etag = first.headers.get('etag') ?? '';
    assert.match(etag, /^"[0-9a-f]{32}"$/);
    const again = await fetch(`${url}/mini_buildd/feeds/all.atom`, { headers: { 'if-none-match': etag } });
    assert.deepEqual([again.status, await again.text()], [304, '']);
    const head = await fetch(`${url}/mini_buildd/feeds/all.atom`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('etag')], [200, etag]);
  });

  it('is asked for one package, one distribution, one page', async (test) => {
    const asked: Parameters<Feeds>[0][] = [];
    const { url } = await serve(test, {
      feeds: (what) => {
        asked.push(what);
        return feeds(what);
      },
    });
    for (const path of [
      'all.atom',
      'packages/libstdc++6.1.atom',
      'packages/libstdc%2B%2B6.1.atom',
      'distributions/trixie-acme-unstable.atom?before=17',
    ]) {
      assert.equal((await fetch(`${url}/mini_buildd/feeds/${path}`)).status, 200, path);
    }
    assert.deepEqual(asked, [
      {},
      { package: 'libstdc++6.1' },
      { package: 'libstdc++6.1' },
      { distribution: 'trixie-acme-unstable', before: '17' as Position },
    ]);
  });

  it('is not there under another name', async (test) => {
    const { url } = await serve(test, { feeds });
    for (const path of [
      '',
      'hello.atom',
      'packages/hello',
      'packages/Hello.atom',
      'packages/..%2f..%2fall.atom',
      'packages/%00.atom',
      'distributions/nowhere.atom',
      'all.atom?before=%0a',
      'all.atom?before=1&before=2',
    ]) {
      assert.equal((await fetch(`${url}/mini_buildd/feeds/${path}`)).status, 404, path);
    }
  });
});
