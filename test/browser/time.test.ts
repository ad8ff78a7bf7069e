import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { acme } from '../support/fixed-examples.ts';
import { noSeriousFault } from './support/accessible.ts';
import { type TestBed, testBed } from './support/browser.ts';

const unstable = '/mini_buildd/repositories/acme/trixie-acme-unstable';

describe('What is read over time', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  for (const scripts of [true, false]) {
    const how = scripts ? '' : ' without scripts';

    it(`leads from a repository to a suite as it was, its apt source, and what changed since${how}`, async () => {
      const window = await bed.window({ scripts });
      const { page } = window;
      await window.open('/mini_buildd/repositories/acme');
      await page.locator('.flow a', { hasText: 'unstable' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'trixie-acme-unstable' }).waitFor();
      await page.getByRole('link', { name: 'First', exact: true }).click();
      await page.getByText('as apt saw it from').waitFor();
      const at = new URL(page.url()).searchParams.get('at') ?? '';
      const stanza = (await page.locator('details[open] pre').first().textContent()) ?? '';
      assert.match(stanza, new RegExp(`URIs: http://\\S+/snapshots/acme/${at}\nSuites: trixie-acme-unstable\n`));
      assert.match(stanza, /Signed-By: \/etc\/apt\/keyrings\//);
      await page.getByRole('link', { name: 'What changed since' }).click();
      await page.getByRole('heading', { name: 'Differences' }).waitFor();
      await page.waitForLoadState();
      assert.match((await page.locator('#packages tbody').textContent()) ?? '', /hello/);
      window.isQuiet();
      await window.close();
    });

    it(`is chosen by a time, and by the number of a publication${how}`, async () => {
      const window = await bed.window({ scripts });
      const { page } = window;
      await window.open(unstable);
      const all = bed.daemon.world.published.get(acme) ?? [];
      const until = Date.parse(all[0]?.at ?? '') + 60_000;
      await page.getByLabel('As at (UTC)').fill(new Date(until).toISOString().slice(0, 19));
      await page.getByRole('button', { name: 'Go' }).nth(1).click();
      const last = all.filter(({ at }) => Date.parse(at) <= until).length;
      await page.getByText(`on, publication ${last} of ${all.length}`).waitFor();
      await page.locator('#nth').press('ArrowRight');
      await page.getByRole('button', { name: 'Go' }).first().click();
      await page.getByText(`on, publication ${last + 1} of ${all.length}`).waitFor();
      window.isQuiet();
      await window.close();
    });

    it(`leads from an event to its cause, and to what came of it${how}`, async () => {
      const window = await bed.window({ scripts });
      const { page } = window;
      await window.open('/mini_buildd/history?type=PackageInstalled&package=hello');
      await page.locator('.timeline strong a').first().click();
      await page.getByRole('heading', { name: 'Why, and what came of it' }).waitFor();
      await page.locator('.chain a', { hasText: 'accepted for' }).click();
      await page.getByRole('heading', { level: 1, name: 'upload accepted' }).waitFor();
      await page.waitForLoadState();
      assert.match((await page.locator('.chain').textContent()) ?? '', /build succeeded/);
      assert.match((await page.locator('pre').first().textContent()) ?? '', /type: UploadAccepted/);
      if (scripts) await noSeriousFault(page);
      window.isQuiet();
      await window.close();
    });
  }

  for (const dark of [false, true]) {
    it(`is drawn, with its numbers behind each picture${dark ? ', in the dark' : ''}`, async () => {
      const window = await bed.window({ dark });
      const { page } = window;
      await window.open('/mini_buildd/');
      await page.getByRole('link', { name: 'Statistics' }).click();
      await page.getByRole('link', { name: 'the last 26 weeks' }).click();
      await page.getByRole('img', { name: /^Success by architecture/ }).waitFor();
      for (const summary of await page.getByText('As a table').all()) await summary.click();
      const rows = page.locator('figure', { hasText: 'Success by architecture' }).locator('tbody tr');
      assert.ok((await rows.filter({ hasText: '%' }).count()) > 0);
      await noSeriousFault(page);
      window.isQuiet();
      await window.close();
    });
  }

  it('leads from a package to the way of its last upload, and on to a build and a suite', async () => {
    const window = await bed.window();
    const { page } = window;
    await window.open('/mini_buildd/packages/hello');
    await page.locator('.flow a', { hasText: 'accepted' }).click();
    await page.getByRole('heading', { level: 1, name: /^Upload of hello/ }).waitFor();
    await noSeriousFault(page);
    await page.locator('.flow a', { hasText: 'amd64: built' }).click();
    await page.getByRole('heading', { level: 1, name: /on amd64$/ }).waitFor();
    await page.goBack();
    await page.locator('.flow a', { hasText: 'unstable' }).click();
    await page.getByRole('heading', { level: 1, name: 'trixie-acme-unstable' }).waitFor();
    window.isQuiet();
    await window.close();
  });

  it('says the time of a publication while the slider is moved', async () => {
    const window = await bed.window();
    const { page } = window;
    await window.open(unstable);
    await page.locator('#nth').press('Home');
    await page.locator('output', { hasText: /^1 of \d+, 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC$/ }).waitFor();
    await page.locator('#nth').press('Enter');
    await page.getByText('on, publication 1 of').waitFor();
    window.isQuiet();
    await window.close();
  });

  it('shows what differs between two suites, by kind', async () => {
    const window = await bed.window();
    const { page } = window;
    await window.open(unstable);
    await page.getByLabel('Compare with').selectOption('trixie-acme-testing');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('link', { name: /only in the first/ }).click();
    const rows = await page.locator('#packages tbody tr').allInnerTexts();
    assert.ok(rows.length > 0 && rows.every((row) => row.includes('only in the first')), rows.join('\n'));
    window.isQuiet();
    await window.close();
  });
});
