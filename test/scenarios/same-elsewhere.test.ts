import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Version } from '../../src/domain/debian/names.ts';
import { atWork, basic, passwordOf } from '../support/accounts-at-work.ts';
import { acme } from '../support/fixed-examples.ts';
import { plainBrowser } from '../support/plain-browser.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { answeredAtTerminal } from '../support/tool-at-terminal.ts';

type Work = Awaited<ReturnType<typeof atWork>> & { readonly until: string };

/** What a page looks at, and what of it stands there: in the page, and in the answer of the command that says the same. */
type Seen = {
  readonly what: string;
  readonly path: (work: Work) => string;
  readonly command: string;
  readonly onPage: (page: string) => readonly string[];
  readonly inAnswer: (json: never) => readonly string[];
  /** What it shows is not nothing. */
  readonly least?: number;
};

const all = (pattern: RegExp) => (page: string) =>
  [...page.matchAll(pattern)].map(([, found = '']) => unescaped(found));

const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

/** Of the list of packages only. */
const listed = (pattern: RegExp) => (page: string) => all(pattern)(page.slice(page.indexOf('id="packages"')));

const events = all(/<li id="([0-9a-f-]{36})"/g);
const ids = (json: { readonly events: readonly { readonly id: string }[] }) => json.events.map(({ id }) => id);
const sources = (json: { readonly packages: readonly { readonly source: string }[] }) =>
  json.packages.map(({ source }) => source);
const packageRows = listed(/<a href="\/mini_buildd\/packages\/([^"?]+)"/g);

const list = '/mini_buildd/repositories/acme/trixie-acme-unstable';
const history = '/mini_buildd/history';

const seen: readonly Seen[] = [
  ...['', '?name=pack-1', '?sort=name-back', '?sort=changes&name=e', '?page=2', '?sort=name-back&page=2'].map(
    (query): Seen => ({
      what: `a distribution ${query}`,
      path: () => `${list}${query}`,
      command: 'packages',
      onPage: packageRows,
      inAnswer: sources as Seen['inAnswer'],
    }),
  ),
  {
    what: 'a distribution as it was, narrowed',
    path: ({ daemon }) => `${list}?name=pack&sort=name-back&at=${daemon.world.published.get(acme)?.at(5)?.id}`,
    command: 'packages',
    onPage: packageRows,
    inAnswer: sources as Seen['inAnswer'],
  },
  ...['', '?name=pack-1', '?codename=trixie&sort=name-back', '?page=2', '?name=pack&sort=changes&page=2'].map(
    (query): Seen => ({
      what: `a repository ${query}`,
      path: () => `/mini_buildd/repositories/acme${query}`,
      command: 'repository',
      onPage: packageRows,
      inAnswer: sources as Seen['inAnswer'],
    }),
  ),
  ...['', '&kind=only-one', '&page=2', '&kind=only-one&page=2', '&name=pack-3', '&name=1&kind=only-one&page=2'].map(
    (query): Seen => ({
      what: `a comparison ${query}`,
      path: () => `/mini_buildd/repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-testing${query}`,
      command: 'compare',
      onPage: packageRows,
      inAnswer: sources as Seen['inAnswer'],
    }),
  ),
  {
    what: 'a comparison of two times',
    path: ({ daemon }) =>
      `/mini_buildd/repositories/acme/compare?one=trixie-acme-unstable&one-at=${daemon.world.published.get(acme)?.at(3)?.id}&other=trixie-acme-unstable`,
    command: 'compare',
    onPage: packageRows,
    inAnswer: sources as Seen['inAnswer'],
  },
  ...[
    () => '',
    () => '?package=hello',
    () => '?type=PackageInstalled',
    () => '?distribution=trixie-acme-unstable&type=BuildRequested',
    () => '?actor=stan',
    () => '?package=hello&type=UploadAccepted&from=2020-01-01',
    ({ until }: Work) => `?until=${until}`,
    () => '?stream=package-acme-hello',
    ({ daemon }: Work) => `?correlation=${[...daemon.world.uploads.ended][0]?.received.upload}`,
    () => '?type=NodeAdded',
  ].map(
    (query): Seen => ({
      what: `history ${String(query).replace(/^.*?=> /, '')}`,
      path: (work) => `${history}${query(work)}`,
      command: 'history',
      onPage: events,
      inAnswer: ids as Seen['inAnswer'],
      least: 0,
    }),
  ),
  {
    what: 'the timeline of a package',
    path: () => '/mini_buildd/packages/hello',
    command: 'history',
    onPage: events,
    inAnswer: ids as Seen['inAnswer'],
  },
  {
    what: 'where a package stands',
    path: () => '/mini_buildd/packages/hello',
    command: 'show',
    onPage: (page) => [...new Set(all(/\b(2\.10-3~acme13\+1)\b/g)(page))],
    inAnswer: ((json: readonly { version: string | null }[]) => [
      ...new Set(json.flatMap(({ version }) => version ?? [])),
    ]) as Seen['inAnswer'],
  },
  {
    what: 'a search',
    path: () => '/mini_buildd/packages?name=pack-',
    command: 'search',
    onPage: (page) => all(/<b><a href="\/mini_buildd\/packages\/([^"?]+)"/g)(page),
    inAnswer: ((json: { names: readonly string[] }) => json.names) as Seen['inAnswer'],
  },
  {
    what: 'an event',
    path: ({ daemon }) => `/mini_buildd/history/${daemon.world.published.get(acme)?.at(-1)?.id}`,
    command: 'event',
    onPage: (page) => [
      ...all(/<dt>Id<\/dt><dd><code>([^<]+)/g)(page),
      ...all(/<a href="\/mini_buildd\/history\/([0-9a-f-]{36})\?/g)(
        /<ol class="chain">[\s\S]*?<\/ol>/.exec(page)?.[0] ?? '',
      ),
    ],
    inAnswer: ((json: { event: { id: string }; causes: { id: string }[]; consequences: { id: string }[] }) =>
      [json.event, ...json.causes, ...json.consequences].map(({ id }) => id)) as Seen['inAnswer'],
  },
  ...['instance/instance', 'sources', 'layouts/Default', 'distributions/trixie', 'repositories/acme', 'chroots'].map(
    (place): Seen => ({
      what: `administration of ${place}`,
      path: () => `/mini_buildd/administration/${place}`,
      command: 'declared',
      onPage: (page) =>
        place.includes('/') ? events(page) : all(new RegExp(`href="[^"]*/${place}/([^"/]+)"`, 'g'))(page),
      inAnswer: ((json: { happenings?: { id: string }[]; objects?: { name: string }[] }) =>
        json.happenings?.map(({ id }) => id) ?? json.objects?.map(({ name }) => name)) as Seen['inAnswer'],
    }),
  ),
];

describe('The same elsewhere', () => {
  let work: Work;
  let browser: ReturnType<typeof plainBrowser>;
  const cleanups: (() => unknown)[] = [];
  before(async () => {
    const until = '2020-01-01';
    work = {
      ...(await atWork({ after: (clean: () => unknown) => cleanups.unshift(clean) } as unknown as TestContext)),
      until,
    };
    const { daemon, run } = work;
    for (const source of ['hello', ...Array.from({ length: 41 }, (_, n) => `pack-${n + 1}`)])
      await daemon.uploads(sourceUpload({ source, version: '2.10-3~acme13+1' as Version }));
    await daemon.until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);
    await run('migrate', { package: 'hello', distribution: 'trixie-acme-unstable', confirm: 'migrate' }, basic('stan'));
    await daemon.rests();
    browser = plainBrowser(work.url);
    await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', {
      login: 'adam',
      password: passwordOf('adam'),
    });
  });
  after(async () => {
    for (const clean of cleanups) await clean();
  });

  for (const { what, path, command, onPage, inAnswer, least = 1 } of seen) {
    it(`of ${what} is the same`, async () => {
      const page = await browser.open(path(work));
      assert.equal(page.status, 200, page.path);
      const shown = onPage(page.page);
      assert.ok(shown.length >= least, `nothing to be compared in ${page.page}`);
      const { address, terminal, json } = offered(page.page, command);
      const there = await browser.open(new URL(address).pathname + new URL(address).search);
      assert.deepEqual(onPage(there.page), shown, address);
      assert.deepEqual(inAnswer((await answeredAtTerminal(work.url, terminal)) as never), shown, terminal);
      const answer = await fetch(work.url + json, { headers: basic('adam') });
      assert.deepEqual(inAnswer((await answer.json()) as never), shown, json);
    });
  }

  it('goes on where a page of history does', async () => {
    const first = await browser.open(history);
    const older = unescaped(/rel="next" href="([^"]+)"/.exec(first.page)?.[1] ?? assert.fail('one page only'));
    const second = await browser.open(older);
    const { terminal } = offered(second.page, 'history');
    assert.match(terminal, /--before/);
    assert.deepEqual(ids((await answeredAtTerminal(work.url, terminal)) as never), events(second.page));
    assert.notDeepEqual(events(second.page), events(first.page));
  });

  it('is known by the command for every filter that the page of history has', async () => {
    const { page } = await browser.open(history);
    const form = /<form class="card filters" action="\/mini_buildd\/history">([\s\S]*?)<\/form>/.exec(page)?.[1] ?? '';
    const filters = all(/<input id="by-[^"]+" name="([^"]+)"/g)(form);
    const known = work.engine.api.commands.find(({ name }) => name === 'history')?.arguments.map(({ name }) => name);
    assert.ok(filters.length >= 8);
    for (const filter of filters) assert.ok(known?.includes(filter), filter);
  });

  it('finds a source package from every page', async () => {
    for (const { path } of seen) {
      const { page } = await browser.open(path(work));
      assert.match(page, /<form class="search" role="search" action="\/mini_buildd\/packages">/);
    }
  });
});

/** What the page offers for that command. */
const offered = (page: string, command: string) => {
  const entries = [...page.matchAll(/<details class="same">[\s\S]*?<\/details>/g)]
    .map(([text]) => ({
      address: unescaped(/<dt>Address<\/dt><dd><code data-copy>([^<]*)/.exec(text)?.[1] ?? ''),
      terminal: unescaped(/<dt>Terminal<\/dt><dd><code data-copy>([^<]*)/.exec(text)?.[1] ?? ''),
      json: unescaped(/<dt>JSON<\/dt><dd><code data-copy><a href="([^"]*)"/.exec(text)?.[1] ?? ''),
    }))
    .find(({ terminal }) => terminal.split(' ')[2] === command);
  return entries ?? assert.fail(`no ${command} is offered in ${page.slice(-3000)}`);
};
