import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { left, right } from 'fp-ts/lib/Either.js';
import { comparisonPage } from '../../../src/adapters/http/views/comparison-page.ts';
import type { Reader } from '../../../src/adapters/http/views/deed-button.ts';
import type { ComparisonModel, DistributionModel, When } from '../../../src/adapters/http/views/distribution-model.ts';
import { distributionPage } from '../../../src/adapters/http/views/distribution-page.ts';
import { comparedLength, pageLength } from '../../../src/app/pages/listing.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { acme, at, isInert, manager, stranger, tags } from './sample-pages.ts';
import { noRepositories, serve } from './served.ts';

const there = { nth: 1, at, time: '20261126T090000Z' };

const then: When = { at, time: there.time, nth: 2, of: 3, first: there, earlier: there, later: { ...there, nth: 3 } };
const now: When = { ...then, at: undefined, time: undefined, nth: 3, later: undefined };

const model = (said = 'hello', more: Partial<DistributionModel> = {}): DistributionModel => ({
  repository: 'acme',
  distribution: 'trixie-acme-unstable',
  suite: 'unstable',
  codename: 'trixie',
  rollback: undefined,
  ended: undefined,
  uploadable: true,
  experimental: false,
  migratesTo: 'trixie-acme-testing',
  migratesAfterDays: 0,
  components: ['main'],
  versions: { rule: '~test13', appended: '~test13+1' },
  buildSources: [
    { source: 'Debian trixie', priority: null },
    { source: 'Debian trixie-backports', priority: 100 },
  ],
  architectures: ['amd64'],
  siblings: ['trixie-acme-unstable', 'trixie-acme-testing'],
  when: then,
  sources: Array.from({ length: 10 }, (_, n) => ({ distribution: `d${n}`, oneLine: said, deb822: said })),
  past: { distribution: 'trixie-acme-unstable', oneLine: said, deb822: said },
  dput: said,
  key: {
    fingerprint: 'AB'.repeat(20),
    file: '/etc/apt/keyrings/acme.asc',
    package: 'acme-archive-keyring',
    packageVersion: said,
  },
  held: 1,
  name: said,
  sort: 'name',
  page: 1,
  pages: 2,
  found: 80,
  items: [
    {
      source: said,
      version: said,
      since: at,
      component: 'main',
      binaries: 2,
      architectures: ['amd64'],
      now: '2',
      isLost: true,
      next: undefined,
      stays: undefined,
      byItself: undefined,
    },
  ],
  ...more,
});

const comparison = (said = 'hello', rows = 1): ComparisonModel => ({
  repository: 'acme',
  distributions: ['trixie-acme-unstable', 'trixie-acme-testing'],
  one: { distribution: 'trixie-acme-unstable', ...then },
  other: { distribution: 'trixie-acme-unstable', ...now },
  kind: 'differs',
  name: said,
  migration: { from: 'trixie-acme-unstable', to: 'trixie-acme-testing' },
  counts: { differs: 1, packages: 0, 'only-one': 0, 'only-other': 2 },
  same: 7,
  page: 1,
  pages: 2,
  found: 80,
  items: Array.from({ length: rows }, () => ({
    source: said,
    kind: 'differs' as const,
    one: said,
    other: said,
    newer: 'one' as const,
    migrates: true,
  })),
});

const hostile = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 200 })
  .map((said) => `${said}"><script>alert(1)</script>\u202e\u001b[31m\0`);

describe('the page of a distribution', () => {
  it('has a slider over publications, ways to neighbours, and keeps the time while one pages', () => {
    const page = distributionPage(acme, model(), manager);
    assert.match(page, /type="range" min="1" max="3" value="2"/);
    assert.match(page, /type="datetime-local"[^>]* step="0.001" value="2026-11-26T09:00:00.000"/);
    assert.match(page, /rel="prev" href="[^"]*at=20261126T090000Z"/);
    assert.match(page, /rel="next" href="[^"]*at=20261126T090000Z&#38;name=hello&#38;sort=name&#38;page=2#packages"/);
    assert.match(page, /packages trixie-acme-unstable --at=20261126T090000Z --name=hello</);
    assert.match(page, /files not kept/);
    assert.doesNotMatch(
      distributionPage(acme, model('hello', { when: now, past: undefined }), manager),
      /as apt saw it|--at=/,
    );
  });

  it('offers elsewhere what is looked at here: which names, in which order, and where in the list', () => {
    const same = (more: Partial<DistributionModel>): string =>
      /<details class="same">.*?<\/details>/s.exec(
        distributionPage(acme, model('hel', { when: now, past: undefined, ...more }), manager),
      )?.[0] ?? '';
    const filtered = same({ sort: 'changes', page: 2 });
    assert.match(filtered, /trixie-acme-unstable\?name=hel&#38;sort=changes&#38;page=2</);
    assert.match(filtered, /packages trixie-acme-unstable --name=hel --sort=changes --page=2</);
    assert.doesNotMatch(same({ name: '' }), /name=|sort=|page=/);
  });

  it('is put in order by the heads of its columns, which say in which it stands', () => {
    const headsOf = (more: Partial<DistributionModel>) =>
      [
        ...distributionPage(acme, model('hel', { when: now, past: undefined, ...more }), manager).matchAll(
          /<th .*?<\/th>/g,
        ),
      ]
        .map(([head]) => head)
        .filter((head) => head.includes('href'));
    const [name = '', since = ''] = headsOf({});
    assert.match(name, /aria-sort="ascending"><a href="[^"]*sort=name-back#packages">Source package/);
    assert.match(since, /<th scope="col"><a href="[^"]*name=hel&#38;sort=changed#packages">Since</);
    assert.match(headsOf({ sort: 'changed' })[1] ?? '', /aria-sort="descending"><a href="[^"]*sort=changed-back#/);
    assert.match(headsOf({ sort: 'changed-back' })[1] ?? '', /aria-sort="ascending"><a href="[^"]*sort=changed#/);
    assert.doesNotMatch(headsOf({ sort: 'changes' }).join(), /aria-sort/);
    // When it came there is only asked of what is there now.
    assert.equal(headsOf({ when: then }).length, 1);
  });

  it('offers what may be done there to who may do it', () => {
    const deeds = (
      more: Partial<DistributionModel>,
      held: Partial<DistributionModel['items'][number]>,
      reader = manager,
    ) => {
      const [item] = model().items;
      assert.ok(item !== undefined);
      const page = distributionPage(acme, model('hello', { ...more, items: [{ ...item, ...held }] }), reader);
      const [, list = ''] = /id="packages"(.*?)<\/section>/s.exec(page) ?? [];
      return [
        ...list.matchAll(/action="\/mini_buildd\/commands\/(\w+)[?"]|href="\/mini_buildd\/commands\/(\w+)\?/g),
      ].map(([, button, link]) => button ?? link);
    };
    const there = { when: now, past: undefined };
    assert.deepEqual(deeds(there, {}), ['migrate', 'migrate', 'port', 'remove']);
    assert.deepEqual(deeds(there, { stays: 'testing has it already' }), ['migrate', 'port', 'remove']);
    assert.deepEqual(deeds({ ...there, migratesTo: null }, {}), ['port', 'remove']);
    assert.deepEqual(deeds({ ...there, rollback: 0 }, {}), ['restore', 'restore', 'remove']);
    assert.deepEqual(deeds({}, { isLost: false }), ['restore']);
    assert.deepEqual(deeds({}, { isLost: true }), []);
    assert.deepEqual(deeds(there, {}, stranger), []);
    assert.match(distributionPage(acme, model('hello', there), stranger), /for who may, and has/);
  });

  it('compares what is called so only, whatever page or kind of difference one goes to', () => {
    const page = comparisonPage(acme, { ...comparison('hel'), page: 1, pages: 2 }, manager);
    const ways = [...page.matchAll(/href="[^"]*\/compare\?([^"]*)#packages"/g)].map(([, query = '']) => query);
    assert.equal(ways.length, 6);
    assert.deepEqual(
      ways.filter((query) => !query.includes('&#38;name=hel')),
      [],
    );
    const [, filter = ''] = /<form class="search" action="[^"]*compare#packages">(.*?)<\/form>/s.exec(page) ?? [];
    assert.match(
      filter,
      /name="one" value="trixie-acme-unstable".*name="kind" value="differs".*type="search" value="hel"/,
    );
    assert.doesNotMatch(filter, /name="(page|sort)"/);
    assert.match(page, /compare trixie-acme-unstable [^<]*--name=hel --page=1</);
  });

  it('leads from a difference to the plan of its migration, for who may migrate', () => {
    const offered = (reader: Reader, more: Partial<ComparisonModel> = {}) =>
      [
        ...comparisonPage(acme, { ...comparison(), ...more }, reader).matchAll(
          /formaction="\/mini_buildd\/commands\/migrate" name="package" value="(\w+)">(.*?)</g,
        ),
      ].map(([, source, says]) => [source, says]);
    assert.deepEqual(offered(manager), [['hello', '→ testing']]);
    assert.deepEqual(offered(stranger), []);
    assert.deepEqual(offered(manager, { migration: undefined }), []);
    assert.deepEqual(offered(manager, { items: comparison().items.map((each) => ({ ...each, migrates: false })) }), []);
    assert.match(
      comparisonPage(acme, comparison(), manager),
      /<form id="migrate" method="post">.*name="distribution" value="trixie-acme-unstable"/,
    );
    assert.match(comparisonPage(acme, comparison(), stranger), /migrate<\/a>: for who may, and has/);
  });

  it('keeps inert whatever packages are called', () => {
    const harmless = tags(distributionPage(acme, model(), manager) + comparisonPage(acme, comparison(), manager));
    fc.assert(
      fc.property(hostile, (said) => {
        const page = distributionPage(acme, model(said), manager) + comparisonPage(acme, comparison(said), manager);
        assert.equal(tags(page), harmless);
        assert.ok(isInert(page));
      }),
    );
  });

  it('stays below 60 kB with full pages of long names and versions', () => {
    const [one] = model('a'.repeat(60)).items;
    assert.ok(one !== undefined);
    const long = distributionPage(
      acme,
      model('deb http://buildd.example.org:8066/ '.repeat(6), {
        ...{
          when: now,
          items: Array.from({ length: pageLength }, () => ({ ...one, isLost: false, next: 'a'.repeat(60) })),
        },
      }),
      manager,
    );
    assert.ok(Buffer.byteLength(long) < 60_000, `${Buffer.byteLength(long)} bytes`);
    const compared = comparisonPage(acme, comparison('a'.repeat(60), comparedLength), manager);
    assert.ok(Buffer.byteLength(compared) < 60_000, `${Buffer.byteLength(compared)} bytes`);
  });

  it('is asked for by name and time, and goes to the time of a publication that is asked for by its number', async (test) => {
    const asked: unknown[] = [];
    const { url } = await serve(test, {
      repository: {
        ...noRepositories,
        distribution: async ({ from, ...query }) => {
          asked.push(query);
          return right(model());
        },
        publication: (_, nth) => (nth === 2 ? there : undefined),
      },
    });
    const get = (rest: string) => fetch(`${url}/mini_buildd/repositories/acme/${rest}`, { redirect: 'manual' });
    const went = await get('trixie-acme-unstable?nth=2');
    assert.equal(went.status, 303);
    assert.equal(
      went.headers.get('location'),
      '/mini_buildd/repositories/acme/trixie-acme-unstable?at=20261126T090000Z',
    );
    assert.equal((await get('trixie-acme-unstable?at=2026-11-26&sort=size&page=0&name=+HEL+')).status, 200);
    assert.equal((await get('..%2f..%2fetc')).status, 404);
    assert.equal((await get('publications?nth=7')).status, 404);
    assert.deepEqual(await (await get('publications?nth=2')).json(), there);
    assert.deepEqual(asked, [
      {
        repository: 'acme',
        distribution: 'trixie-acme-unstable',
        at: '2026-11-26',
        name: 'hel',
        sort: 'name',
        page: 1,
      },
    ]);
  });

  it('says at once that the log is read for a past, and comes back for it', async (test) => {
    const asked: string[] = [];
    let come: () => void = () => undefined;
    const state = new Promise<void>((resolve) => {
      come = resolve;
    });
    const work = {
      kind: 'past state',
      about: 'acme',
      says: 'reading the log: 10000 of at most 90000 events',
      elapsed: 1,
    };
    const { url } = await serve(test, {
      limits: { lookBack: 50 },
      repository: {
        ...noRepositories,
        works: () => [{ ...work, usual: 4 }],
        distribution: async ({ distribution }) => {
          asked.push(distribution);
          await state;
          return right(model());
        },
      },
    });
    const get = () => fetch(`${url}/mini_buildd/repositories/acme/trixie-acme-unstable?at=2026-11-26`);
    const early = await get();
    assert.deepEqual([early.status, early.headers.get('refresh')], [202, '1']);
    assert.match(await early.text(), /acme as it was[\s\S]*10000 of at most 90000 events[\s\S]*<progress/);
    come();
    const later = await get();
    assert.deepEqual([later.status, later.headers.get('refresh')], [200, null]);
    assert.equal(asked.length, 2);
  });

  it('says that a past went, that it never was, and that one has to wait for it', async (test) => {
    const because = refusal('some-rule', 'it is so', 'do this');
    const refused = [
      { kind: 'gone', because },
      { kind: 'unknown', because },
      { kind: 'busy', because, retryAfter: 7 },
    ] as const;
    const next = refused[Symbol.iterator]();
    const { url } = await serve(test, {
      repository: { ...noRepositories, comparison: async () => left(next.next().value ?? refused[0]) },
    });
    const get = () =>
      fetch(`${url}/mini_buildd/repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-testing`);
    assert.equal((await get()).status, 410);
    assert.equal((await get()).status, 404);
    const busy = await get();
    assert.deepEqual([busy.status, busy.headers.get('retry-after')], [429, '7']);
    assert.equal((await fetch(`${url}/mini_buildd/repositories/acme/compare?one=x`)).status, 404);
  });
});
