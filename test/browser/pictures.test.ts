import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { type TestBed, testBed } from './support/browser.ts';
import { pages } from './support/pages.ts';

/** Pixels, as they are seen. Nobody reads what is smaller. */
const leastText = 11;

const textsOf = (page: Page): Promise<readonly { readonly says: string | null; readonly size: number }[]> =>
  page.locator('figure.chart .wide > svg text').evaluateAll((all) =>
    all.map((text) => ({
      says: text.textContent,
      size: Number.parseFloat(getComputedStyle(text).fontSize) * ((text as SVGTextElement).getScreenCTM()?.a ?? 0),
    })),
  );

describe('Pictures in a browser', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  it('have text that is read on a phone, and what is wider is scrolled to inside of them', async () => {
    const there = pages(bed);
    const window = await bed.window({ phone: true });
    for (const name of ['statistics', 'build with checks', 'style']) {
      await window.open(there[name] ?? '');
      const texts = await textsOf(window.page);
      assert.ok(texts.length > 5, name);
      for (const { says, size } of texts) assert.ok(size >= leastText, `${says} on ${name}: ${size} pixels`);
      await noSidewaysScrolling(window.page);
      await noSeriousFault(window.page);
    }
    await window.open(there['build with checks'] ?? '');
    const stages = window.page.locator('#stages .chart > .wide').first();
    assert.equal(await stages.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth), 0, 'it fits');
    await window.open(there.statistics ?? '');
    const queue = window.page.getByRole('region', { name: 'The queue at its longest' });
    const place = queue.locator('.chart > .wide');
    await place.focus();
    await window.page.keyboard.press('ArrowLeft');
    await window.page.waitForFunction(() => (document.activeElement?.scrollLeft ?? 0) < 0);
    window.isQuiet();
    await window.close();
  });

  it('show what is now on a phone, and names of what they show beside it', async () => {
    const there = pages(bed);
    const window = await bed.window({ phone: true });
    const edges = (within: string) =>
      window.page
        .locator(within)
        .evaluateAll((all) =>
          all.map((each) => each.getBoundingClientRect()).map(({ left, right }) => ({ left, right })),
        );
    await window.open(there.statistics ?? '');
    const pictures = window.page.locator('.chart > .until-now');
    assert.ok((await pictures.count()) >= 5);
    for (const picture of await pictures.all()) {
      const [seen, last] = await picture.evaluate((place) => {
        const newest = [...place.querySelectorAll('.axes text[text-anchor=middle]')].at(-1);
        return [place, newest].map((each) => each?.getBoundingClientRect().right ?? Number.NaN);
      });
      assert.ok((last ?? Number.NaN) <= (seen ?? 0) + 1, `${last} beyond ${seen}`);
    }
    await window.open('/mini_buildd/packages/hello');
    const [place] = await edges('.named-lanes');
    const names = await edges('.named-lanes li');
    const now = await edges('.named-lanes .stay-now');
    assert.ok(place && names.length > 0 && now.length > 0);
    for (const { right } of now) assert.ok(right <= place.right + 1, `what stands now ends at ${right}`);
    for (const { left, right } of names)
      assert.ok(left >= place.left - 1 && right <= place.right, 'its name is in view');
    window.isQuiet();
    await window.close();
  });

  it('follow what they are called at once: no caption takes room that is held for what comes and goes at home', async () => {
    const window = await bed.window();
    await window.open('/mini_buildd/statistics');
    const captions = await window.page
      .locator('main figcaption')
      .evaluateAll((all) => all.map((each) => [each.textContent, each.getBoundingClientRect().height] as const));
    assert.equal(captions.length, 7);
    for (const [says, height] of captions) assert.ok(height < 60, `${says}: ${height} pixels`);
    await window.close();
  });

  it('show the mark of a single day, and that of another behind it', async () => {
    const window = await bed.window();
    await window.open('/mini_buildd/statistics');
    const lit = async (look: string): Promise<number> => {
      const picture = window.page.locator('#picture-architectures .chart > .wide > svg');
      await picture.evaluate((svg, shown) => {
        for (const each of svg.querySelectorAll<SVGElement>('.series, .axes'))
          each.setAttribute('visibility', each.classList.contains(shown) ? 'visible' : 'hidden');
      }, look);
      return (await picture.screenshot()).byteLength;
    };
    const nothing = await lit('none');
    for (const look of ['first', 'second']) assert.ok((await lit(look)) > nothing + 100, look);
    await window.close();
  });
});
