import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Version } from '../../src/domain/debian/names.ts';
import { asks } from '../support/asks.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { type TestBed, testBed, type Window } from './support/browser.ts';
import { allShown, countShifts, painted, shiftsOf } from './support/shifts.ts';

/**
 * What may move in all while a page is looked at; 0.1 of a page is called good (web.dev/cls). Nothing after a part moves at all: what is left is that
 * columns fit what they hold.
 */
const most = 0.02;
/** Events newest first, where lines of different lengths trade places on a narrow screen. */
const mostOfAStory = 0.1;

const isLive = async ({ page }: Window): Promise<void> => {
  await page.getByText('Live', { exact: true }).waitFor();
};

describe('A live page', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  /** Room is made for it first. */
  const published = async (version: string): Promise<void> => {
    bed.on.builder.behave(() => 'succeeds');
    for (const build of [...bed.daemon.world.builds.claimed.keys()].filter((each) => each !== bed.buildOf('birdseed')))
      assert.equal((await asks(bed.daemon, 'cancel', { builds: build })).refused, undefined);
    await bed.daemon.uploads(
      sourceUpload({ source: 'hello', version: version as Version, distribution: 'trixie-acme-unstable' }),
    );
    await bed.daemon.until(({ uploads }) =>
      uploads.ended.some(({ received, status }) => received.facts?.version === version && status === 'published'),
    );
    await bed.daemon.rests();
  };

  it('lets nothing jump that its reader looks at, at a desk or on a phone', async (test) => {
    const lastUpload = [...bed.daemon.world.uploads.open.values()].at(-1)?.id;
    const pages: readonly (readonly [string, string | RegExp, string])[] = [
      ['/mini_buildd/', '2.13-1', 'packages'],
      ['/mini_buildd/packages/hello', '2.13-1', 'where'],
      ['/mini_buildd/upload', '2.13-1', 'packages'],
      [`/mini_buildd/uploads/${lastUpload}`, /./, 'way'],
      ['/mini_buildd/repositories/acme?codename=trixie', '2.13-1', 'held'],
      ['/mini_buildd/repositories/acme/trixie-acme-unstable', '2.13-1', 'held'],
      [`/mini_buildd/builds/${bed.buildOf('birdseed')}`, 'goes on', 'stages'],
      ['/mini_buildd/builds', '2.13-1', 'list'],
      ['/mini_buildd/uploads', '2.13-1', 'list'],
      ['/mini_buildd/repositories', 'acme', 'list'],
    ];
    const windows = [];
    for (const phone of [false, true])
      for (const [path, news, part] of pages) {
        const window = await bed.window({ phone, motion: true });
        assert.equal(await window.open(path), 200, path);
        await isLive(window);
        windows.push({ window, path, news, part, phone });
      }
    // What comes with loading is not what one is reading.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    for (const { window } of windows) {
      await painted(window.page);
      await countShifts(window.page);
    }
    for (const stage of ['Post Build', 'Cleanup']) {
      bed.on.builder.goesOn(bed.buildOf('birdseed'), `linking\n+---+\n| ${stage.padEnd(77)}|\n+---+\n`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await published('2.13-1~acme13+1');
    for (const { window, path, news, part } of windows)
      await window.page
        .locator(`#${part}`)
        .getByText(news)
        .first()
        .waitFor({ state: 'attached' })
        .catch(() => assert.fail(`nothing new on ${path}`));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    for (const { window, path } of windows)
      await allShown(window.page).catch(() => assert.fail(`what is new on ${path} cannot be seen`));
    const failed: string[] = [];
    for (const { window, path, phone } of windows) {
      const moved = await shiftsOf(window.page);
      const sum = moved.reduce((all, { value }) => all + value, 0);
      const bound = phone && path.startsWith('/mini_buildd/uploads/') ? mostOfAStory : most;
      test.diagnostic(`${path}${phone ? ' on a phone' : ''}: ${sum.toFixed(4)}`);
      if (sum > bound)
        failed.push(
          `${path}${phone ? ' on a phone' : ''}: ${sum}\n${moved.map(({ value, what }) => `${value.toFixed(4)} ${what}`).join('\n')}`,
        );
      window.isQuiet();
    }
    assert.deepEqual(failed, []);
    for (const { window } of windows) await window.close();
  });

  it('leaves its reader where they are: at a link, in a text they chose, before something unfolded, ticked or scrolled to', async () => {
    const [reader, chooser, copier, scroller, home] = await Promise.all([
      bed.window({ who: 'manager' }),
      bed.window({ who: 'manager' }),
      bed.window(),
      bed.window(),
      bed.window(),
    ]);
    const all = [reader, chooser, copier, scroller, home];
    for (const { open } of [reader, copier, scroller]) await open('/mini_buildd/packages/hello');
    await chooser.open('/mini_buildd/repositories/acme/trixie-acme-unstable');
    await home.open('/mini_buildd/');
    for (const window of all) await isLive(window);

    await reader.page.locator('#where details').first().locator('summary').click();
    const link = reader.page.locator('#uploads tbody tr').first().locator('a[href*="/builds/"]').first();
    const href = await link.getAttribute('href');
    await link.focus();
    await chooser.page.getByLabel('rocket').check();
    const version = copier.page.locator('#where .version').first();
    const chosen = await version.textContent();
    await version.evaluate((element) => getSelection()?.selectAllChildren(element));
    await scroller.page.locator('#story summary').click();
    const event = scroller.page.locator('#story li').nth(10);
    const id = await event.getAttribute('id');
    await event.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    await painted(scroller.page);
    const yOf = () => scroller.page.locator(`[id="${id}"]`).evaluate((element) => element.getBoundingClientRect().y);
    const y = await yOf();
    const newest = await scroller.page.locator('#story li').first().getAttribute('id');

    const migrated = await asks(bed.daemon, 'migrate', { package: 'hello', distribution: 'trixie-acme-unstable' });
    assert.equal(migrated.refused, undefined);
    await scroller.page.locator('#story').getByText('package migrated').first().waitFor({ state: 'attached' });
    await scroller.page.waitForFunction((was) => document.querySelector('#story li')?.id !== was, newest);
    // A browser holds on to what is read as it shows what came.
    await painted(scroller.page);
    const yNow = await yOf();
    assert.ok(Math.abs(yNow - y) < 3, `it was at ${y}, and is at ${yNow}`);

    await published('2.14-1~acme13+1');
    await home.page.getByRole('region', { name: 'Last packages' }).getByText('2.14-1').waitFor();
    await reader.page.locator('#uploads').getByText('2.14-1').first().waitFor({ state: 'attached' });
    await scroller.page.locator('#where').getByText('2.14-1').first().waitFor({ state: 'attached' });
    await chooser.page.locator('#held').getByText('2.14-1').first().waitFor();

    assert.equal(await reader.page.evaluate(() => document.activeElement?.getAttribute('href')), href);
    assert.ok(
      await reader.page
        .locator('#where details')
        .first()
        .evaluate((fold) => (fold as HTMLDetailsElement).open),
    );
    const ticked = chooser.page.locator('#held input:checked');
    assert.deepEqual(await ticked.evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value)), [
      'rocket',
    ]);
    assert.equal(await copier.page.evaluate(() => String(getSelection())), chosen);
    assert.equal(await copier.page.locator('#where').getByText('2.14-1').count(), 0, 'it waits for who copies');
    await copier.page.evaluate(() => getSelection()?.removeAllRanges());
    await copier.page.locator('#where').getByText('2.14-1').first().waitFor({ state: 'attached' });
    for (const window of all) {
      window.isQuiet();
      await window.close();
    }
  });
});
