import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { scriptPages } from './support/script-pages.ts';
import { countShifts, shiftsOf } from './support/shifts.ts';

const lines = (...texts: readonly string[]): string => texts.map((text) => `<p>${text}</p>`).join('');
const few = lines('one', 'two', 'three', 'four');
const many = `${few}${lines('five', 'six', 'seven', 'eight')}`;
const below = '<section class="card" id="below"><p><a href="#x" id="link">read by somebody</a></p></section>';

const pageOf = (part: string, next: string): string =>
  `<link rel="stylesheet" href="/style.css"><main id="main" data-live="/live"><p class="live quiet" id="live-state">&nbsp;</p><section class="card" id="part">${part}</section>${next}</main><footer class="bottom">here</footer>`;

const yOf = (page: Page, id: string): Promise<number> =>
  page.locator(`#${id}`).evaluate((element) => element.getBoundingClientRect().y);

/** Whether all of the part stands above what comes after it. */
const isShown = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => {
    const part = document.getElementById('part') as HTMLElement;
    const next = document.querySelector('#below, .same, footer') as HTMLElement;
    return !part.classList.contains('held') && part.getBoundingClientRect().bottom <= next.getBoundingClientRect().top;
  });
};

const noPreference: BrowserContextOptions = { reducedMotion: 'no-preference' };

type HeldBack = { frames: number; hidden: number };

/** From now on the page counts the frames in which the part holds something back, and of how many pixels that is at most. */
const countHeldBack = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const heldBack: HeldBack = { frames: 0, hidden: 0 };
    Object.assign(globalThis, { heldBack });
    const look = (): void => {
      const part = document.getElementById('part') as HTMLElement;
      if (part.classList.contains('held')) {
        heldBack.frames += 1;
        heldBack.hidden = Math.max(heldBack.hidden, Number.parseFloat(part.style.getPropertyValue('--hidden')));
      }
      requestAnimationFrame(look);
    };
    look();
  });

const heldBackOf = (page: Page): Promise<HeldBack> =>
  page.evaluate(() => (globalThis as unknown as { heldBack: HeldBack }).heldBack);

/** The same part by its last line. */
const told = (page: Page, text: string): Promise<void> => page.getByText(text).waitFor({ state: 'attached' });

describe('A part that grew', () => {
  const { live } = scriptPages();

  it('makes room so slowly that nothing jumps, where nobody uses what stands below', async () => {
    const { page, faults, tell } = await live(pageOf(few, below), noPreference);
    await countShifts(page);
    const y = await yOf(page, 'below');
    tell({ part: many });
    await told(page, 'eight');
    await isShown(page);
    assert.ok((await yOf(page, 'below')) > y + 50);
    tell({ part: lines('one') });
    await page.waitForFunction((was) => (document.getElementById('below')?.getBoundingClientRect().y ?? was) < was, y);
    await isShown(page);
    assert.deepEqual(await shiftsOf(page), []);
    assert.deepEqual(faults, []);
  });

  it('waits while what stands below has the focus, and is shown by its button, with a key, too', async () => {
    for (const press of ['pointer', 'key'] as const) {
      const { page, tell } = await live(pageOf(few, below), noPreference);
      await page.locator('#link').focus();
      const y = await yOf(page, 'below');
      tell({ part: many });
      await told(page, 'eight');
      await page.evaluate(() => new Promise((done) => setTimeout(done, 1000)));
      assert.equal(await yOf(page, 'below'), y);
      const more = page.getByRole('button', { name: 'More' });
      const { y: top = 0, height = 0 } = (await more.boundingBox()) ?? {};
      assert.ok(top > 0 && top + height <= y, 'the button stands in what is seen');
      if (press === 'pointer') await more.click();
      else {
        await more.focus();
        assert.equal(await yOf(page, 'below'), y, 'who goes past it moves nothing');
        await more.press('Enter');
        assert.equal(await page.evaluate(() => document.activeElement?.id), 'part');
      }
      await isShown(page);
      assert.equal(await more.count(), 0);
    }
  });

  it('waits while text below is chosen', async () => {
    const { page, tell } = await live(pageOf(few, below), noPreference);
    await page.locator('#below').evaluate((element) => getSelection()?.selectAllChildren(element));
    const y = await yOf(page, 'below');
    tell({ part: many });
    await told(page, 'eight');
    await page.evaluate(() => new Promise((done) => setTimeout(done, 1000)));
    assert.equal(await yOf(page, 'below'), y);
    await page.evaluate(() => getSelection()?.removeAllRanges());
    await isShown(page);
  });

  it('waits while a pointer moves over what stands below, and not long after it came to rest', async () => {
    const { page, tell } = await live(pageOf(few, below), noPreference);
    await page.locator('#link').hover();
    const y = await yOf(page, 'below');
    tell({ part: many });
    await told(page, 'eight');
    // It is used for five seconds from its last move, however long all that took.
    await page.locator('#link').hover({ position: { x: 2, y: 2 } });
    await page.evaluate(() => new Promise((done) => setTimeout(done, 1500)));
    assert.equal(await yOf(page, 'below'), y);
    const since = performance.now();
    await isShown(page);
    assert.ok(performance.now() - since < 15_000);
  });

  it('grows at once where only the footer and the same elsewhere stand below', async () => {
    const same = '<details class="same"><summary id="same">The same elsewhere</summary></details>';
    for (const options of [noPreference, { reducedMotion: 'reduce' as const }]) {
      const { page, tell } = await live(pageOf(few, same), options);
      await countHeldBack(page);
      tell({ part: many });
      await told(page, 'eight');
      await isShown(page);
      const { frames, hidden } = await heldBackOf(page);
      // Two pixels in a frame, or all in one; who waits to see whether it is used takes hundreds.
      const enough = options === noPreference ? hidden / 2 + 30 : 30;
      assert.ok(frames > 0 && frames <= enough, `${frames} frames for ${hidden} pixels`);
    }
  });

  it('takes its room in one step, after a while, for who wants nothing to glide', async () => {
    const { page, tell } = await live(pageOf(few, below), { reducedMotion: 'reduce' });
    const y = await yOf(page, 'below');
    tell({ part: many });
    await told(page, 'eight');
    const seen = await page.evaluate(async () => {
      const ys = new Set<number>();
      const next = document.getElementById('below') as HTMLElement;
      const until = performance.now() + 7000;
      while (performance.now() < until) {
        ys.add(Math.round(next.getBoundingClientRect().y));
        await new Promise(requestAnimationFrame);
      }
      return [...ys];
    });
    assert.equal(seen.length, 2);
    assert.equal(seen[0], Math.round(y));
    await isShown(page);
  });

  it('that stood empty appears without a jump, and leaves without one', async () => {
    const { page, tell } = await live(pageOf('', below), noPreference);
    await countShifts(page);
    const y = await yOf(page, 'below');
    tell({ part: few });
    await page.locator('#part.held').waitFor({ state: 'attached' });
    await isShown(page);
    assert.ok((await yOf(page, 'below')) > y + 50);
    tell({ part: '' });
    await page.waitForFunction((was) => document.getElementById('below')?.getBoundingClientRect().y === was, y);
    assert.deepEqual(await shiftsOf(page), []);
  });
});
