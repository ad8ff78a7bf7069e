import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PackageModel } from '../../../src/adapters/http/views/package-model.ts';
import { foundPage, packagePage } from '../../../src/adapters/http/views/package-page.ts';
import type { Position } from '../../../src/ports/event-log.ts';
import { acme, at, happening, isInert, tags } from './sample-pages.ts';
import { serve } from './served.ts';

const now = Date.parse('2026-11-29T10:00:00.000Z');

const place = (suite: string, version: string | undefined, earlier: readonly string[] = []) => ({
  distribution: `trixie-acme-${suite}`,
  codename: 'trixie',
  suite,
  migratesTo: suite === 'unstable' ? 'testing' : undefined,
  present: version === undefined ? undefined : { version, since: at },
  earlier: earlier.map((each) => ({ version: each, since: undefined })),
});

const model = (more: Partial<PackageModel> = {}): PackageModel => ({
  source: 'hello',
  repositories: [
    { repository: 'acme', places: [place('unstable', '1:2.10-3+b1', ['2.9-1']), place('testing', undefined)] },
  ],
  happenings: [happening()],
  isFirst: true,
  way: undefined,
  next: '7' as Position,
  ...more,
});

describe('the page of a package', () => {
  it('shows places, ages, what was before, and where to read on', () => {
    const page = packagePage(acme, model(), now);
    assert.match(page, /href="\/log\/acme\/hello\/1%3A2\.10-3%2Bb1\/"/);
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

  it('says nobody where nobody may be named', () => {
    const page = packagePage(acme, model({ happenings: [happening({ actor: { kind: 'key', name: '' } })] }), now);
    assert.match(page, /by somebody \(key\)/);
  });

  it('keeps whatever strangers say inert, wherever it stands', () => {
    const harmless = tags(packagePage(acme, model({ happenings: [happening()] }), now));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (said) => {
        const text = `${said}"><script>alert(1)</script>\u202e\u001b[31m\0`;
        const hostile = happening({
          says: text,
          version: text,
          distribution: text,
          actor: { kind: 'key', name: text },
        });
        const page = packagePage(acme, model({ happenings: [hostile] }), now);
        assert.equal(tags(page), harmless);
        assert.ok(isInert(page));
      }),
      { numRuns: 200 },
    );
  });

  it('stays below 60 kB with a full page of the longest events', () => {
    const long = happening({ says: 'a fact of many words '.repeat(3000), build: '01JD8W0R5X2Y3Z4A5B6C7D8E9F-amd64' });
    const page = packagePage(acme, model({ happenings: Array.from({ length: 40 }, () => long) }), now);
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });
});

describe('the address of a package', () => {
  const known = (source: string) => ({ names: [source], found: 1, isKnown: source === 'hello' });

  it('is where the search leads to that knows the whole name', async (test) => {
    const { url } = await serve(test, { packages: { page: async () => model(), search: known } });
    const found = await fetch(`${url}/mini_buildd/packages?name=+Hello`, { redirect: 'manual' });
    assert.equal(found.status, 302);
    assert.equal(found.headers.get('location'), '/mini_buildd/packages/hello');
    const part = await (await fetch(`${url}/mini_buildd/packages?name=hel`)).text();
    assert.match(part, /href="\/mini_buildd\/packages\/hel"/);
    assert.match(part, /value="hel"/);
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
    const page = foundPage(acme, '"><b>', { names: [], found: 0, isKnown: false });
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
