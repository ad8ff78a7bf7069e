import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { acme } from '../support/fixed-examples.ts';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { type Reader, type TestBed, testBed } from './support/browser.ts';

/** What each of these pages is, for whoever looks. */
const pages = (bed: TestBed): Readonly<Record<string, string>> => ({
  home: '/mini_buildd/',
  'found packages': '/mini_buildd/packages?name=a',
  package: '/mini_buildd/packages/hello',
  'package that failed': '/mini_buildd/packages/rocket',
  repository: '/mini_buildd/repositories/acme',
  distribution: '/mini_buildd/repositories/acme/trixie-acme-unstable',
  'distribution of the past': `/mini_buildd/repositories/acme/trixie-acme-unstable?at=${bed.daemon.world.published.get(acme)?.[0]?.id}`,
  'two suites': '/mini_buildd/repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-testing',
  statistics: '/mini_buildd/statistics',
  'statistics by week': '/mini_buildd/statistics?by=weeks',
  upload: `/mini_buildd/uploads/${bed.buildOf('acme-tools').slice(0, 26)}`,
  'upload that failed': `/mini_buildd/uploads/${bed.buildOf('rocket').slice(0, 26)}`,
  event: `/mini_buildd/history/${bed.daemon.world.published.get(acme)?.at(-1)?.id}`,
  'build that runs': `/mini_buildd/builds/${bed.buildOf('birdseed')}`,
  'build that failed': `/mini_buildd/builds/${bed.buildOf('rocket')}`,
  'build with checks': `/mini_buildd/builds/${bed.buildOf('acme-tools')}`,
  history: '/mini_buildd/history',
  commands: '/mini_buildd/commands',
  'form of a command': '/mini_buildd/commands/migrate?package=hello',
  reference: '/mini_buildd/reference',
  'reference of a command': '/mini_buildd/reference/migrate',
  'answer of a command': '/mini_buildd/api/status?output=html',
  login: '/mini_buildd/login',
  style: '/mini_buildd/style',
  'form for uploads': '/mini_buildd/upload',
  verdict: `/mini_buildd/upload/verdict/${'0'.repeat(64)}`,
  manual: '/mini_buildd/doc/administration',
  'found in the manual': '/mini_buildd/doc/search?words=key',
  logs: '/log/acme/hello/2.10-3~acme13+1/',
});

const readers: Readonly<Record<string, Reader>> = {
  'an anonymous reader': {},
  'an anonymous reader in the dark': { dark: true },
  'an anonymous reader without scripts, on a phone': { phone: true, scripts: false },
  'a user on a phone': { who: 'user', phone: true },
  'a manager': { who: 'manager' },
  'an administrator on a phone in the dark': { who: 'administrator', dark: true, phone: true },
};

/** Bytes of markup that a page may have. */
const mostBytes = 60_000;

describe('Every page', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  for (const [name, reader] of Object.entries(readers)) {
    it(`is sound for ${name}`, async () => {
      const window = await bed.window(reader);
      for (const [page, path] of Object.entries({
        ...pages(bed),
        ...(reader.who === undefined ? {} : { account: '/mini_buildd/account' }),
      })) {
        assert.equal(await window.open(path), 200, page);
        await noSidewaysScrolling(window.page);
        if (reader.scripts !== false) await noSeriousFault(window.page);
      }
      window.isQuiet();
      await window.close();
    });
  }

  it('is short, shows strangers’ text as text, and asks nobody but us', async () => {
    for (const [page, path] of Object.entries(pages(bed))) {
      const text = await (await fetch(`${bed.url}${path}`)).text();
      assert.ok(Buffer.byteLength(text) <= mostBytes, `${page} has ${Buffer.byteLength(text)} bytes`);
      assert.ok(!/<script(?! src="\/mini_buildd\/assets\/)/.test(text), `${page} has a script that is not ours`);
      assert.ok(!/[\u202a-\u202e\u2066-\u2069\u001b\u0007]/.test(text), `${page} turns text around`);
    }
  });
});
