import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../system/support/programs.ts';
import { type TestBed, testBed } from './support/browser.ts';

/** What a browser does to a page whose tab another one covers, or that is looked at again. */
const become = (page: Page, state: 'hidden' | 'visible'): Promise<void> =>
  page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);

const streamsOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { openStreams: number }).openStreams);

/** Counts the streams that a page holds open. */
const counted = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const counter = globalThis as unknown as { openStreams: number };
    counter.openStreams = 0;
    globalThis.EventSource = class extends EventSource {
      constructor(url: string | URL) {
        super(url);
        counter.openStreams += 1;
      }
      override close(): void {
        if (this.readyState !== EventSource.CLOSED) counter.openStreams -= 1;
        super.close();
      }
    };
  });

describe('Many windows of one browser', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  it('leave room for another one, and the ones looked at last are live', async () => {
    const window = await bed.window();
    const context = window.page.context();
    const address = `/mini_buildd/builds/${bed.buildOf('birdseed')}`;
    const pages: Page[] = [];
    for (let nth = 0; nth < 9; nth += 1) {
      const page = await context.newPage();
      await counted(page);
      assert.equal((await page.goto(address))?.status(), 200);
      pages.push(page);
    }
    const [first, last] = [pages[0] as Page, pages[8] as Page];
    await last.locator('#live-state').getByText('Live', { exact: true }).waitFor();
    await first.locator('#live-state').getByText('Not live just now: other windows are.').waitFor();
    const open = async (): Promise<number> =>
      (await Promise.all(pages.map(streamsOf))).reduce((sum, count) => sum + count);
    // One that another takes the place of closes after that one has opened.
    await eventually('four streams to be left', 60, async () => (await open()) <= 4 || undefined);
    const left = await open();
    assert.ok(left <= 4, `it stays so: ${left}`);
    for (const page of pages.slice(1)) await page.close();
    await first.locator('#live-state').getByText('Live', { exact: true }).waitFor();
    window.isQuiet();
    await window.close();
  });

  it('follow nothing while they are covered, and miss nothing of what came meanwhile', async () => {
    const build = bed.buildOf('birdseed');
    const window = await bed.window();
    const { page } = window;
    await counted(page);
    await window.open(`/mini_buildd/builds/${build}`);
    await page.getByText('following').waitFor();
    await become(page, 'hidden');
    assert.equal(await streamsOf(page), 0);
    bed.on.builder.goesOn(build, 'written behind the curtain\n');
    await become(page, 'visible');
    await page.locator('.log').getByText('written behind the curtain').waitFor();
    assert.equal(await page.locator('.log').getByText('written behind the curtain').count(), 1);
    assert.equal(await streamsOf(page), 2);
    window.isQuiet();
    await window.close();
  });
});
