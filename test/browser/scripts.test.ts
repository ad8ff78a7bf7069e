import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { scriptPages } from './support/script-pages.ts';

/** What each script of pages does by itself, over a page as small as it takes. */
describe('A script of our pages', () => {
  const { opened, live } = scriptPages();

  const typedIn = (page: Page, id: string): Promise<string> => page.locator(`#${id}`).inputValue();

  describe('for long configurations', () => {
    const editor = `<form data-declare="/check"><p class="notice" data-once-fetched>too long for a page</p>
<textarea id="text" name="text" data-text-from="/whole" data-text-before="# first"></textarea>
<span data-fault="text"></span><input type="checkbox" name="_force" id="force"><button name="_step" value="apply">Apply</button></form>`;

    it('fetches what a page has no room for', async () => {
      const { page, faults } = await opened('declare.js', editor, {
        '/whole': (_req, res) => res.end('sources: {}\n'),
      });
      await page.locator('[data-once-fetched]').waitFor({ state: 'detached' });
      assert.equal(await typedIn(page, 'text'), '# first\nsources: {}\n');
      assert.deepEqual(faults, []);
    });

    it('overwrites nothing that somebody typed before it came', async () => {
      const asked = Promise.withResolvers<ServerResponse>();
      const { page } = await opened('declare.js', editor, { '/whole': (_req, res) => asked.resolve(res) });
      const answer = await asked.promise;
      await page.locator('#text').fill('mine');
      const came = page.waitForResponse(/whole/);
      answer.end('theirs');
      await (await came).finished();
      await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
      assert.equal(await typedIn(page, 'text'), 'mine');
      assert.equal(await page.locator('[data-once-fetched]').count(), 1);
    });

    it('leaves the way without it where it is refused', async () => {
      const { page, faults } = await opened('declare.js', editor, {
        '/whole': (_req, res) => res.writeHead(401).end('log in'),
      });
      await page.waitForLoadState('networkidle');
      assert.equal(await typedIn(page, 'text'), '');
      assert.equal(await page.locator('[data-once-fetched]').count(), 1);
      assert.deepEqual(faults, []);
    });

    it('says what is wrong with what stands there now, and lets nothing be applied before that is known', async () => {
      const held: ServerResponse[] = [];
      const { page } = await opened('declare.js', editor, {
        '/whole': (_req, res) => res.writeHead(404).end(),
        '/check': (_req, res) => held.push(res),
      });
      const apply = page.getByRole('button', { name: 'Apply' });
      const said = page.locator('[data-fault]');
      const answers = async (nth: number, fault: string): Promise<void> => {
        while (held.length < nth) await page.evaluate(() => new Promise((done) => setTimeout(done, 20)));
        held[nth - 1]
          ?.setHeader('Content-Type', 'application/json')
          .end(JSON.stringify({ faults: { text: fault }, parts: {} }));
      };
      await page.locator('#force').check();
      assert.equal(await apply.isDisabled(), false, 'that it is meant so changes nothing');
      await page.locator('#text').fill('sources: [');
      assert.equal(await apply.isDisabled(), true);
      while (held.length < 1) await page.evaluate(() => new Promise((done) => setTimeout(done, 20)));
      await page.locator('#text').fill('sources: {');
      await answers(1, 'about what stood there before');
      await answers(2, 'about what stands there now');
      await said.getByText('about what stands there now').waitFor();
      assert.equal(await apply.isDisabled(), false);
      assert.equal(await page.locator('#text').getAttribute('aria-invalid'), 'true');
    });
  });

  describe('for the slider over time', () => {
    const slider = `<form data-publications="/publications" action="/gone"><input id="nth" name="nth" type="range" min="1" max="9" value="3"><output></output></form>`;
    const move = (page: Page, to: string) =>
      page.locator('#nth').evaluate((element, value) => {
        (element as HTMLInputElement).value = value;
        element.dispatchEvent(new Event('input', { bubbles: true }));
      }, to);

    it('says when the chosen publication was, and nothing of one that was chosen before', async () => {
      const held: ServerResponse[] = [];
      const { page, faults } = await opened('time-slider.js', slider, {
        '/publications': (_req, res) => held.push(res),
      });
      const until = async (count: number): Promise<void> => {
        while (held.length < count) await page.evaluate(() => new Promise((done) => setTimeout(done, 20)));
      };
      const tells = (nth: number, at: string) =>
        held[nth]?.setHeader('Content-Type', 'application/json').end(JSON.stringify({ at }));
      await move(page, '4');
      assert.equal(await page.locator('output').textContent(), '4 of 9');
      await until(1);
      await move(page, '5');
      await until(2);
      tells(1, '2026-11-22T10:15:00.000Z');
      await page.getByText('5 of 9, 2026-11-22 10:15:00 UTC').waitFor();
      const late = page.waitForResponse(/nth=4/);
      tells(0, '2001-01-01T00:00:00.000Z');
      await (await late).finished();
      await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
      assert.equal(await page.locator('output').textContent(), '5 of 9, 2026-11-22 10:15:00 UTC');
      assert.deepEqual(faults, []);
    });

    it('goes there when a pointer lets go of it elsewhere, and stays for keys', async () => {
      const { page } = await opened('time-slider.js', slider, {
        '/publications': (_req, res) => res.writeHead(404).end(),
        '/gone': (_req, res) => res.end('there'),
      });
      await page.locator('#nth').press('ArrowRight');
      await page.getByText('4 of 9').waitFor();
      assert.equal(new URL(page.url()).pathname, '/');
      await page.locator('#nth').dispatchEvent('pointerup');
      await page.waitForURL(/gone\?nth=4/);
    });
  });

  describe('for parts that follow live', () => {
    const page3 = (inner: string) =>
      `<main id="main" data-live="/live"><span id="live-state"></span><div id="part">${inner}</div><p id="count">1 build</p></main>`;
    const fold = (name: string, said: string, open = '') =>
      `<details id="${name}"${open}><summary>${name}</summary>${said}</details>`;
    const tick = (value: string) => `<input type="checkbox" name="which" value="${value}">`;

    it('keeps open what was unfolded, and shut what was folded, whatever comes before it', async () => {
      const { page, faults, tell } = await live(
        page3(fold('one', 'old one') + fold('two', 'old two', ' open') + fold('three', 'old three')),
      );
      await page.locator('#one summary').click();
      await page.locator('#two summary').click();
      tell({
        part:
          fold('newest', 'new') + fold('one', 'new one') + fold('two', 'new two', ' open') + fold('three', 'new three'),
      });
      await page.getByText('new one').waitFor();
      const open = await page.locator('details[open]').evaluateAll((all) => all.map(({ id }) => id));
      assert.deepEqual(open, ['one']);
      tell({ part: fold('two', 'newer two', ' open') + fold('one', 'newer one') });
      await page.getByText('newer one').waitFor();
      assert.deepEqual(await page.locator('details[open]').evaluateAll((all) => all.map(({ id }) => id)), ['one']);
      assert.deepEqual(faults, []);
    });

    it('keeps ticked what was ticked, and ticks nothing else that comes to its place', async () => {
      const { page, tell } = await live(page3(tick('hello') + tick('greet')));
      await page.locator('[value="hello"]').check();
      tell({ part: `${tick('newest')}${tick('hello')}<b>told</b>` });
      await page.getByText('told').waitFor();
      assert.deepEqual(
        await page.locator('input:checked').evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value)),
        ['hello'],
      );
      tell({ part: `${tick('greet')}<b>once more</b>` });
      await page.getByText('once more').waitFor();
      assert.equal(await page.locator('input:checked').count(), 0);
    });

    it('follows counts, and names no part that is not there', async () => {
      const { page, faults, tell } = await live(page3('<p>as it was</p>'));
      await page.getByText('Live', { exact: true }).waitFor();
      for (const count of ['2 builds', '3 builds']) {
        tell({ count, 'no-such-part': '<p>lost</p>' });
        await page.getByText(count).waitFor();
      }
      assert.equal(await page.getByText('lost').count(), 0);
      assert.equal(await page.getByText('as it was').count(), 1);
      assert.deepEqual(faults, []);
    });
  });
});
