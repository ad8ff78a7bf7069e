import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { WorkModel } from '../../../src/adapters/http/views/home-model.ts';
import type { RepositoryModel, RepositorySuite } from '../../../src/adapters/http/views/repository-model.ts';
import { repositoryPage } from '../../../src/adapters/http/views/repository-page.ts';
import { suiteFlow } from '../../../src/adapters/http/views/suite-flow.ts';
import { pageLength } from '../../../src/app/pages/listing.ts';
import { acme, at, isInert, manager, tags } from './sample-pages.ts';
import { noRepositories, readUntil, serve } from './served.ts';

const suite = (name: string, migratesTo?: string): RepositorySuite => ({
  distribution: `trixie-acme-${name}`,
  suite: name,
  uploadable: migratesTo !== undefined,
  experimental: name === 'experimental',
  migratesTo,
  rollbacks: 4,
  versions: { rule: `~acme13\\+[1-9]`, appended: '~acme13+1' },
  packages: 12,
  oneLine: `deb http://buildd.example.org:8066/repositories/acme/ trixie-acme-${name} main\n`,
  deb822: `Types: deb\nSuites: trixie-acme-${name}\n`,
});

const model = (more: Partial<RepositoryModel> = {}): RepositoryModel => ({
  repository: 'acme',
  layout: 'Default',
  externalHomeUrl: null,
  publishedAt: undefined,
  codenames: ['trixie', 'bookworm'],
  former: [],
  codename: 'trixie',
  suites: [suite('stable'), suite('testing', 'stable'), suite('unstable', 'testing'), suite('experimental')],
  buildSources: [
    { source: 'Debian trixie', priority: null },
    { source: 'Debian trixie-backports', priority: 100 },
  ],
  keyFile: '/etc/apt/keyrings/mini-buildd-acme.asc',
  name: '',
  sort: 'name',
  page: 2,
  pages: 3,
  found: 101,
  packages: [{ source: 'hello', versions: [undefined, '2.9-1', '2.10-3', undefined], changedAt: undefined }],
  ...more,
});

describe('the page of a repository', () => {
  it('shows the flow, apt sources, and a page of packages', () => {
    const page = repositoryPage(acme, model(), manager);
    assert.match(page, /<svg [^>]*role="group"/);
    assert.match(page, /deb http:\/\/buildd\.example\.org:8066\/repositories\/acme\/ trixie-acme-stable main/);
    assert.match(page, /Suites: trixie-acme-stable/);
    assert.match(page, /href="\/mini_buildd\/uploads\/acme\/hello\/2\.9-1"/);
    assert.match(page, /page 2 of 3/);
    assert.match(page, /rel="next" href="[^"]*page=3#packages"/);
    assert.match(page, /aria-current="page">trixie</);
    assert.doesNotMatch(page, /<script(?! src="\/mini_buildd\/assets\/)| style=/);
  });

  it('says of each suite that takes uploads which versions, and what builds install from', () => {
    const page = repositoryPage(acme, model(), manager);
    assert.match(page, /For testing, unstable: a version has to hold <code>~acme13\\\+\[1-9\]<\/code>; to one from/);
    assert.match(page, /<code>~acme13\+1<\/code> is appended/);
    assert.match(page, /<li>Debian trixie<\/li><li>Debian trixie-backports, with priority 100<\/li>/);
  });

  it('leads to where people find more about it, and to nothing where nobody says where', () => {
    const page = repositoryPage(acme, model({ externalHomeUrl: 'https://example.org/acme?a="b"' }), manager);
    assert.match(
      page,
      /<a href="https:\/\/example\.org\/acme\?a=&#34;b&#34;" rel="noopener noreferrer">example\.org<\/a>/,
    );
    assert.doesNotMatch(repositoryPage(acme, model(), manager), /noopener/);
  });

  it('draws each suite once, and each way between two of them', () => {
    const drawn = suiteFlow('acme', model().suites).toString();
    assert.equal(drawn.match(/<rect /g)?.length, 4);
    assert.equal(drawn.match(/class="way"/g)?.length, 2);
    const circle = suiteFlow('acme', [suite('one', 'two'), suite('two', 'one')]).toString();
    assert.equal(circle.match(/<rect /g)?.length, 2);
    assert.equal(
      suiteFlow('acme', [])
        .toString()
        .match(/<rect /g),
      null,
    );
  });

  it('keeps inert what was typed and what packages are called', () => {
    const pageOf = (said: string) =>
      repositoryPage(
        acme,
        model({ name: said, codename: said, packages: [{ source: said, versions: [said], changedAt: undefined }] }),
        manager,
      );
    const harmless = tags(pageOf('hello'));
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const said = `${text}"><script>alert(1)</script>\u202e\0`;
        assert.equal(tags(pageOf(said)), harmless);
        assert.ok(isInert(pageOf(said)));
      }),
    );
  });

  it('stays below 60 kB with a full page of long names and versions', () => {
    const one = {
      source: 'a'.repeat(60),
      versions: Array.from({ length: 4 }, () => `1.${'2'.repeat(30)}-1`),
      changedAt: at,
    };
    const page = repositoryPage(acme, model({ packages: Array.from({ length: pageLength }, () => one) }), manager);
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('takes what cannot be read for what was not said', async (test) => {
    const asked: unknown[] = [];
    const { url } = await serve(test, {
      repository: { ...noRepositories, repository: (query) => void asked.push(query) },
    });
    const answer = await fetch(
      `${url}/mini_buildd/repositories/acme?page=-1&sort=size&name=+HEL+&codename=a&codename=b`,
    );
    assert.equal(answer.status, 404);
    assert.deepEqual(asked, [{ repository: 'acme', codename: '', name: 'hel', sort: 'name', page: 1 }]);
  });

  it('tells what is done to it just now, live', async (test) => {
    const state = { works: [] as WorkModel[] };
    const { url, changes$ } = await serve(test, {
      repository: { ...noRepositories, repository: () => model(), works: () => state.works },
    });
    const live = await fetch(`${url}/mini_buildd/repositories/acme/live`, { headers: { accept: 'text/event-stream' } });
    state.works = [{ kind: 'publication', about: 'acme', says: 'exporting <hello>', elapsed: 3, usual: 5 }];
    changes$.next();
    const told = await readUntil(live, (text) => text.includes('exporting'));
    assert.match(told, /exporting &#60;hello&#62;/);
    assert.match(await (await fetch(`${url}/mini_buildd/repositories/acme`)).text(), /3 s of usually 5/);
    assert.equal((await fetch(`${url}/mini_buildd/repositories/-/live`)).status, 404);
  });
});
