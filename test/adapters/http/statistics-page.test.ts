import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { clock } from '../../../src/adapters/http/views/amounts.ts';
import { bars } from '../../../src/adapters/http/views/charts/bars.ts';
import { scaleOf } from '../../../src/adapters/http/views/charts/chart.ts';
import { lineLooks, lines } from '../../../src/adapters/http/views/charts/lines.ts';
import type { StatisticsModel, Stretch } from '../../../src/adapters/http/views/statistics-model.ts';
import { statisticsPage } from '../../../src/adapters/http/views/statistics-page.ts';
import type { UploadModel } from '../../../src/adapters/http/views/upload-model.ts';
import { uploadPage } from '../../../src/adapters/http/views/upload-page.ts';
import { bytes } from '../../../src/domain/bytes-in-words.ts';
import type { UploadId } from '../../../src/domain/ids.ts';
import { parseXml } from '../../support/parse-xml.ts';
import { acme, at, happening, isInert, manager, stranger, tags } from './sample-pages.ts';
import { readUntil, serve } from './served.ts';

const stretch = (begins: string, architectures: number, repositories: number): Stretch => ({
  begins,
  uploads: { accepted: 1234, rejected: 56, installed: 1200 },
  builds: Array.from({ length: architectures }, () => ({ succeeded: 1234, failed: 56 })),
  half: 3723,
  most: 40_000,
  waiting: 7,
  running: 3,
  kept: Array.from({ length: repositories }, () => 123_456_789),
});

const model = (name = 'amd64', architectures = 3, repositories = 2): StatisticsModel => ({
  step: 'days',
  stretches: Array.from({ length: 30 }, (_, n) => stretch(`2026-11-${n + 1}`, architectures, repositories)),
  architectures: Array.from({ length: architectures }, () => name),
  repositories: Array.from({ length: repositories }, () => ({
    repository: name,
    isConfigured: true,
    bytes: 123_456_789,
  })),
});

const svgs = (page: string): readonly string[] => page.match(/<svg .*?<\/svg>/gs) ?? [];

describe('the page of statistics', () => {
  it('has pictures that are described, keep to the policy, and have their numbers behind them', () => {
    const page = statisticsPage(acme, model());
    assert.equal(page.match(/<figure class="chart">/g)?.length, 7);
    assert.equal(page.match(/<details><summary>As a table/g)?.length, 7);
    assert.doesNotMatch(page, / style=|<script(?! src)/);
    for (const svg of svgs(page)) parseXml(svg);
    for (const [, id] of page.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g))
      assert.equal(page.split(`id="${id}"`).length, 2, `one ${id}`);
    assert.match(page, /<th scope="row">11-1<\/th><td>1:02:03<\/td><td>11:06:40<\/td>/);
    const sections = [...page.matchAll(/<section class="card" id="([^"]+)" aria-labelledby="([^"]+)"/g)];
    const named = sections.map(([, , caption]) => new RegExp(`id="${caption}">([^<]+)<`).exec(page)?.[1]);
    assert.equal(new Set(named).size, 7, 'each is a region with a name');
    for (const name of named) assert.ok(page.includes(`<table aria-label="${name}">`), name);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, 'one of each id');
  });

  it('has every architecture in its table, and says which of them are drawn', () => {
    const names = ['amd64', 'arm64', 'armhf', 'i386', 'ppc64el', 'riscv64', 's390x'];
    const of = (architectures: readonly string[]): string => {
      const page = statisticsPage(acme, { ...model('amd64', architectures.length), architectures });
      return page.slice(page.indexOf('id="picture-architectures"'), page.indexOf('id="picture-disk"'));
    };
    const seven = of(names);
    for (const name of names) assert.ok(seven.includes(`<th scope="col">${name}</th>`), name);
    assert.match(seven, /<th scope="row">11-30<\/th>(?:<td>96 %<\/td>){7}<\/tr>/);
    assert.match(seven, /Drawn are the 4 most was built for; the table has all\./);
    assert.equal(seven.match(/<marker /g)?.length, 4);
    assert.doesNotMatch(of(names.slice(0, 4)), /Drawn are/);
  });

  it('stays below 60 kB with 12 architectures and 100 repositories', () => {
    const page = statisticsPage(acme, model('repository0123456789', 12, 100));
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('draws an instance on which nothing happened yet', () => {
    const page = statisticsPage(acme, { step: 'weeks', stretches: [], architectures: [], repositories: [] });
    assert.doesNotMatch(page, /NaN|Infinity|undefined/);
  });

  it('divides time as it is asked to, and by days when that cannot be read', async (test) => {
    const asked: string[] = [];
    const { url } = await serve(test, {
      statistics: (step) => {
        asked.push(step);
        return { ...model(), step };
      },
    });
    for (const by of ['weeks', 'months', '../../etc', '']) await fetch(`${url}/mini_buildd/statistics?by=${by}`);
    assert.deepEqual(asked, ['weeks', 'months', 'days', 'days']);
  });

  it('is told live which of its pictures read otherwise, of what it is divided into', {
    timeout: 30_000,
  }, async (test) => {
    let disk = 123_456_789;
    const { url } = await serve(test, {
      statistics: (step) => ({
        ...model(),
        step,
        repositories: [{ repository: 'acme', isConfigured: true, bytes: disk }],
      }),
    });
    const page = await (await fetch(`${url}/mini_buildd/statistics?by=weeks`)).text();
    const live = new URL(/data-live="([^"]+)"/.exec(page)?.[1]?.replaceAll('&#38;', '&') ?? '', url);
    assert.equal(live.searchParams.get('by'), 'weeks');
    const told = async (from: URL): Promise<Readonly<Record<string, string>>> => {
      const said = await readUntil(await fetch(from), (text) => /^data: .*\n\n/ms.test(text));
      return JSON.parse(/^data: (.*)$/m.exec(said)?.[1] ?? '{}');
    };
    disk += 1e12;
    const news = await told(live);
    assert.deepEqual(Object.keys(news), ['picture-disk']);
    assert.match(news['picture-disk'] ?? '', /TiB|GiB/);
    live.searchParams.delete('after');
    const all = Object.keys(await told(live));
    assert.equal(all.length, 7);
    for (const id of all) assert.ok(page.includes(`id="${id}"`), id);
  });
});

/** What the first group of each match holds. */
const matches = (text: string, sought: RegExp): readonly string[] =>
  [...text.matchAll(sought)].map(([, one = '']) => one);

describe('a picture', () => {
  it('has a mark of its own for each line, in the legend as well, and no line there that it does not draw', () => {
    const drawn = (values: readonly (number | undefined)[]): string =>
      lines({
        ...{ id: 'i', title: 't', gist: 'g', label: 'l', labels: values.map((_, n) => String(n)) },
        series: lineLooks.map((look) => ({ says: look, look, values })),
        scale: scaleOf([3], String),
      }).toString();
    const apart = drawn([1, undefined, 3]);
    const marks = matches(apart, /<marker [^>]*><g class="point">(.*?)<\/g>/g);
    assert.equal(new Set(marks).size, lineLooks.length);
    assert.deepEqual(matches(apart, /<g class="point" transform[^>]*>(.*?)<\/g><\/svg>/g), marks);
    for (const look of lineLooks)
      assert.match(
        apart,
        new RegExp(`<marker id="i-${look}".*?marker-start="url\\(#i-${look}\\)" marker-mid="url\\(#i-${look}\\)"`),
      );
    const line = '<path d="M0 8H26"/>';
    assert.ok(!apart.includes(line));
    assert.equal(drawn([1, 2, undefined]).split(line).length - 1, lineLooks.length);
  });

  it('keeps within its field and leaves gaps where there are no numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(1e9), { nil: undefined }), { minLength: 1, maxLength: 40 }), (values) => {
        const known = values.flatMap((value) => value ?? []);
        const common = { id: 'i', title: 't', gist: 'g', label: 'l', labels: values.map((_, n) => String(n)) };
        const line = lines({
          ...common,
          series: [{ says: 's', look: 'first', values }],
          scale: scaleOf(known, String),
        });
        const bar = bars({
          ...common,
          parts: [{ says: 's', look: 'good', values: values.map((value) => value ?? 0) }],
        });
        for (const drawn of [line, bar].map(String)) {
          const [svg = ''] = svgs(drawn.replace(/<svg class="key.*?<\/svg>/g, ''));
          assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
          const ofLines = svg.matchAll(/(?<=d="[^"]*[ML]-?[\d.]+ )(-?[\d.]+)(?=[ML"H])/g);
          for (const [, y] of [...svg.matchAll(/ y="(-?[\d.]+)"/g), ...ofLines])
            assert.ok(Number(y) >= 0 && Number(y) <= 200, svg);
          for (const [, height] of svg.matchAll(/height="(-?[\d.]+)"/g)) assert.ok(Number(height) >= 0);
        }
      }),
    );
  });

  it('has a scale of round numbers that leaves no room above the greatest of its values', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (values) => {
        const { top, steps } = scaleOf(values, String);
        assert.equal(top, Math.max(1, ...values));
        assert.ok(steps.length >= 2 && steps.length <= 5, String(steps));
        assert.ok(steps.every((step) => step <= top));
      }),
    );
  });

  it('says amounts in the largest unit that fits', () => {
    assert.deepEqual([0, 1023, 1024, 1536, 5 * 1024 ** 3].map(bytes), ['0 B', '1023 B', '1 KiB', '1.5 KiB', '5 GiB']);
    assert.deepEqual([0, 61, 3723].map(clock), ['0:00:00', '0:01:01', '1:02:03']);
  });
});

const upload = '01JD8W0R5X2Y3Z4A5B6C7D8E9F' as UploadId;

const way = (said = 'hello', more: Partial<UploadModel> = {}): UploadModel => ({
  upload,
  source: said,
  version: said,
  repository: 'acme',
  receivedAt: at,
  verdict: 'accepted',
  because: undefined,
  builds: ['amd64', 'arm64'].map((architecture) => ({
    build: `${upload}-${architecture}`,
    architecture,
    state: 'built',
    seconds: 3723,
    checks: [{ tool: 'lintian', state: 'failed' }],
  })),
  result: 'installed',
  stops: [
    { distribution: 'trixie-acme-unstable', from: undefined, at },
    { distribution: 'trixie-acme-testing', from: 'trixie-acme-unstable', at },
    { distribution: 'trixie-acme-unstable', from: undefined, at },
  ],
  files: [
    { name: `${said}.changes`, size: 1700, sha256: 'ab'.repeat(32), isKept: true, path: undefined },
    { name: `${said}.dsc`, size: 900, sha256: 'cd'.repeat(32), isKept: false, path: '/repositories/acme/pool/h.dsc' },
    { name: `${said}.tar.xz`, size: 90_000, sha256: 'ef'.repeat(32), isKept: false, path: undefined },
  ],
  moreFiles: 2,
  attempts: [
    { ...attempt(said, 1), ended: { at, word: 'given back', fact: said, times: undefined }, isLast: false },
    { ...attempt(said, 2), ended: { at, word: 'failed', fact: said, times: undefined }, isLast: true },
  ],
  moreAttempts: 1,
  signer: { is: 'a key', fingerprint: undefined, at: '2026-11-22T10:15:00.000Z' as never, doer: undefined },
  canRetry: true,
  happenings: [happening({ says: said })],
  moreHappenings: 3,
  ...more,
});

const attempt = (builder: string, attempt: number) => ({
  ...{ build: `${upload}-amd64`, architecture: 'amd64' },
  ...{ attempt, builder, because: undefined, startedAt: at },
});

const pageOf = (model: UploadModel, changes = 'Format: 1.8', reader = manager): string =>
  uploadPage(acme, model, changes, reader);

describe('the page of an upload', () => {
  it('names every file with its bytes and hash, unfolds the .changes, and offers a retry to who may', () => {
    const page = pageOf(way());
    assert.match(page, /href="\/log\/acme\/hello\/hello\/source\/hello\.changes"/);
    assert.match(page, /href="\/repositories\/acme\/pool\/h\.dsc"/);
    assert.match(page, /<span class="path">hello\.tar\.xz<\/span>.*90000.*(?:ef){32}/s);
    assert.match(page, /<details open>.*Format: 1\.8<\/pre>/s);
    assert.equal(page.match(/amd64\/log\/lines"/g)?.length, 1, 'the log of the last attempt');
    assert.match(page, /action="\/mini_buildd\/commands\/retry"/);
    assert.match(pageOf(way(), '', stranger), /logged in/);
  });

  it('stays below 60 kB with as much as one page holds', () => {
    const long = 'x'.repeat(250);
    const { files, attempts, happenings } = way('x'.repeat(400));
    const many = <Each>(one: Each | undefined, times: number): readonly Each[] =>
      Array.from({ length: times }, () => one as Each);
    const page = pageOf(
      way('hello', {
        files: many({ ...files[1], name: long } as (typeof files)[number], 16),
        attempts: many(attempts[1], 12),
        happenings: many(happenings[0], 15),
      }),
      'x'.repeat(6000),
    );
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('draws its way through builds and checks into suites', () => {
    const page = pageOf(way());
    const [svg = ''] = svgs(page);
    parseXml(svg);
    assert.equal(svg.match(/<rect /g)?.length, 5);
    assert.equal(svg.match(/class="way"/g)?.length, 5);
    assert.match(
      svg,
      /aria-label="hello hello was accepted, amd64 is built, arm64 is built, installed into trixie-acme-unstable, migrated to/,
    );
    assert.match(svg, /✗ lintian/);
    assert.match(page, /1:02:03/);
  });

  it('draws what was rejected, what came to nothing, and what has only just come', () => {
    const rejected = pageOf(way('hello', { verdict: 'rejected', builds: [], stops: [], result: 'open' }));
    assert.equal(rejected.match(/<rect /g)?.length, 1);
    const released = pageOf(way('hello', { result: 'released', stops: [] }));
    assert.match(released, /not installed/);
    const nothing = { source: undefined, version: undefined, repository: undefined, builds: [], stops: [] };
    assert.match(pageOf(way('', { ...nothing, verdict: 'received', result: 'open' })), /Upload of 01JD8W/);
  });

  it('keeps inert whatever an upload calls itself', () => {
    const harmless = tags(pageOf(way()));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (text) => {
        const page = pageOf(way(`${text}"><script>alert(1)</script>\u202e\u001b[31m\0`));
        assert.equal(tags(page), harmless);
        assert.ok(isInert(page));
      }),
    );
  });

  it('stands under its id, and under no other', async (test) => {
    const { url } = await serve(test, {
      upload: {
        page: async (id) => (id === upload ? way() : undefined),
        ofVersion: async () => undefined,
        rebuilt: () => undefined,
        movedIn: (_repository, source) => source === 'moved',
      },
    });
    const get = async (id: string) => (await fetch(`${url}/mini_buildd/uploads/${id}`)).status;
    assert.equal(await get(upload), 200);
    assert.equal(await get('01JD8W0R5X2Y3Z4A5B6C7D8E9G'), 404);
    assert.equal(await get('acme/hello/2.10-3'), 404);
    const moved = await fetch(`${url}/mini_buildd/uploads/acme/moved/2.10-3`, { redirect: 'manual' });
    assert.deepEqual([moved.status, moved.headers.get('location')], [302, '/mini_buildd/packages/moved']);
    assert.equal(await get('acme/..%2f..%2fetc/2.10-3'), 404);
    assert.equal(await get('..%2f..%2fetc'), 404);
  });
});
