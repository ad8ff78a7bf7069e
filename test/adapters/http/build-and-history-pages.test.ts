import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { left, right } from 'fp-ts/lib/Either.js';
import type { BuildModel, BuildStageLine } from '../../../src/adapters/http/views/build-model.ts';
import { buildPage } from '../../../src/adapters/http/views/build-page.ts';
import type { Reader } from '../../../src/adapters/http/views/deed-button.ts';
import type { Filters } from '../../../src/adapters/http/views/history-model.ts';
import { badHistoryPage, historyPage } from '../../../src/adapters/http/views/history-page.ts';
import type { FileName, Sha256, StoredFile } from '../../../src/domain/debian/names.ts';
import type { BuildId, EventId, UploadId } from '../../../src/domain/ids.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { Position, Query } from '../../../src/ports/event-log.ts';
import { emptyHistory } from '../../support/empty-history.ts';
import { acme, at, happening, isInert, manager, proof, stranger, tags } from './sample-pages.ts';
import { serve } from './served.ts';

const upload = '01JD8W0R5X2Y3Z4A5B6C7D8E9F' as UploadId;
const build = `${upload}-amd64` as BuildId;

const model = (said = 'ftbfs in build: it does not compile'): BuildModel => ({
  build,
  upload,
  source: 'hello',
  version: '2.10-3',
  distribution: 'trixie-acme-unstable',
  repository: 'acme',
  architecture: 'amd64',
  archAll: true,
  state: 'built',
  since: at,
  waits: said,
  priority: 0,
  canRetry: true,
  stages: [
    { stage: 'waiting', attempt: undefined, from: at, seconds: 60, state: 'over', note: said },
    { stage: 'attempt', attempt: 1, from: at, seconds: 4000, state: 'over', note: said },
    { stage: 'build', attempt: 2, from: at, seconds: 3723, state: 'goes on', note: undefined },
    { stage: 'cleanup', attempt: undefined, from: undefined, seconds: undefined, state: 'to come', note: undefined },
  ],
  isInstalled: true,
  attempts: [
    {
      attempt: 1,
      builder: said,
      because: said,
      startedAt: at,
      ended: { at, word: 'failed', fact: said, times: { install: 5, build: 3723, total: 0 } },
    },
    { attempt: 2, builder: 'ernie', because: undefined, startedAt: at, ended: undefined },
  ],
  checks: [
    {
      tool: 'lintian',
      state: 'failed',
      requestedAt: at,
      startedAt: at,
      endedAt: at,
      says: said,
      findings: [said],
      moreFindings: 3,
      log: '/log/acme/hello/2.10-3/amd64/lintian.log',
      report: undefined,
      before: '2.10-2',
      appeared: [said],
      gone: [said],
      more: 1,
    },
  ],
  artifacts: [
    {
      name: 'hello_2.10-3_amd64.deb',
      size: 53_000,
      sha256: 'ab'.repeat(32),
      isKept: false,
      path: '/repositories/acme/pool/main/h/hello/hello_2.10-3_amd64.deb',
    },
    { name: 'hello-doc_2.10-3_all.deb', size: 5000, sha256: 'ef'.repeat(32), isKept: false, path: undefined },
    { name: 'hello_2.10-3+b1_amd64.buildinfo', size: 5300, sha256: 'cd'.repeat(32), isKept: true, path: undefined },
  ],
  moreArtifacts: 0,
  happenings: [happening({ says: said, build })],
});

const hostile = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 200 })
  .map((said) => `${said}"><script>alert(1)</script>\u202e\u001b[31m\0`);

const logOf = (line: string) => ({ first: 7, lines: [line, line], of: 8, isGrowing: false });

describe('the page of a build', () => {
  it('shows attempts with their durations, checks, and artifacts with their hashes', () => {
    const page = buildPage(acme, model(), undefined, stranger);
    assert.match(page, />1:02:03</);
    assert.match(page, />5.0 s</);
    assert.match(page, /href="\/repositories\/acme\/pool\/main\/h\/hello\/hello_2\.10-3_amd64\.deb"/);
    assert.match(page, new RegExp(`href="/mini_buildd/builds/${build}/files/hello-doc_2.10-3_all.deb"`));
    assert.match(page, /In all 1:06:40; the longest was attempt 1: 1:06:40/);
    assert.match(page, /since <span class="version">2\.10-2/);
    assert.match(page, new RegExp('ab'.repeat(32)));
    assert.match(page, /href="\/log\/acme\/hello\/2\.10-3\/amd64\/hello_2\.10-3%2Bb1_amd64\.buildinfo"/);
    assert.match(page, new RegExp(`href="/mini_buildd/builds/${build}/log"`));
    assert.match(page, /4 kinds of findings/);
    assert.match(page, new RegExp(`mini-buildd-tool buildd\\.example\\.org:8066 why ${build}<`));
  });

  it('leads from a binNMU to its plan, says why it is built again, and offers no upload to be retried', () => {
    const rebuild = { as: '2.10-3+b1', binNmu: '01JD8W0R5X2Y3Z4A5B6C7D8E9F', reason: 'Rebuild against libfoo 2' };
    const page = buildPage(acme, { ...model(), rebuild }, undefined, manager);
    assert.match(page, /<h1>[^\n]*2\.10-3\+b1/);
    assert.match(page, /binNMU: Rebuild against libfoo 2/);
    assert.match(page, /href="\/mini_buildd\/progress\?stream=binnmu-01JD8W0R5X2Y3Z4A5B6C7D8E9F"/);
    assert.ok(!page.includes(`/mini_buildd/uploads/${model().upload}`));
    assert.doesNotMatch(page, /Give up its upload/);
  });

  it('tells what happened to the second, and each day once', () => {
    const happenings = ['26T10:00:59.900Z', '26T10:00:03.000Z', '25T23:59:00.000Z'].map((day) =>
      happening({ at: `2026-11-${day}` as typeof at }),
    );
    const page = buildPage(acme, { ...model(), happenings }, undefined, stranger);
    const [, told = ''] = page.split('id="happened"');
    assert.deepEqual(
      [...told.matchAll(/<time [^>]*>(.*?)<\/time>/g)].map(([, shown = '']) => shown.replaceAll(/<\/?b>/g, '')),
      ['2026-11-26 10:00:59', '10:00:03', '2026-11-25 23:59:00'],
    );
    assert.match(told, /title="2026-11-26">10:00:03</);
  });

  it('says at its top why it failed, and where its log first went wrong', () => {
    const failing = { ...model(), state: 'failed' as const, attempts: model().attempts.slice(0, 1) };
    const log = { ...logOf('cc: fatal error: no input'), firstError: { line: 8, says: 'cc: fatal error: no input' } };
    const page = buildPage(acme, failing, log, stranger);
    assert.match(page, /failed<\/span> <strong[^>]*>ftbfs in build: it does not compile<\/strong>/);
    assert.match(page, /First error, in <a href="#L8">line 8<\/a>: <code>cc: fatal error: no input</);
    assert.match(page, /<li id="L8" class="wrong marked" aria-current="true">/);
    assert.doesNotMatch(buildPage(acme, model(), logOf('ok'), stranger), /<strong class="fact">|First error, in/);
  });

  it('keeps inert whatever builders, tools and packages say', () => {
    const harmless = tags(buildPage(acme, model(), logOf('ok'), manager));
    fc.assert(
      fc.property(hostile, (said) => {
        const page = buildPage(acme, model(said), logOf(said.replaceAll('\u001b', '')), manager);
        assert.equal(tags(page), harmless);
        assert.ok(isInert(page));
      }),
    );
  });

  it('stays below 60 kB with as much as one page holds', () => {
    const one = model('many words of a long fact '.repeat(500));
    const [attempt] = one.attempts;
    const [artifact] = one.artifacts;
    const [check] = one.checks;
    assert.ok(artifact !== undefined && attempt !== undefined && check !== undefined);
    const page = buildPage(
      acme,
      {
        ...one,
        attempts: Array.from({ length: 5 }, () => attempt),
        checks: Array.from({ length: 3 }, () => ({
          ...check,
          ...{ findings: Array.from({ length: 10 }, () => 'x'.repeat(200)), appeared: [], gone: [] },
        })),
        stages: Array.from({ length: 19 }, () => one.stages[0] as BuildStageLine),
        artifacts: Array.from({ length: 15 }, () => artifact),
        happenings: Array.from({ length: 8 }, () => happening({ says: 'x'.repeat(9000), build })),
      },
      { first: 1, lines: Array.from({ length: 60 }, () => '<'.repeat(40)), of: 60, isGrowing: true },
      manager,
    );
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('offers what its state allows to who may do it', () => {
    const of = (state: BuildModel['state'], canRetry: boolean, reader: Reader): readonly string[] =>
      [...buildPage(acme, { ...model(), state, canRetry }, undefined, reader).matchAll(/\/commands\/(\w+)[?"]/g)].map(
        ([, command = '']) => command,
      );
    assert.deepEqual(of('building', false, manager), ['cancel']);
    assert.deepEqual(of('needs-build', false, manager), ['priority', 'cancel']);
    assert.deepEqual(of('dep-wait', true, manager), ['retry', 'priority', 'cancel']);
    assert.deepEqual(of('failed', true, manager), ['retry']);
    assert.deepEqual(of('built', false, manager), []);
    assert.match(buildPage(acme, model(), undefined, stranger), /logged in<\/a>/);
    assert.ok(!buildPage(acme, model(), undefined, stranger).includes('<form class="deed-button"'));
  });

  it('gives the packages that it names, and says what is gone', async (test) => {
    const made: StoredFile[] = [];
    const { url, store } = await serve(test, {
      builtFile: async (id, name) => (id === build ? made.find((file) => file.name === name) : undefined),
    });
    const kept = await store('a.deb', 'deb');
    made.push(kept, { ...kept, name: 'gone.deb' as FileName, sha256: 'ab'.repeat(32) as Sha256 });
    const get = (name: string, of = build as string) => fetch(`${url}/mini_buildd/builds/${of}/files/${name}`);
    const answer = await get('a.deb');
    assert.equal(answer.headers.get('content-type'), 'application/vnd.debian.binary-package');
    assert.equal(await answer.text(), 'deb');
    assert.equal((await get('gone.deb')).status, 410);
    assert.equal((await get('a.deb', `${upload}-arm64`)).status, 404);
    assert.equal((await get('..%2f..%2fa.deb', 'nobuild')).status, 404);
  });

  it('stands under its id, and under no other', async (test) => {
    const { url } = await serve(test, { build: async (id) => (id === build ? model() : undefined) });
    const get = async (id: string) => (await fetch(`${url}/mini_buildd/builds/${id}`)).status;
    assert.equal(await get(build), 200);
    assert.equal(await get(`${upload}-arm64`), 404);
    assert.equal(await get('..%2f..%2fetc'), 404);
  });
});

describe('the page of history', () => {
  it('leads from an event to its cause, to all of its chain, and on to older ones with the same filters', () => {
    const cause = '00000000-0000-4000-8000-000000000002' as EventId;
    const one = happening({ causedBy: cause, correlation: upload });
    const page = historyPage(
      acme,
      { filters: { package: 'hello' }, before: undefined },
      {
        ...emptyHistory,
        happenings: [one],
        next: '9' as Position,
        proof,
      },
    );
    assert.match(page, new RegExp(`href="/mini_buildd/history\\?correlation=${upload}#${one.id}"`));
    assert.match(page, new RegExp(`href="/mini_buildd/history/${cause}\\?chain=${upload}"`));
    assert.match(page, new RegExp(`href="/mini_buildd/history/${one.id}\\?chain=${upload}"`));
    assert.match(page, new RegExp(`id="${one.id}"`));
    assert.match(page, /href="\/mini_buildd\/history\?package=hello&#38;before=9"/);
    assert.match(page, /name="package" value="hello"/);
    assert.match(page, /mini-buildd-tool buildd\.example\.org:8066 history hello</);
  });

  it('asks the log for what was typed, and for nothing that was left empty', async (test) => {
    const asked: Omit<Query, 'limit'>[] = [];
    const page = async (query: Omit<Query, 'limit'>) => {
      asked.push(query);
      return right({
        ...emptyHistory,
        proof,
      });
    };
    const { url } = await serve(test, {
      history: {
        page,
        newer: async () => ({ count: 0, until: undefined }),
        names: async () => undefined,
        event: async () => undefined,
      },
    });
    await fetch(`${url}/mini_buildd/history?package=+hello+&actor=&from=2026-11-22&before=7&other=x`);
    assert.deepEqual(asked, [{ package: 'hello', from: '2026-11-22T00:00:00.000Z', before: '7' }]);
  });

  it('is followed from the end of the log on where nothing is on it', () => {
    const empty = historyPage(
      acme,
      { filters: {}, before: undefined },
      { ...emptyHistory, proof, asOf: '42' as Position },
    );
    assert.match(empty, /history\/live\?since=42/);
  });

  it('gives back what was typed wrongly, with what is wrong', async (test) => {
    const { url } = await serve(test);
    const answer = await fetch(`${url}/mini_buildd/history?from=yesterday&package=hello`);
    assert.equal(answer.status, 400);
    const page = await answer.text();
    assert.match(page, /name="from" value="yesterday"/);
    assert.match(page, /name="package" value="hello"/);
    assert.match(page, /role="alert"/);
  });

  it('says why somebody may not ask so', async (test) => {
    const because = refusal('needs-privilege', 'this is for staff', 'log in');
    const { url } = await serve(test, {
      history: {
        page: async () => left(because),
        newer: async () => ({ count: 0, until: undefined }),
        names: async () => undefined,
        event: async () => undefined,
      },
    });
    const answer = await fetch(`${url}/mini_buildd/history?actor=alice`);
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /this is for staff/);
  });

  it('keeps filters and events inert', () => {
    const pageOf = (said: string) => {
      const filters: Filters = { package: said, actor: said, correlation: said };
      const events = [happening({ says: said, version: said, correlation: said, stream: said })];
      const bad = badHistoryPage(acme, filters, [refusal('bad-argument', said, said)]);
      return (
        historyPage(
          acme,
          { filters, before: said },
          {
            ...emptyHistory,
            happenings: events,
            proof,
          },
        ) + bad
      );
    };
    const harmless = tags(pageOf('hello'));
    fc.assert(
      fc.property(hostile, (said) => {
        assert.equal(tags(pageOf(said)), harmless);
        assert.ok(isInert(pageOf(said)));
      }),
    );
  });

  it('stays below 60 kB with a full page of the longest events', () => {
    const long = happening({ says: 'a fact of many words '.repeat(3000), build, causedBy: happening().id });
    const page = historyPage(
      acme,
      { filters: {}, before: undefined },
      {
        happenings: Array.from({ length: 40 }, () => long),
        next: undefined,
        asItWas: undefined,
        distributions: [],
        formerDistributions: [],
        logins: [],
        asOf: undefined,
        proof,
      },
    );
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });
});
