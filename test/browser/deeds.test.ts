import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { type TestBed, testBed } from './support/browser.ts';

const migrate = '/mini_buildd/commands/migrate';

describe('A manager at work in a browser', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  it('migrates a package: told while typing what is wrong, shown what it comes to, and followed to its end', async () => {
    const window = await bed.window({ who: 'manager' });
    const { page } = window;
    await window.open(`${migrate}?package=hello`);
    await page.fill('#distribution', 'nonsense!');
    await page.waitForSelector('#distribution-fault:not(:empty)');
    await noSeriousFault(page);
    await page.fill('#distribution', 'trixie-acme-unstable');
    await page.waitForSelector('#distribution:not([aria-invalid])');
    await page.click('text=Look at what it would do');
    await page.waitForSelector('text=trixie-acme-testing');
    await noSeriousFault(page);
    await page.click('text=Do it');
    await page.waitForSelector('text=acme: published');
    await noSeriousFault(page);
    await noSidewaysScrolling(page);
    window.isQuiet();
    await window.close();
  });

  it('does the same without scripts, on a phone', async () => {
    const window = await bed.window({ who: 'manager', scripts: false, phone: true });
    const { page } = window;
    await window.open(`${migrate}?package=acme-tools&distribution=trixie-acme-unstable`);
    await page.click('text=Look at what it would do');
    await noSidewaysScrolling(page);
    await page.click('text=Do it');
    await page.waitForLoadState();
    assert.match((await page.textContent('main')) ?? '', /done/);
    await page.click('text=Look again');
    assert.match(page.url(), /\/mini_buildd\/progress\?stream=repository-acme$/);
    window.isQuiet();
    await window.close();
  });

  it('logs in by the form of the page, and comes back to what was typed', async () => {
    const window = await bed.window();
    const { page } = window;
    await window.open(`${migrate}?package=hello`);
    await page.fill('#distribution', 'trixie-acme-testing');
    await page.click('text=Look at what it would do');
    await page.fill('#login', 'stan');
    await page.fill('#password', 'the password of stan');
    await page.click('main button');
    assert.equal(await page.inputValue('#distribution'), 'trixie-acme-testing');
    assert.match(page.url(), /\/commands\/migrate\?package=hello&distribution=trixie-acme-testing$/);
    await window.close();
  });

  it('stands at the address of the form after logging in, also where that has no room for all that was typed', async () => {
    const window = await bed.window();
    const { page } = window;
    await window.open('/mini_buildd/commands/apply');
    await page.fill('#configuration', 'repositories: {}\n');
    await page.click('text=Look at what it would do');
    await page.waitForLoadState();
    assert.match((await page.textContent('[role=alert]')) ?? '', /anonymous log in\b/);
    await page.fill('#login', 'adam');
    await page.fill('#password', 'the password of adam');
    await page.click('main button');
    assert.equal(await page.inputValue('#configuration'), 'repositories: {}\n');
    assert.match(page.url(), /\/mini_buildd\/commands\/apply$/);
    window.isQuiet();
    await window.close();
  });

  it('restores from the page of a package, and is told there what became of it', async () => {
    const window = await bed.window({ who: 'manager' });
    const { page } = window;
    await window.open('/mini_buildd/packages/hello');
    await noSeriousFault(page);
    await page.click('text=4 earlier, more');
    await noSidewaysScrolling(page);
    await page.click('li:has-text("2.10-2") >> text=Restore');
    await page.waitForSelector('text=What it would do');
    await page.click('text=Do it');
    await page.waitForSelector('text=acme: published');
    await page.click('nav >> text=hello');
    await page.waitForLoadState();
    assert.match((await page.textContent('main')) ?? '', /package restored/);
    await noSeriousFault(page);
    window.isQuiet();
    await window.close();
  });

  it('removes two packages of a list at once, without scripts, on a phone, and restores one from the rollback', async () => {
    const window = await bed.window({ who: 'administrator', scripts: false, phone: true });
    const { page } = window;
    await window.open('/mini_buildd/repositories/acme/bookworm-acme-unstable');
    for (const source of ['hello', 'acme-tools']) await page.check(`label:has-text("${source}") input`);
    await noSidewaysScrolling(page);
    await page.click('#chosen button:text-is("Remove")');
    await page.waitForLoadState();
    assert.match((await page.textContent('main')) ?? '', /acme-tools[\s\S]*hello/);
    await page.click('text=Do it');
    await window.open('/mini_buildd/repositories/acme/bookworm-acme-unstable-rollback0');
    await page.click('tr:has-text("hello") button:text-is("Restore")');
    await page.click('text=Do it');
    await page.waitForLoadState();
    assert.match((await page.textContent('main')) ?? '', /done/);
    window.isQuiet();
    await window.close();
  });

  it('is asked where to port those that were chosen to, and migrates from the page of a repository', async () => {
    const window = await bed.window({ who: 'manager' });
    const { page } = window;
    await window.open('/mini_buildd/repositories/acme/trixie-acme-unstable');
    await noSeriousFault(page);
    await page.check('label:has-text("rocket") input');
    await page.click('text=Port …');
    assert.equal(await page.inputValue('#from_distribution'), 'trixie-acme-unstable');
    assert.equal(await page.inputValue('#package'), 'rocket');
    await window.open('/mini_buildd/repositories/acme');
    await noSeriousFault(page);
    await page.check('label:has-text("rocket") input');
    await page.click('#chosen button:text-is("Migrate")');
    await page.click('text=Do it');
    await page.waitForSelector('text=acme: published');
    window.isQuiet();
    await window.close();
  });

  for (const scripts of [true, false]) {
    it(`looks after their account ${scripts ? 'with' : 'without'} scripts`, async () => {
      const window = await bed.window({ who: 'manager', scripts, phone: !scripts });
      const { page } = window;
      await window.open('/mini_buildd/account');
      await noSidewaysScrolling(page);
      if (scripts) await noSeriousFault(page);
      await page.click('text=Issue a token');
      await page.click('text=Do it');
      await page.waitForLoadState();
      const secret = (await page.textContent('pre')) ?? '';
      assert.match(secret, /^[\w-]{30,}\n$/);
      await window.open('/mini_buildd/account');
      assert.ok(!((await page.textContent('main')) ?? '').includes(secret.trim()));
      await page.click('text=Revoke');
      await page.click('text=Do it');
      await page.waitForLoadState();
      assert.match((await page.textContent('main')) ?? '', /is revoked/);
      window.isQuiet();
      await window.close();
    });
  }

  for (const scripts of [true, false])
    it(`cancels a binNMU from the page that tells how far it is, ${scripts ? 'with' : 'without'} scripts`, async () => {
      bed.on.builder.behave(() => 'hangs');
      const window = await bed.window({ who: 'manager', scripts, phone: !scripts });
      const { page } = window;
      const source = scripts ? 'hello' : 'acme-tools';
      await window.open(`/mini_buildd/commands/binnmu?distribution=trixie-acme-unstable&package=${source}&reason=try`);
      await page.click('text=Look at what it would do');
      await page.click('text=Do it');
      await page.waitForSelector('[aria-label="Answer"]');
      await page.click('text=Look again');
      await page.waitForURL(/\/progress\?stream=binnmu-/);
      const progress = page.url();
      const stranger = await bed.window({ scripts });
      await stranger.open(progress);
      assert.equal(await stranger.page.locator('text=Cancel the binNMU').count(), 0, 'for who may');
      await stranger.close();
      if (scripts) await noSeriousFault(page);
      await noSidewaysScrolling(page);
      await page.click('text=Cancel the binNMU …');
      await page.click('text=Do it');
      await page.waitForSelector('[aria-label="Answer"]');
      await page.waitForLoadState();
      assert.match((await page.textContent('main')) ?? '', /cancelled \(\d/);
      assert.ok(await bed.daemon.until(({ binNmus }) => binNmus.open.size === 0));
      await window.open(progress);
      assert.equal(await page.locator('text=Cancel the binNMU').count(), 0, 'it is over');
      window.isQuiet();
      await window.close();
    });
});
