import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { asks } from '../support/asks.ts';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { type Reader, type TestBed, testBed } from './support/browser.ts';

const root = '/mini_buildd/administration';

const pages = [
  '',
  '/sources',
  '/sources/debian-trixie',
  '/sources/debian-trixie/edit',
  '/sources/debian-trixie/remove',
  '/layouts/Default/edit',
  '/distributions/trixie/edit',
  '/repositories/acme',
  '/repositories/acme/remove',
  '/add/chroots',
  '/chroots/trixie-amd64',
  '/instance/instance/edit',
  '/accounts',
  '/uploaders',
  '/builders',
  '/retention',
  '/retention/acme',
  '/notifications',
  '/configuration',
  '/welcome',
  '/welcome/progress?repository=acme',
];

const readers: Readonly<Record<string, Reader>> = {
  'at a desk': { who: 'administrator' },
  'on a phone in the dark': { who: 'administrator', phone: true, dark: true },
  'without scripts': { who: 'administrator', scripts: false },
};

/** Bytes of markup that a page may have; a layout has many suites with many fields. */
const mostBytes = 60_000;

describe('An administrator in a real browser', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
    const given = { repository: 'acme', versions: '1', days: '3' };
    assert.ok(!(await asks(bed.daemon, 'retention', given)).refused);
  });
  after(() => bed.close());

  for (const [name, reader] of Object.entries(readers)) {
    it(`finds every page of administration sound ${name}`, async () => {
      const window = await bed.window(reader);
      for (const path of pages) {
        assert.equal(await window.open(`${root}${path}`), 200, path);
        await noSidewaysScrolling(window.page);
        if (reader.scripts !== false) await noSeriousFault(window.page);
        const bytes = Buffer.byteLength(await window.page.content());
        assert.ok(bytes <= mostBytes, `${path} has ${bytes} bytes`);
      }
      window.isQuiet();
      await window.close();
    });
  }

  it('is told while typing what is wrong and what would change, and applies it', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open(`${root}/repositories/acme/edit`);
    await page.fill('#externalHomeUrl', 'somewhere');
    await page.waitForSelector('#externalHomeUrl-fault:has-text("is no address of a web page")');
    await page.fill('#externalHomeUrl', 'https://example.org/acme');
    await page.waitForSelector('#externalHomeUrl-fault:empty', { state: 'attached' });
    await page.waitForSelector('#difference:has-text("https://example.org/acme")');
    await page.click('button:has-text("Show what that changes")');
    await noSeriousFault(page);
    await page.click('button:has-text("Apply this")');
    await page.waitForSelector('#history:has-text("https://example.org/acme")');
    assert.match(page.url(), /\/administration\/repositories\/acme$/);
    window.isQuiet();
    await window.close();
  });
});
