import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { manual } from '../../src/adapters/http/manual.ts';
import { noSeriousFault, noSidewaysScrolling, nothingCutOff } from './support/accessible.ts';
import { type Reader, type TestBed, testBed } from './support/browser.ts';
import { pages } from './support/pages.ts';

const readers: Readonly<Record<string, Reader>> = {
  'an anonymous reader': {},
  'an anonymous reader in the dark': { dark: true },
  'an anonymous reader without scripts, on a phone': { phone: true, scripts: false },
  'a user on a phone': { who: 'user', phone: true },
  'a manager': { who: 'manager' },
  'an administrator on a phone in the dark': { who: 'administrator', dark: true, phone: true },
};

/** Widths of the windows that people have at a desk. */
const desks = [1024, 1200, 1280];

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
        if (reader.phone !== true) await nothingCutOff(window.page, desks);
        if (reader.scripts !== false) await noSeriousFault(window.page);
      }
      window.isQuiet();
      await window.close();
    });
  }

  it('of the manual, and what is found in it, is as wide as a phone', async () => {
    const chapters = manual().map(({ url }) => url);
    assert.ok(chapters.length > 9);
    const searches = ['', 'key', 'a', 'MINI_BUILDD', 'x'.repeat(100)].map(
      (words) => `/mini_buildd/doc/search?words=${words}`,
    );
    for (const phone of [{}, { dark: true, scripts: false }]) {
      const window = await bed.window({ phone: true, ...phone });
      for (const path of [...chapters, ...searches]) {
        assert.equal(await window.open(path), 200, path);
        await noSidewaysScrolling(window.page);
      }
      window.isQuiet();
      await window.close();
    }
  });

  it('is short, shows strangers’ text as text, and asks nobody but us', async () => {
    for (const [page, path] of Object.entries(pages(bed))) {
      const text = await (await fetch(`${bed.url}${path}`)).text();
      assert.ok(Buffer.byteLength(text) <= mostBytes, `${page} has ${Buffer.byteLength(text)} bytes`);
      assert.ok(!/<script(?! src="\/mini_buildd\/assets\/)/.test(text), `${page} has a script that is not ours`);
      assert.ok(!/[\u202a-\u202e\u2066-\u2069\u001b\u0007]/.test(text), `${page} turns text around`);
    }
  });
});
