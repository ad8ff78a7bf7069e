import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Reader } from '../../../src/adapters/http/views/deed-button.ts';
import { html } from '../../../src/adapters/http/views/html.ts';
import { packageLanes } from '../../../src/adapters/http/views/package-lanes.ts';
import type { PackageCheck, PackageModel, PackageUpload } from '../../../src/adapters/http/views/package-model.ts';
import { packagePage } from '../../../src/adapters/http/views/package-page.ts';
import { packageUploads } from '../../../src/adapters/http/views/package-uploads.ts';
import { packagesFound } from '../../../src/adapters/http/views/packages-found.ts';
import type { Instant } from '../../../src/domain/codec.ts';
import type { BuildId, EventId } from '../../../src/domain/ids.ts';
import type { Position } from '../../../src/ports/event-log.ts';
import { acme, at, happening, isInert, tags } from './sample-pages.ts';
import { serve } from './served.ts';

/** Pixels beside lanes' names of 12rem, in a card of a window of 1024. */
const besideNames = 958 - 12 * 16;

const now = Date.parse('2026-11-29T10:00:00.000Z');

const place = (suite: string, version: string | undefined, earlier: readonly string[] = []) => ({
  distribution: `trixie-acme-${suite}`,
  codename: 'trixie',
  suite,
  migratesTo: suite === 'unstable' ? 'testing' : undefined,
  stays: undefined,
  byItself: undefined,
  isUploadable: suite === 'unstable',
  present: version === undefined ? undefined : { version, since: at, dsc: dscOf(version) },
  architectures: ['all', 'amd64'],
  earlier: earlier.map((each) => ({ version: each, since: undefined, dsc: undefined })),
});

const dscOf = (version: string): string =>
  `/repositories/acme/pool/main/h/hello/hello_${encodeURIComponent(version)}.dsc`;

const nothingHeld = { repository: 'acme', isConfigured: true, former: [], stays: [] } as const;

const model = (more: Partial<PackageModel> = {}): PackageModel => ({
  source: 'hello',
  repositories: [
    {
      repository: 'acme',
      isConfigured: true,
      former: [],
      places: [place('unstable', '1:2.10-3+b1', ['2.9-1']), place('testing', undefined)],
      stays: [
        { distribution: 'trixie-acme-unstable', version: '2.9-1', from: at, until: later },
        { distribution: 'trixie-acme-unstable', version: '1:2.10-3+b1', from: later, until: undefined },
      ],
    },
  ],
  uploads: [upload()],
  checks: [check()],
  newer: [],
  happenings: [happening()],
  isFirst: true,
  before: undefined,
  limit: 20,
  way: undefined,
  next: '7' as Position,
  ...more,
});

const later = '2026-11-26T10:00:00.000Z' as Instant;

const upload = (more: Partial<PackageUpload> = {}): PackageUpload => ({
  upload: '01JD8W0R5X2Y3Z4A5B6C7D8E9F',
  changes: 'hello_2.11-1_source.changes',
  at,
  version: '2.11-1',
  distribution: 'trixie-acme-unstable',
  repository: 'acme',
  state: 'failed',
  note: 'amd64 failed',
  canRetry: true,
  builds: [
    {
      build: '01JD8W0R5X2Y3Z4A5B6C7D8E9F-amd64' as BuildId,
      architecture: 'amd64',
      state: 'failed',
      note: 'ftbfs',
      checks: [],
    },
  ],
  ...more,
});

const passed = (tool: string) => ({ tool, state: 'passed', note: undefined, log: undefined }) as const;

/** One that a check is not content with, and two with which all is well. */
const builds: PackageUpload['builds'] = (['amd64', 'arm64', 'ppc64el'] as const).map((architecture) => ({
  build: `01JD8W0R5X2Y3Z4A5B6C7D8E9F-${architecture}` as BuildId,
  architecture,
  state: 'built',
  note: undefined,
  checks:
    architecture === 'amd64'
      ? [{ tool: 'lintian', state: 'failed', note: '1 error', log: '/log/acme/hello/lintian' }, passed('piuparts')]
      : [passed('lintian'), passed('piuparts')],
}));

const check = (more: Partial<PackageCheck> = {}): PackageCheck => ({
  repository: 'acme',
  version: '1:2.10-3+b1',
  stands: true,
  architecture: 'amd64',
  tool: 'lintian',
  status: 'failed',
  counts: { error: 1, warning: 2 },
  because: null,
  before: '2.9-1',
  appeared: ['error hello: no-copyright-file'],
  gone: ['warning hello: no-manual-page'],
  more: 3,
  log: '/log/acme/hello/x/amd64/lintian.log',
  report: undefined,
  ...more,
});

const stranger: Reader = { may: () => false, isStranger: true, token: undefined };
const manager: Reader = {
  may: (command) => command !== 'remove',
  isStranger: false,
  token: html`<input type="hidden" name="form_token" value="T">`,
};

describe('the page of a package', () => {
  it('shows places, ages, what was before, and where to read on', () => {
    const page = packagePage(acme, model(), stranger, now);
    assert.match(page, /href="\/mini_buildd\/uploads\/acme\/hello\/1%3A2\.10-3%2Bb1"/);
    assert.match(page, />3 days<\/time>/);
    assert.match(page, /→ testing/);
    assert.match(page, /1 earlier/);
    assert.match(page, /2\.9-1/);
    assert.match(page, /href="\/mini_buildd\/packages\/hello\?before=7"/);
    assert.match(page, /mini-buildd-tool buildd\.example\.org:8066 show hello --verbose</);
    assert.match(page, /0123 4567 89AB/);
    assert.match(page, /rel="alternate"[^>]*href="\/mini_buildd\/feeds\/packages\/hello\.atom"/);
    assert.doesNotMatch(page, /<script(?! src="\/mini_buildd\/assets\/)|<style| style=| on[a-z]+="/);
  });

  it('offers what has a newer version where it was ported from, to who may port it', () => {
    const offer = {
      source: 'hello',
      distribution: 'trixie-acme-unstable',
      ported: '2.10-3',
      newer: '2.11-1',
      archive: 'debian-sid',
      dsc: 'http://deb.debian.example.org/debian/pool/main/h/hello/hello_2.11-1.dsc',
      as: '2.11-1~acme13+1',
      from: null,
      refusal: null,
      rule: 'offer' as const,
      isTried: false,
      failure: null,
    };
    const newer = model({ newer: [offer] });
    assert.match(
      packagePage(acme, newer, manager, now),
      /2\.11-1<\/code> is in debian-sid[\s\S]*commands\/portext"[\s\S]*name="dsc" value="http:[^"]*hello_2\.11-1\.dsc"[\s\S]*Port it …/,
    );
    assert.doesNotMatch(packagePage(acme, newer, stranger, now), /debian-sid/);
    const refusal = { fact: 'it was installed before', remedy: 'upload it by hand' };
    const refused = packagePage(acme, model({ newer: [{ ...offer, as: null, refusal }] }), manager, now);
    assert.match(refused, /It would not be taken: it was installed before \(upload it by hand\)/);
    assert.doesNotMatch(refused, /name="dsc"/);
  });

  it('has a button for each deed that makes sense and its reader may do, and tells the others what they would need', () => {
    const page = packagePage(acme, model(), manager, now);
    const button = (command: string, distribution: string): RegExp =>
      new RegExp(`formaction="/mini_buildd/commands/${command}" name="distribution" value="${distribution}"`);
    assert.match(page, button('migrate', 'trixie-acme-unstable'));
    assert.match(page, button('restore', 'trixie-acme-unstable-rollback0'));
    assert.doesNotMatch(page, /Remove a rollback/);
    const all = packagePage(acme, model(), { ...manager, may: () => true }, now);
    assert.match(
      all,
      /commands\/remove\?package=hello&#38;distribution=trixie-acme-unstable-rollback0">Remove a rollback/,
    );
    assert.match(page, /href="\/repositories\/acme\/pool\/main\/h\/hello\/hello_[^"]+\.dsc"/);
    assert.doesNotMatch(page, button('remove', 'trixie-acme-unstable'));
    assert.match(page, /form="rebuild-trixie-acme-unstable"[^>]*value="trixie-acme-unstable">Rebuild</);
    assert.match(page, /action="\/mini_buildd\/commands\/retry">[^\n]*value="2\.11-1"/);
    assert.match(page, /remove<\/a>: not for your account/);
    const seen = packagePage(acme, model(), stranger, now);
    assert.doesNotMatch(seen, /formaction|<button class="second/);
    assert.match(seen, /migrate<\/a>, [\s\S]*next=%2Fmini_buildd%2Fpackages%2Fhello">logged in/);
  });

  it('says why something does not migrate instead of offering it', () => {
    const held = { ...place('unstable', '2.9-1'), stays: 'testing has 2.10-3, which is higher' };
    const repositories = [{ repository: 'acme', isConfigured: true, former: [], places: [held], stays: [] }];
    const page = packagePage(acme, model({ repositories }), manager, now);
    assert.doesNotMatch(page, /commands\/migrate"/);
    assert.match(page, /testing has 2\.10-3, which is higher/);
  });

  it('draws what stood where, with a table behind, and says what checks say otherwise than before', () => {
    const page = packagePage(acme, model(), stranger, now);
    assert.match(page, /<title>2\.9-1 in trixie-acme-unstable from 2026-11-26T09:00 until 2026-11-26T10:00<\/title>/);
    assert.match(page, /<title>1:2\.10-3\+b1 in [^<]*<\/title><rect class="stay stay-now"/);
    assert.match(page, /data-head="Until \(UTC\)"><time datetime="2026-11-26T10:00/);
    assert.match(page, /new<\/span> error hello: no-copyright-file/);
    assert.match(page, /gone<\/span> warning hello: no-manual-page/);
    assert.match(page, /and 3 more/);
  });

  it('draws what stood where as wide as it fits beside names of lanes, however many moments there were', () => {
    for (let moments = 1; moments <= 30; moments += 1) {
      const stays = Array.from({ length: moments }, (_, n) => ({
        distribution: 'trixie-acme-unstable',
        version: `1.${n}`,
        from: new Date(Date.parse(at) + n * 3_600_000).toISOString() as Instant,
        until: undefined,
      }));
      const page = packageLanes('hello', stays).toString();
      const width = Number(/<svg class="lanes"[^>]* width="(\d+)"/.exec(page)?.[1]);
      assert.ok(width > 0 && width <= besideNames, `${moments} moments are ${width} pixels wide`);
    }
  });

  it('shows first what is news, and folds away what was before and what passed as ever', () => {
    const page = packagePage(
      acme,
      model({
        uploads: ['2.11-4', '2.11-3', '2.11-2', '2.11-1'].map((version) => upload({ version })),
        checks: [
          check({ tool: 'piuparts', status: 'passed', appeared: [], gone: [] }),
          check({ tool: 'autopkgtest', status: 'passed', gone: [] }),
          check(),
        ],
        happenings: Array.from({ length: 9 }, (_, n) => happening({ says: `step ${n}.` })),
      }),
      stranger,
      now,
    );
    const folded = [...page.matchAll(/<details[^>]*><summary>(.*?)<\/summary>([\s\S]*?)<\/details>/g)];
    const within = (summary: string): string => folded.find(([, says]) => says === summary)?.[2] ?? '';
    const inView = page.replace(/<details[\s\S]*?<\/details>/g, '');
    assert.match(within('1 before these'), /2\.11-1/);
    assert.match(inView, /2\.11-4[\s\S]*2\.11-3[\s\S]*2\.11-2/);
    assert.match(within('1 passed, and found nothing new'), /piuparts/);
    assert.match(inView, /autopkgtest[\s\S]*lintian/);
    assert.match(within('3 before these'), /step 6\.[\s\S]*step 7\.[\s\S]*step 8\./);
    assert.match(inView, /step 0\.[\s\S]*step 5\./);
    const older = packagePage(
      acme,
      model({ isFirst: false, happenings: Array.from({ length: 9 }, () => happening()) }),
      stranger,
      now,
    );
    assert.doesNotMatch(older, /before these/);
  });

  it('tells of each of the last uploads in view what builds and checks came to, and where their logs are', () => {
    const page = packagePage(
      acme,
      model({ uploads: ['2.11-4', '2.11-3', '2.11-2', '2.11-1'].map((version) => upload({ version, builds })) }),
      stranger,
      now,
    );
    const rows = page.split('<tr').filter((each) => /2\.11-\d/.test(each) && each.includes('/log/lines'));
    assert.deepEqual(
      rows.map((each) => /2\.11-\d/.exec(each)?.[0]),
      ['2.11-4', '2.11-3', '2.11-2'],
    );
    for (const each of rows) {
      assert.match(each, /lintian failed/);
      assert.match(each, /2 checks passed/);
      assert.match(each, /href="\/log\/acme\/hello\/lintian"/);
      assert.match(each, /aria-label="Log of arm64"/);
    }
  });

  it('tells in short what is well where there is no room for all, and still what is not', () => {
    const whole = packageUploads('hello', [upload({ builds })], stranger, 10_000).toString();
    assert.match(whole, /2 checks passed/);
    const some = packageUploads('hello', [upload({ builds })], stranger, 900).toString();
    assert.match(some, /lintian failed/);
    assert.match(some, /aria-label="Log of amd64"/);
    assert.doesNotMatch(some, /checks passed|Log of arm64/);
    const none = packageUploads('hello', [upload({ builds })], stranger, 0).toString();
    assert.doesNotMatch(none, /Log of|lintian/);
    for (const each of [whole, some, none]) assert.match(each, /amd64[\s\S]*arm64[\s\S]*ppc64el/);
  });

  it('is told by its history to a terminal as long as it stands nowhere', () => {
    for (const repositories of [[], [{ ...nothingHeld, places: [place('testing', undefined)] }]]) {
      const page = packagePage(acme, model({ repositories, checks: [] }), stranger, now);
      assert.match(page, /mini-buildd-tool buildd\.example\.org:8066 history hello</);
      assert.doesNotMatch(page, /api\/show|8066 show/);
    }
  });

  it('says nobody where nobody may be named', () => {
    const page = packagePage(
      acme,
      model({ happenings: [happening({ actor: { kind: 'key', name: '' } })] }),
      stranger,
      now,
    );
    assert.match(page, /by somebody \(key\)/);
  });

  it('keeps whatever strangers say inert, wherever it stands', () => {
    const harmless = tags(packagePage(acme, model({ happenings: [happening()] }), stranger, now));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (said) => {
        const text = `${said}"><script>alert(1)</script>\u202e\u001b[31m\0`;
        const hostile = happening({
          says: text,
          version: text,
          distribution: text,
          actor: { kind: 'key', name: text },
        });
        const uploads = [upload({ version: text, distribution: text, note: text })];
        const checks = [check({ appeared: [text], gone: [text], because: text })];
        const page = packagePage(acme, model({ happenings: [hostile], uploads, checks }), stranger, now);
        assert.equal(tags(page), harmless);
        assert.ok(isInert(page));
      }),
      { numRuns: 200 },
    );
  });

  it('stays below 60 kB with a full page of the longest events', () => {
    const long = happening({ says: 'a fact of many words '.repeat(3000), build: '01JD8W0R5X2Y3Z4A5B6C7D8E9F-amd64' });
    const page = packagePage(acme, model({ happenings: Array.from({ length: 30 }, () => long) }), stranger, now);
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('stays below 60 kB for who may do everything, with many places', () => {
    const places = ['sid', 'trixie', 'bookworm'].flatMap((codename) =>
      ['experimental', 'snapshot', 'unstable', 'testing', 'hotfix', 'stable'].map((suite) => ({
        ...place(suite, '2.10-3~acme13+1', ['2.9-1~acme13+1', '2.8-1~acme13+1', '2.7-1~acme13+1']),
        codename,
        distribution: `${codename}-acme-${suite}`,
      })),
    );
    const repositories = [{ repository: 'acme', isConfigured: true, former: [], places, stays: [] }];
    const everybody = { ...manager, may: () => true };
    const page = packagePage(
      acme,
      model({ repositories, happenings: Array.from({ length: 30 }, () => happening()) }),
      everybody,
      now,
    );
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('stays below 60 kB for who may do everything, with all rollbacks of the default layout in three codenames', () => {
    const versions = Array.from({ length: 10 }, (_, n) => `2.${20 - n}-1~acme13+1`);
    const codenames = ['bookworm', 'trixie', 'forky'];
    const places = codenames.flatMap((codename) =>
      (
        [
          ['unstable', 9],
          ['testing', 3],
          ['stable', 6],
        ] as const
      ).map(([suite, rollbacks]) => {
        const [present, ...earlier] = versions.slice(0, rollbacks + 1).map((version) => ({
          version,
          since: at,
          dsc: dscOf(version),
        }));
        const distribution = `${codename}-acme-${suite}`;
        return { ...place(suite, undefined), codename, distribution, present, earlier };
      }),
    );
    const stays = places.flatMap(({ distribution, earlier }) =>
      earlier.map(({ version }, n) => ({
        distribution,
        version,
        from: `2026-11-${20 - n}T09:00:00.000Z` as Instant,
        until: `2026-11-${21 - n}T09:00:00.000Z` as Instant,
      })),
    );
    const architectures = ['amd64', 'arm64'];
    const id = '01JD8W0R5X2Y3Z4A5B6C7D8E9F';
    const builds = architectures.map((architecture) => ({
      build: `${id}-${architecture}` as BuildId,
      architecture,
      state: 'built' as const,
      note: undefined,
      checks: ['lintian', 'autopkgtest'].map((tool) => ({
        tool,
        state: 'failed' as const,
        note: '1 error, 2 warnings',
        log: `/log/acme/hello/2.11-1~acme13%2B1/${architecture}/hello_2.11-1~acme13%2B1_${architecture}.lintian.log.gz`,
      })),
    }));
    const checks = versions
      .slice(0, 3)
      .flatMap((version) =>
        architectures.flatMap((architecture) =>
          ['lintian', 'autopkgtest'].map((tool) => check({ version, architecture, tool })),
        ),
      );
    const full = model({
      repositories: [{ repository: 'acme', isConfigured: true, former: [], places, stays }],
      uploads: Array.from({ length: 8 }, (_, n) => upload({ builds, canRetry: n === 0 })),
      checks,
      happenings: Array.from({ length: 20 }, (_, n) =>
        happening({
          position: String(100 - n) as Position,
          id: `00000000-0000-4000-8000-0000000000${10 + n}` as EventId,
          says: 'said in many words '.repeat(9),
          build: `${id}-amd64`,
          correlation: `upload-${id}`,
          causedBy: '00000000-0000-4000-8000-000000000001' as EventId,
        }),
      ),
      next: undefined,
    });
    const page = packagePage(acme, full, { ...manager, may: () => true }, now);
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
    assert.match(page, />9 earlier, more</);
    assert.match(page, /&#38;verbose=true&#38;output=plain">all 9</);
    assert.match(page, /restore\?package=hello&#38;distribution=trixie-acme-unstable-rollback3">Restore another/);
    assert.doesNotMatch(page, /value="trixie-acme-unstable-rollback3"/);
    const shown = page.match(/<li id="00000000/g)?.length ?? 0;
    assert.ok(shown >= 5, `${shown} happenings`);
    if (shown < 20)
      assert.match(page, new RegExp(`rel="next" href="/mini_buildd/packages/hello\\?before=${101 - shown}"`));
  });
});

describe('the address of a package', () => {
  const where = ['unstable', 'testing', 'stable'].map((suite) => ({
    repository: 'acme',
    distribution: `trixie-acme-${suite}`,
  }));
  const known = (source: string) => ({
    page: 1,
    pages: 1,
    found: 1,
    items: [
      {
        source,
        versions: ['2.10-4', '2.10-3', '2.10-2'].map((version) => ({ version, where })),
        changedAt: at,
      },
    ],
    isKnown: source === 'hello',
  });

  it('is where the search leads to that knows the whole name', async (test) => {
    const { url } = await serve(test, { packages: { page: async () => model(), search: known } });
    const found = await fetch(`${url}/mini_buildd/packages?name=+Hello`, { redirect: 'manual' });
    assert.equal(found.status, 302);
    assert.equal(found.headers.get('location'), '/mini_buildd/packages/hello');
    const part = await (await fetch(`${url}/mini_buildd/packages?name=hel`)).text();
    assert.match(part, /href="\/mini_buildd\/packages\/hel"/);
    assert.match(part, /value="hel"/);
    assert.match(part, /2\.10-4.*trixie-acme-testing.*and 1 more.*2\.10-3.*and 1 more/s);
    assert.match(part, /aria-sort="ascending"><a href="\/mini_buildd\/packages\?name=hel&#38;sort=name-back#packages"/);
    const latest = await (await fetch(`${url}/mini_buildd/packages?name=hel&sort=changed`)).text();
    assert.match(latest, /aria-sort="descending"><a href="[^"]*sort=changed-back#packages">Last changed/);
    assert.match(latest, /search hel --sort=changed</);
    const page = await fetch(`${url}/mini_buildd/packages/hello`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('cache-control'), 'no-store');
  });

  for (const path of ['gcc', '..%2f..%2fetc', '%00', 'a'.repeat(400), 'hello?before=%0a', 'hello?before=1&before=2']) {
    it(`is none that reads ${JSON.stringify(path.slice(0, 40))}`, async (test) => {
      const page = async ({ source }: { readonly source: string }) => (source === 'hello' ? model() : undefined);
      const { url } = await serve(test, { packages: { page, search: known } });
      const answer = await fetch(`${url}/mini_buildd/packages/${path}`, { headers: { accept: 'text/html' } });
      assert.equal(answer.status, 404);
    });
  }

  it('is found by a form on every page, also with what was sought before in it', () => {
    const page = packagesFound(acme, '"><b>', { page: 1, pages: 1, items: [], found: 0, isKnown: false });
    assert.match(page, /role="search" action="\/mini_buildd\/packages"/);
    assert.match(page, /value="&#34;&#62;&#60;b&#62;"/);
    assert.match(page, /No source package is called so/);
  });
});

describe('the page of style', () => {
  it('shows every look by word and shape', async (test) => {
    const { url } = await serve(test);
    const page = await (await fetch(`${url}/mini_buildd/style`)).text();
    for (const look of ['good', 'bad', 'busy', 'warn', 'idle']) assert.match(page, new RegExp(`badge ${look}"`));
    assert.match(page, /mini-buildd 1\.2\.3/);
  });
});
