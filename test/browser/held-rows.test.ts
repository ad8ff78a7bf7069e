import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { LayoutConfigured } from '../../src/domain/configuration/events.ts';
import { type TestBed, testBed } from './support/browser.ts';

const again = 'What you typed before is here again.';

const rollbacksIn = (page: Page, row: number) => page.locator(`[name="suites.${row}.rollbacks"]`).inputValue();

const isKept = async (page: Page, text: string): Promise<void> => {
  await page.waitForFunction((wanted) => Object.values(sessionStorage).join().includes(wanted), text);
};

describe('A form of more parts than one page has room for', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
    const like = bed.daemon.world.configuration.layouts.get('Default' as never) ?? assert.fail();
    const [suite = assert.fail()] = like.suites;
    const suites = [...'abcdefghij'].map((letter, n) => ({
      ...suite,
      suite: `stage${letter}` as never,
      migratesTo: null,
      rollbacks: n,
    }));
    await bed.daemon.configure({ ...like, type: 'LayoutConfigured', layout: 'Many', suites } as LayoutConfigured);
  });
  after(() => bed.close());

  const many = '/mini_buildd/administration/layouts/Many/edit';
  /** Until the page it leads to is whole: what is typed before its scripts are there is kept by nobody. */
  const change = async (page: Page, suite: string): Promise<void> => {
    await page.getByRole('button', { name: `Change ${suite}`, exact: true }).click();
    await page.waitForLoadState();
  };

  it('keeps what was typed into a part that is folded by now, and puts it in where that is opened', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open(many);
    await change(page, 'stageh');
    await page.fill('[name="suites.7.rollbacks"]', '70');
    await isKept(page, '"70"');

    await window.open(many);
    await page.getByText('Put in again once “Change” opens its part of the form: suites.7.rollbacks.').waitFor();
    assert.equal(await page.getByText('Not put in again').count(), 0);
    assert.equal(await rollbacksIn(page, 7), '7');
    await change(page, 'stageh');
    await page.getByText(again).waitFor();
    assert.equal(await rollbacksIn(page, 7), '70');

    await change(page, 'stagea');
    await page.locator('input[id="suites.0.rollbacks"]').waitFor();
    assert.equal(await rollbacksIn(page, 7), '70');
    assert.equal(await page.getByText(/[Pp]ut in again/).count(), 0, 'what goes along is in the form');

    await window.open(many);
    await change(page, 'stageh');
    await page.getByText(again).waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL('**/layouts/Many');
    const { suites } = bed.daemon.world.configuration.layouts.get('Many' as never) ?? assert.fail();
    assert.deepEqual(
      suites.map(({ rollbacks }) => rollbacks),
      [0, 1, 2, 3, 4, 5, 6, 70, 8, 9],
    );
    await window.open(many);
    assert.equal(await page.getByText(/[Pp]ut in again|here again/).count(), 0);
    window.isQuiet();
    await window.close();
  });

  it('shows what was typed to who presses Enter, and leads to the part that is opened, with a name or without', async () => {
    const window = await bed.window({ who: 'administrator', scripts: false });
    const { page } = window;
    const place = page.locator('details[id="suites.9"]');
    await window.open('/mini_buildd/administration/add/layouts?like=Many');
    await page.fill('#_name', '');
    await change(page, 'stagej');
    await page.waitForURL('**/layouts?like=Many#suites.9');
    const { y = -800 } = (await place.boundingBox()) ?? {};
    assert.ok(Math.abs(y) < 1, `the page begins elsewhere: ${y}`);
    await page.fill('#_name', 'Few');
    await page.fill('[id="suites.9.rollbacks"]', '11');
    await page.press('[id="suites.9.rollbacks"]', 'Enter');
    await page.locator('ins').getByText('rollbacks: 11').first().waitFor();
    assert.equal(await page.inputValue('[id="suites.9.rollbacks"]'), '11', 'it is folded again');
    window.isQuiet();
    await window.close();
  });
});
