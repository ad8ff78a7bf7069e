import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { asks } from '../support/asks.ts';
import { noSeriousFault, noSidewaysScrolling, nothingCutOff } from './support/accessible.ts';
import { makeAcquaintances, node, remote } from './support/acquaintances.ts';
import { type Reader, type TestBed, testBed } from './support/browser.ts';

const root = '/mini_buildd/administration';

const pages = [
  '',
  '/sources',
  '/sources/debian-trixie',
  '/sources/debian-trixie/edit',
  '/sources/debian-trixie/remove',
  '/layouts/Default/edit',
  '/distributions/trixie/edit',
  '/repositories/acme',
  '/repositories/acme/remove',
  '/add/chroots',
  '/chroots/trixie-amd64',
  '/instance/instance/edit',
  '/accounts',
  '/uploaders',
  '/builders',
  '/retention',
  '/retention/acme',
  '/notifications',
  '/configuration',
  '/welcome',
  '/welcome/progress?repository=acme',
];

const readers: Readonly<Record<string, Reader>> = {
  'at a desk': { who: 'administrator' },
  'on a phone in the dark': { who: 'administrator', phone: true, dark: true },
  'without scripts': { who: 'administrator', scripts: false },
};

/** Bytes of markup that a page may have; a layout has many suites with many fields. */
const mostBytes = 60_000;

/** Where the pages are of what is looked after without being declared. */
const knownIn = async ({ daemon }: TestBed): Promise<readonly string[]> => {
  await makeAcquaintances(daemon);
  const { accounts, webhooks } = daemon.world;
  const uploader = [...accounts].find(([, { key: handedIn }]) => handedIn !== undefined)?.[0];
  return [
    `/webhooks/${[...webhooks.keys()][0]}`,
    `/remotes/${encodeURIComponent(remote)}`,
    `/nodes/${node}`,
    ...(uploader === undefined ? [] : [`/uploaders/${uploader}`, `/accounts/${uploader}`]),
  ];
};

describe('An administrator in a real browser', () => {
  let bed: TestBed;
  let undeclared: readonly string[] = [];
  before(async () => {
    bed = await testBed();
    const given = { repository: 'acme', versions: '1', days: '3' };
    assert.ok(!(await asks(bed.daemon, 'retention', given)).refused);
    undeclared = await knownIn(bed);
  });
  after(() => bed.close());

  for (const [name, reader] of Object.entries(readers)) {
    it(`finds every page of administration sound ${name}`, async () => {
      const window = await bed.window(reader);
      for (const path of [...pages, ...undeclared]) {
        assert.equal(await window.open(`${root}${path}`), 200, path);
        await noSidewaysScrolling(window.page);
        if (reader.phone !== true) await nothingCutOff(window.page, [1024, 1200]);
        if (reader.scripts !== false) await noSeriousFault(window.page);
        const bytes = Buffer.byteLength(await window.page.content());
        assert.ok(bytes <= mostBytes, `${path} has ${bytes} bytes`);
      }
      window.isQuiet();
      await window.close();
    });
  }

  it('is told while typing what is wrong and what would change, and applies it', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open(`${root}/repositories/acme/edit`);
    await page.fill('#externalHomeUrl', 'somewhere');
    await page.waitForSelector('#externalHomeUrl-fault:has-text("is no address of a web page")');
    await page.fill('#externalHomeUrl', 'https://example.org/acme');
    await page.waitForSelector('#externalHomeUrl-fault:empty', { state: 'attached' });
    await page.waitForSelector('#difference ins:has-text("+    externalHomeUrl: https://example.org/acme")');
    await noSeriousFault(page);
    await page.click('button:has-text("Apply this")');
    await page.waitForSelector('#history:has-text("https://example.org/acme")');
    assert.match(page.url(), /\/administration\/repositories\/acme$/);
    window.isQuiet();
    await window.close();
  });

  it('is told the same of the wizard’s answers, and of the whole configuration', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open(`${root}/welcome`);
    await page.fill('#repository', 'Main Thing');
    await page.waitForSelector('#repository-fault:has-text("lower case letters")');
    assert.equal(await page.getAttribute('#repository', 'aria-invalid'), 'true');
    await page.fill('#repository', 'main');
    await page.waitForSelector('#difference ins:has-text("+  main:")');
    assert.equal(await page.getAttribute('#repository', 'aria-invalid'), null);
    await noSeriousFault(page);
    await window.open(`${root}/configuration`);
    await page.fill('#text', 'sources: [');
    await page.waitForSelector('#faults:has-text("line 1")');
    await page.fill('#text', 'repositories: { lab: { validForDays: 3 } }');
    await page.waitForSelector('#difference ins:has-text("+    validForDays: 3")');
    await page.waitForSelector('#faults:empty', { state: 'attached' });
    await noSeriousFault(page);
    window.isQuiet();
    await window.close();
  });

  it('cannot apply what was told of something else than stands there now', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open(`${root}/configuration`);
    await page.fill('#text', 'repositories: { lab: { validForDays: 3 } }');
    await page.waitForSelector('button:has-text("Apply this"):enabled');
    await page.route('**/check/configuration', (route) => route.abort());
    await page.fill('#text', 'repositories: { lab: { validForDays: 4 } }');
    await page.waitForSelector('button:has-text("Apply this"):disabled');
    await page.click('button:has-text("Show what that changes")');
    await page.waitForSelector('#difference ins:has-text("+    validForDays: 4")');
    await page.click('button:has-text("Apply this"):enabled');
    await page.waitForSelector('h1:has-text("Administration")');
    await window.close();
  });

  it('sees while typing what another one changed, and keeps what was typed', async () => {
    const [mine, theirs] = [await bed.window({ who: 'administrator' }), await bed.window({ who: 'administrator' })];
    await mine.open(`${root}/repositories/lab/edit`);
    await theirs.open(`${root}/repositories/lab/edit`);
    await theirs.page.fill('#externalHomeUrl', 'https://example.org/lab');
    await theirs.page.click('button:has-text("Apply this"):enabled');
    await theirs.page.waitForURL(/repositories\/lab$/);
    await mine.page.fill('#validForDays', '5');
    await mine.page.waitForSelector('#meanwhile:has-text("adam changed it")');
    assert.equal(await mine.page.locator('button:has-text("Apply this")').count(), 0);
    await mine.page.click('button:has-text("Show what that changes")');
    await mine.page.waitForSelector('#meanwhile:has-text("https://example.org/lab")');
    assert.equal(await mine.page.inputValue('#validForDays'), '5');
    await noSeriousFault(mine.page);
    for (const window of [mine, theirs]) {
      window.isQuiet();
      await window.close();
    }
  });

  it('gets the same told by a button without scripts', async () => {
    const window = await bed.window({ who: 'administrator', scripts: false });
    const { page } = window;
    await window.open(`${root}/welcome`);
    await page.fill('#repository', 'Main Thing');
    await page.click('button:has-text("Check the answers")');
    await page.waitForSelector('#repository-fault:has-text("lower case letters")');
    await page.waitForSelector('#what:focus');
    await page.fill('#repository', 'main');
    await page.click('button:has-text("Check the answers")');
    await page.waitForSelector('#difference ins:has-text("+  main:")');
    await window.open(`${root}/configuration`);
    await page.fill('#text', 'repositories: { acme: { layout: Nowhere } }');
    await page.click('button:has-text("Show what that changes")');
    await page.waitForSelector('#faults:has-text("Nowhere")');
    window.isQuiet();
    await window.close();
  });

  it('sees what the preparation of a chroot prints as it prints it, on its page and in the wizard', async () => {
    bed.on.chroots.behave(() => undefined);
    const refreshed = await asks(bed.daemon, 'chroot', { action: 'refresh', name: 'trixie-amd64' });
    assert.equal(refreshed.refused, undefined);
    await bed.daemon.rests();
    for (const [path, part] of [
      ['/chroots/trixie-amd64', '#preparation'],
      ['/welcome/progress?repository=acme', '#chroots'],
    ] as const)
      for (const phone of [false, true]) {
        const window = await bed.window({ who: 'administrator', phone });
        await window.open(`${root}${path}`);
        await window.page.getByText('Live', { exact: true }).waitFor();
        const printed = window.page.locator(`${part} pre`);
        const which = `${path}${phone ? ' on a phone' : ''}`;
        for (let line = 1; line <= 50; line += 1)
          bed.on.chroots.prints(`I: Retrieving package ${which} ${line}, which has a name as long as names are today`);
        await printed.getByText(`${which} 50`).waitFor();
        const { fromEnd, isScrolled } = await printed.evaluate((box) => {
          const range = document.createRange();
          range.selectNodeContents(box);
          const [end, below] = [range.getBoundingClientRect().bottom, box.getBoundingClientRect().bottom];
          return { fromEnd: below - end, isScrolled: ['auto', 'scroll'].includes(getComputedStyle(box).overflowY) };
        });
        assert.ok(
          fromEnd >= 0 && fromEnd < 40,
          `${which}: the last line ends ${fromEnd} pixels above the end of its box`,
        );
        assert.ok(isScrolled, `${which}: what was printed before is scrolled to`);
        await noSidewaysScrolling(window.page);
        await noSeriousFault(window.page);
        window.isQuiet();
        await window.close();
      }
  });
});
