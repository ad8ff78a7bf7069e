import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { type TestBed, testBed } from './support/browser.ts';

describe('The page of a build in a browser', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  it('follows the stages of a build without moving what its reader looks at', async () => {
    const build = bed.buildOf('birdseed');
    const window = await bed.window();
    const { page } = window;
    await window.open(`/mini_buildd/builds/${build}`);
    await page.click('#stages summary');
    await noSeriousFault(page);
    const whereIs = async (id: string) => (await page.locator(`#${id}`).boundingBox())?.y;
    const [attempts, happened] = [await whereIs('attempts'), await whereIs('happened')];
    assert.match((await page.textContent('#stages tr:has-text("clean up")')) ?? '', /to come/);
    bed.on.builder.goesOn(build, `+---+\n| ${'Cleanup'.padEnd(77)}|\n+---+\n`);
    await page.waitForSelector('#stages tr:has-text("clean up"):has-text("goes on")');
    assert.ok(await page.locator('#stages details').evaluate((fold) => (fold as HTMLDetailsElement).open));
    assert.deepEqual([await whereIs('attempts'), await whereIs('happened')], [attempts, happened]);
    await noSeriousFault(page);
    window.isQuiet();
    await window.close();
  });

  it('tries again at once what waits for dependencies, without scripts, on a phone', async () => {
    const build = bed.buildOf('magnet');
    const window = await bed.window({ who: 'manager', scripts: false, phone: true });
    const { page } = window;
    await window.open(`/mini_buildd/builds/${build}`);
    await noSidewaysScrolling(page);
    await page.click('button:text-is("Retry")');
    await page.click('text=Do it');
    await page.waitForLoadState();
    assert.match((await page.textContent('main')) ?? '', /tried again/);
    window.isQuiet();
    await window.close();
  });

  it('cancels what is built, and says so to who follows it', async () => {
    const build = bed.buildOf('tunnel');
    const [reader, manager] = [await bed.window(), await bed.window({ who: 'manager' })];
    await reader.open(`/mini_buildd/builds/${build}`);
    assert.equal(await reader.page.locator('main button:text-is("Cancel")').count(), 0);
    const readOut = reader.page.locator('#state [aria-live="polite"]');
    await readOut.evaluate((region) => Object.assign(region, { wasThere: true }));
    await manager.open(`/mini_buildd/builds/${build}`);
    await manager.page.click('button:text-is("Cancel")');
    await manager.page.click('text=Do it');
    await readOut.getByText('cancelled').waitFor();
    // Screen readers hear of a change in what was there before it.
    assert.ok(await readOut.evaluate((region) => 'wasThere' in region));
    await noSeriousFault(reader.page);
    for (const window of [reader, manager]) {
      window.isQuiet();
      await window.close();
    }
  });

  it('gives a package to who asks for it before any repository has it', async () => {
    const window = await bed.window();
    await window.open(`/mini_buildd/builds/${bed.buildOf('tunnel', 'arm64')}`);
    const link = window.page.locator('#made a[href$=".deb"]').first();
    const answer = await fetch(new URL((await link.getAttribute('href')) ?? '', bed.url));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/vnd.debian.binary-package');
    await window.close();
  });
});
