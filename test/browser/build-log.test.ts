import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import type { Page } from 'playwright-core';
import type { Caller } from '../../src/domain/account/caller.ts';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { compiling } from './support/believable-logs.ts';
import { type TestBed, testBed } from './support/browser.ts';

/** Numbers of the first and last line in the page, and how many there are. */
const linesIn = async (page: Page): Promise<{ first: number; last: number; count: number }> => {
  const ids = await page.locator('.log > li').evaluateAll((items) => items.map(({ id }) => Number(id.slice(1))));
  return { first: ids[0] ?? 0, last: ids.at(-1) ?? 0, count: ids.length };
};

/** Fails unless the marked line is to be seen without scrolling, neither the list nor the window. */
const isInView = async (page: Page): Promise<void> => {
  const line = await page.locator('.log .marked').boundingBox();
  const list = await page.locator('.log').boundingBox();
  assert.ok(line !== null && list !== null);
  const bottom = Math.min(list.y + list.height, page.viewportSize()?.height ?? 0);
  const where = `the line is at ${line.y}, and one sees from ${list.y} to ${bottom}`;
  assert.ok(line.y >= Math.max(0, list.y) && line.y + line.height <= bottom, where);
};

/** Fails unless some lines before it are in view as well. */
const isWithItsContext = async (page: Page, line: number): Promise<void> => {
  const earlier = await page.locator(`#L${line - 5}`).boundingBox();
  const { y: top = 0 } = (await page.locator('.log').boundingBox()) ?? {};
  assert.ok(earlier !== null && earlier.y >= Math.max(0, top), `line ${line - 5} is at ${earlier?.y}`);
};

/** Fails unless a screen reader hears where the keys went, what stands there, and finds it as the one line that is meant. */
const isReadOut = async (page: Page, line: number): Promise<void> => {
  const [current, ...others] = await page.locator('.log [aria-current="true"]').all();
  assert.equal(await current?.getAttribute('id'), `L${line}`);
  assert.equal(others.length, 0);
  const says = ((await current?.textContent()) ?? '').slice(`${line}`.length);
  const state = page.locator('.log-state[role="status"]');
  await state.getByText(`Line ${line} of `).waitFor();
  const heard = (await state.textContent()) ?? '';
  assert.ok(heard.endsWith(`: ${says}`), `${heard} is not line ${line}: ${says}`);
};

describe('The log of a build', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  it('is followed while the build runs, until the reader wants to look around', async () => {
    const build = bed.buildOf('birdseed');
    const window = await bed.window();
    const { page } = window;
    await window.open(`/mini_buildd/builds/${build}`);
    await page.getByText('following').waitFor();
    bed.on.builder.goesOn(build, 'the first news\n');
    await page.locator('.log').getByText('the first news').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    bed.on.builder.goesOn(build, 'not yet shown\nand no whole line');
    await page.getByText(/paused/).waitFor();
    await page.waitForTimeout(600);
    assert.equal(await page.locator('.log').getByText('not yet shown').count(), 0);
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.locator('.log').getByText('not yet shown').waitFor();
    assert.equal(await page.locator('.log').getByText('and no whole line').count(), 0);
    bed.on.builder.goesOn(build, '\n');
    await page.locator('.log').getByText('and no whole line').waitFor();
    window.isQuiet();
    await window.close();
  });

  it('leads to its first error, to what is sought, and to any line by a link', async () => {
    const build = bed.buildOf('rocket');
    const window = await bed.window();
    const { page } = window;
    await window.open(`/mini_buildd/builds/${build}`);
    await page.getByRole('link', { name: 'First error' }).click();
    // The log of a failed build opens with its first error marked: the address is what the press adds.
    await page.waitForURL(/#L\d+$/);
    assert.match((await page.locator('.log .marked').textContent()) ?? '', /error: ‘thrust’ undeclared/);
    await isInView(page);
    await page.getByLabel('Find in the log').fill('LIB12');
    await page.getByLabel('Find in the log').press('Enter');
    await page.getByText(/Found in line/).waitFor();
    assert.match((await page.locator('.log .marked').textContent()) ?? '', /main lib12$/m);
    await isInView(page);
    await page.getByLabel('Find in the log').fill('not there');
    await page.getByLabel('Find in the log').press('Enter');
    await page.getByText('Nothing found').waitFor();
    await window.open('/mini_buildd/');
    await window.open(`/mini_buildd/builds/${build}#L30`);
    await page.locator('#L30.marked').waitFor();
    await isWithItsContext(page, 30);
    window.isQuiet();
    await window.close();
  });

  it('goes to a line by its number, and from there by keys', async () => {
    const build = bed.buildOf('rocket');
    const window = await bed.window();
    const { page } = window;
    await window.open(`/mini_buildd/builds/${build}`);
    await page.fill('#line', '40');
    await page.press('#line', 'Enter');
    await page.locator('#L40.marked').waitFor();
    await isInView(page);
    await noSeriousFault(page);
    await page.locator('.log').focus();
    for (const [key, line] of [
      ['ArrowDown', 41],
      ['ArrowUp', 40],
      ['PageDown', 65],
      ['PageUp', 40],
      ['Home', 1],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator(`#L${line}.marked`).waitFor();
      await isInView(page);
      assert.ok(page.url().endsWith(`#L${line}`));
      await isReadOut(page, line);
    }
    await page.keyboard.press('End');
    await page.locator('.log > li:last-child.marked').waitFor();
    // Who scrolled away from the marked line goes on from where they look.
    await page.locator('.log').evaluate((log) => {
      log.scrollTop = 0;
    });
    await page.keyboard.press('ArrowDown');
    await page.locator('#L2.marked').waitFor();
    await isInView(page);
    window.isQuiet();
    await window.close();
  });

  it('goes where its reader wants though other lines are on their way, key by key', async () => {
    const window = await bed.window();
    const { page } = window;
    const held = Promise.withResolvers<void>();
    await page.route(/lines\?output=json/, async (route) => {
      await held.promise;
      await route.continue();
    });
    const asked = page.waitForRequest(/lines\?output=json/);
    await window.open(`/mini_buildd/builds/${bed.buildOf('rocket')}`);
    const { first } = await linesIn(page);
    await page.locator('.log').evaluate((log) => {
      log.scrollTop = 0;
    });
    await asked;
    await page.fill('#line', `${first + 9}`);
    await page.press('#line', 'Enter');
    await page.locator('.log').focus();
    for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    held.resolve();
    await page.locator(`#L${first + 11}.marked`).waitFor();
    window.isQuiet();
    await window.close();
  });

  it('goes to a line without scripts, on a phone', async () => {
    const window = await bed.window({ scripts: false, phone: true });
    const { page } = window;
    await window.open(`/mini_buildd/builds/${bed.buildOf('rocket')}`);
    await page.fill('#line', '40');
    await page.click('.go-to button');
    await page.waitForURL(/\/log\/lines\?from=40$/);
    assert.equal((await linesIn(page)).first, 40);
    await noSidewaysScrolling(page);
    window.isQuiet();
    await window.close();
  });

  it('shows colours, and everything else as text', async () => {
    const window = await bed.window();
    const { page } = window;
    await window.open(`/mini_buildd/builds/${bed.buildOf('rocket')}`);
    const text = (await page.locator('.log').textContent()) ?? '';
    assert.ok(text.includes('<script>alert("a log is no page")</script> & <img src=x onerror=alert(1)>'));
    assert.doesNotMatch(text, /[\u001b\u0007\u202e\u2066]|\[01m|owned/);
    assert.equal(await page.locator('.log .c5.b', { hasText: 'warning:' }).count(), 1);
    window.isQuiet();
    await window.close();
  });

  it('is taken along as a file, while it grows and afterwards, with scripts and without', async () => {
    for (const [source, scripts] of [
      ['birdseed', true],
      ['rocket', false],
    ] as const) {
      const window = await bed.window({ scripts });
      const { page } = window;
      await window.open(`/mini_buildd/builds/${bed.buildOf(source)}`);
      const [taken] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download' }).click(),
      ]);
      assert.match(taken.suggestedFilename(), /\.(log|build|txt)/);
      if (source === 'rocket') assert.match(await readFile(await taken.path(), 'utf8'), /thrust/);
      else await taken.cancel();
      window.isQuiet();
      await window.close();
    }
  });

  it('is read in pages and searched without a script', async () => {
    const build = bed.buildOf('rocket');
    const window = await bed.window({ scripts: false });
    const { page } = window;
    await window.open(`/mini_buildd/builds/${build}`);
    await page.getByRole('link', { name: 'Beginning' }).click();
    await page.locator('#L1', { hasText: 'sbuild (Debian sbuild)' }).waitFor();
    await page.getByLabel('Find in the log').fill('thrust');
    await page.getByRole('button', { name: 'Find', exact: true }).last().click();
    await page.locator('.log .marked', { hasText: 'thrust' }).waitFor();
    await page.getByRole('link', { name: 'Find the next one' }).click();
    await page.getByText('Nothing more was found').waitFor();
    window.isQuiet();
    await window.close();
  });

  it('of a hundred megabytes is as quick to walk through as a short one', async () => {
    const build = bed.buildOf('tunnel');
    const line = compiling(0);
    const lines = Math.ceil((100 * 1024 * 1024) / line.length);
    bed.on.builder.goesOn(build, line.repeat(lines));
    bed.on.builder.goesOn(build, 'E: it went wrong after all\n');
    const window = await bed.window();
    const { page } = window;
    await window.open(`/mini_buildd/builds/${build}`);
    await page.getByText('following').waitFor();
    const end = await linesIn(page);
    assert.ok(end.last > lines, `${end.last}`);
    await page.getByRole('link', { name: 'Beginning' }).click();
    await page.locator('#L1').waitFor();
    // The line that was clicked goes when others are shown, and the keys go on.
    await page.locator('#L1 a').click();
    await page.keyboard.press('End');
    await page.locator(`#L${end.last}.marked`).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator(`#L${end.last - 1}.marked`).waitFor();
    await page.keyboard.press('Home');
    await page.locator('#L1.marked').waitFor();
    await page.locator('#L1 a').click();
    for (let times = 0; times < 12; times += 1) {
      const { last } = await linesIn(page);
      await page.locator('.log').evaluate((log) => {
        log.scrollTop = log.scrollHeight;
      });
      await page.locator(`#L${last + 1}`).waitFor({ state: 'attached' });
    }
    const { first, count } = await linesIn(page);
    assert.ok(first > 1000 && count <= 1500, `${count} lines from ${first} on`);
    assert.ok(await page.locator('.log').evaluate((log) => log === document.activeElement));
    await page.locator('.log').evaluate((log) => {
      log.scrollTop = 0;
    });
    await page.locator(`#L${first - 1}`).waitFor({ state: 'attached' });
    assert.ok((await linesIn(page)).count <= 1500);
    await page.getByLabel('Find in the log').fill('wrong after all');
    await page.getByLabel('Find in the log').press('Enter');
    await page.locator('.log .marked', { hasText: 'wrong after all' }).waitFor();
    window.isQuiet();
    await window.close();
  });

  it('comes to be in front of who waits for it, and is whole when its build has ended', async () => {
    const { world, engine } = bed.daemon;
    const waiting = [...world.builds.open.values()].find(({ status, requested }) => {
      return status === 'needs-build' && requested.source === 'birdseed';
    });
    assert.ok(waiting !== undefined);
    const window = await bed.window();
    const { page } = window;
    await window.open(`/mini_buildd/builds/${waiting.id}`);
    await page.locator('#state', { hasText: 'needs-build' }).waitFor();
    assert.equal(await page.locator('.log').count(), 0);
    const cancelled = await engine.api.run('cancel', { builds: bed.buildOf('tunnel') }, manager);
    assert.ok(isRight(cancelled), JSON.stringify(cancelled));
    await page.locator('#state', { hasText: 'building' }).waitFor();
    bed.on.builder.goesOn(waiting.id, 'the last thing it says\n');
    await page.locator('.log', { hasText: 'the last thing it says' }).waitFor();
    const ended = await engine.api.run('cancel', { builds: waiting.id }, manager);
    assert.ok(isRight(ended), JSON.stringify(ended));
    await page.locator('#state', { hasText: 'cancelled' }).waitFor();
    window.isQuiet();
    await window.close();
  });
});

const manager: Caller = { actor: { kind: 'account', name: 'manager' }, privilege: 'staff', shown: 'session' };
