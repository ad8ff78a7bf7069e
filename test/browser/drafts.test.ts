import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { RepositoryConfigured } from '../../src/domain/configuration/events.ts';
import { passwordOf } from '../support/accounts-at-work.ts';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { people } from './support/believable-instance.ts';
import { type TestBed, testBed } from './support/browser.ts';
import { scriptPages } from './support/script-pages.ts';

const again = 'What you typed before is here again.';

/** All that this tab keeps of what was typed. */
const keptIn = (page: Page): Promise<string> => page.evaluate(() => JSON.stringify(sessionStorage));

/** Until what was typed last is kept. */
const isKept = async (page: Page, text: string): Promise<void> => {
  await page.waitForFunction((wanted) => JSON.stringify(sessionStorage).includes(wanted), text);
};

const logsIn = async (page: Page, login: string): Promise<void> => {
  await page.fill('#login', login);
  await page.fill('#password', passwordOf(login));
  await page.getByRole('button', { name: 'Log in' }).click();
};

describe('What was typed into a form and not sent', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  const lab = '/mini_buildd/administration/repositories/lab/edit';
  const acme = '/mini_buildd/administration/repositories/acme/edit';
  const migrate = '/mini_buildd/commands/migrate';
  /** What no package can be called is sent, and comes back with a fault. */
  const isRefused = async ({ open, page }: Awaited<ReturnType<TestBed['window']>>): Promise<void> => {
    await open(migrate);
    await page.fill('#package', 'Not A Name');
    // What is said of it moves what stands below: a press in that moment is lost.
    await page.locator('#package-fault:not(:empty)').waitFor();
    await page.fill('#distribution', 'trixie-acme-unstable');
    await page.getByRole('button', { name: 'Look at what it would do' }).click();
    await page.getByRole('alert').first().waitFor();
    // What is typed before the scripts of the page are there is kept by nobody.
    await page.waitForLoadState();
  };

  /** Another administrator changes the repository. */
  const changed = async (news: Partial<RepositoryConfigured>): Promise<void> => {
    const present = bed.daemon.world.configuration.repositories.get('lab' as never);
    await bed.daemon.configure({ ...present, ...news, type: 'RepositoryConfigured' } as RepositoryConfigured);
  };

  it('is there again when its page is loaded again, and in no other form, until it is discarded', async () => {
    const window = await bed.window({ who: 'administrator', phone: true });
    const { page } = window;
    await window.open(lab);
    const before = await page.inputValue('#validForDays');
    await page.fill('#externalHomeUrl', 'https://example.org/typed');
    await page.fill('#validForDays', '47');
    await page.reload();
    const notice = page.getByRole('status').filter({ hasText: again });
    await notice.waitFor();
    assert.equal(await page.inputValue('#externalHomeUrl'), 'https://example.org/typed');
    assert.equal(await page.inputValue('#validForDays'), '47');
    await page.locator('ins').getByText('validForDays: 47').waitFor();
    await noSeriousFault(page);
    await noSidewaysScrolling(page);

    await window.open(acme);
    assert.notEqual(await page.inputValue('#validForDays'), '47');
    assert.equal(await page.getByText(again).count(), 0);

    await window.open(lab);
    await notice.waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await notice.count(), 0);
    assert.equal(await page.inputValue('#externalHomeUrl'), '');
    assert.equal(await page.inputValue('#validForDays'), before);
    assert.ok(await page.evaluate(() => document.activeElement?.matches('form[data-draft] *') === true));
    await page.reload();
    assert.equal(await page.inputValue('#validForDays'), before);
    assert.equal(await page.getByText(again).count(), 0);
    window.isQuiet();
    await window.close();
  });

  it('belongs to one of several forms on a page, and says nothing of passwords and what is private', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open('/mini_buildd/account');
    await page.fill('#present', 'a present password');
    await page.fill('#next', 'another password');
    await page.fill('#key-text', '-----BEGIN PGP PRIVATE KEY BLOCK-----');
    await page.fill('#days', '33');
    await page.selectOption('#scope', 'staff');
    await page.reload();
    await page.getByText(again).waitFor();
    assert.equal(await page.getByText(again).count(), 1);
    assert.deepEqual(
      [await page.inputValue('#days'), await page.inputValue('#scope'), await page.inputValue('#key-text')],
      ['33', 'staff', ''],
    );
    await window.open('/mini_buildd/commands/webhook');
    await page.getByText('More options').click();
    await page.fill('#package', 'hello');
    await page.fill('#url', 'https://ci.example.org/hook?key=hush');
    await isKept(page, 'hello');
    await page.reload();
    await page.getByText(again).waitFor();
    assert.deepEqual([await page.inputValue('#package'), await page.inputValue('#url')], ['hello', '']);
    const kept = await keptIn(page);
    for (const secret of ['password', 'PRIVATE', 'hush', 'form_token']) assert.ok(!kept.includes(secret), secret);
    window.isQuiet();
    await window.close();
  });

  it('does not stand over what somebody else changed meanwhile, and says so', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open(lab);
    await page.fill('#externalHomeUrl', 'https://example.org/mine');
    await page.fill('#validForDays', '5');
    await isKept(page, 'https://example.org/mine');
    await changed({ externalHomeUrl: 'https://example.org/theirs' });
    for (const _ of ['once', 'and once more']) {
      await page.reload();
      await page.getByText(/^Not put in again, for the form reads otherwise by now: /).waitFor();
      assert.equal(await page.inputValue('#externalHomeUrl'), 'https://example.org/theirs');
      assert.equal(await page.inputValue('#validForDays'), '5');
      await page.getByText('What you had typed there').click();
      await page.getByText('https://example.org/mine').waitFor();
      // What is put in is written down a moment later, and this is none of it.
      await page.waitForTimeout(400);
    }
    await noSeriousFault(page);
    await page.getByRole('button', { name: 'Put in what I typed' }).click();
    assert.equal(await page.inputValue('#externalHomeUrl'), 'https://example.org/mine');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL('**/repositories/lab');
    assert.equal(
      bed.daemon.world.configuration.repositories.get('lab' as never)?.externalHomeUrl,
      'https://example.org/mine',
    );
    await window.open(lab);
    assert.equal(await page.getByText(again).count(), 0);
    assert.equal(await page.getByText('Not put in again').count(), 0);
    window.isQuiet();
    await window.close();
  });

  it('is gone once it is sent, but for a server that did not take it', async () => {
    const window = await bed.window({ who: 'manager' });
    const { page } = window;
    const look = () => page.getByRole('button', { name: 'Look at what it would do' }).click();
    await window.open(migrate);
    await page.fill('#package', 'hello');
    await page.fill('#distribution', 'trixie-acme-unstable');
    await page.route(`**${migrate}`, (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 503, body: 'away' }) : route.continue(),
    );
    await look();
    await page.getByText('away').waitFor();
    await page.unroute(`**${migrate}`);
    await window.open(migrate);
    await page.getByText(again).waitFor();
    assert.equal(await page.inputValue('#package'), 'hello');
    await look();
    await page.getByRole('button', { name: 'Do it' }).waitFor();
    await window.open(migrate);
    assert.equal(await page.inputValue('#package'), '');
    assert.equal(await page.getByText(again).count(), 0);
    await window.close();
  });

  it('stays what it was typed on, in a page that came back with a fault in it', async () => {
    const window = await bed.window({ who: 'manager' });
    const { page } = window;
    await isRefused(window);
    assert.equal(await page.getByText(again).count(), 0);
    await page.fill('#package', 'hello');
    await isKept(page, 'hello');
    await page.reload();
    await page.getByText(again).waitFor();
    assert.deepEqual(
      [await page.inputValue('#package'), await page.inputValue('#distribution')],
      ['hello', 'trixie-acme-unstable'],
    );
    await window.close();
  });

  it('is there again in a form that is opened after a refusal and a link that led from it', async () => {
    const window = await bed.window({ who: 'manager' });
    const { page } = window;
    await isRefused(window);
    await page.getByRole('link', { name: 'Packages' }).click();
    await page.waitForURL('**/packages');
    await window.open(migrate);
    await page.getByText(again).waitFor();
    assert.deepEqual(
      [await page.inputValue('#package'), await page.inputValue('#distribution')],
      ['Not A Name', 'trixie-acme-unstable'],
    );
    await page.fill('#package', 'hello');
    await page.locator('#package:not([aria-invalid])').waitFor();
    await page.getByRole('button', { name: 'Look at what it would do' }).click();
    await page.getByRole('button', { name: 'Do it' }).waitFor();
    await page.getByRole('link', { name: 'Packages' }).click();
    await page.waitForURL('**/packages');
    await window.open(migrate);
    assert.equal(await page.inputValue('#package'), '');
    await window.close();
  });

  it('outlives a session that ends meanwhile, and is shown to nobody else', async () => {
    const window = await bed.window({ who: 'administrator' });
    const { page } = window;
    await window.open(lab);
    await page.fill('#validForDays', '41');
    await isKept(page, '41');
    await page.context().clearCookies();
    await page.reload();
    await page.getByRole('heading', { name: 'Log in', level: 1 }).waitFor();
    await logsIn(page, people.administrator);
    await page.getByText(again).waitFor();
    assert.equal(await page.inputValue('#validForDays'), '41');
    // What is put in again is looked at as if it was typed: what that says comes to stand above the button.
    await page.locator('ins').getByText('validForDays: 41').waitFor();

    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Show what that changes' }).click();
    await page.getByRole('heading', { name: 'Log in', level: 1 }).waitFor();
    assert.ok((await keptIn(page)).includes('41'), 'whoever signs on elsewhere comes back to an empty form');
    await logsIn(page, people.administrator);
    await page.getByRole('button', { name: 'Apply' }).waitFor();
    assert.equal(await page.inputValue('#validForDays'), '41');
    assert.equal(await page.getByText(again).count(), 0);

    await window.open(migrate);
    await page.fill('#package', 'rocket');
    await isKept(page, 'rocket');
    await page.context().clearCookies();
    await page.reload();
    assert.equal(await page.inputValue('#package'), '', 'a stranger sees it');
    await window.open(`/mini_buildd/login?next=${encodeURIComponent(migrate)}`);
    await logsIn(page, people.manager);
    await page.waitForURL(`**${migrate}`);
    assert.equal(await page.inputValue('#package'), '', 'somebody else sees it');
    await page.fill('#package', 'umbrella');
    await isKept(page, 'umbrella');
    await window.open('/mini_buildd/account');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    assert.equal(await keptIn(page), '{}');
    await window.close();
  });
});

describe('A draft of a text that comes by itself', () => {
  const { opened } = scriptPages();
  const editor = `<form data-declare="/check" data-draft="configuration"><label for="text">Document</label>
<textarea id="text" name="text" data-text-from="/whole" data-text-before="# first"></textarea></form>
<script type="module" src="/declare.js"></script>`;

  it('is put in where the text is what it was, and beside it where that changed', async () => {
    let whole = 'sources: {}\n';
    const { page, faults } = await opened('draft.js', editor, { '/whole': (_req, res) => res.end(whole) });
    const holds = (text: string) =>
      page.waitForFunction((wanted) => document.querySelector('textarea')?.value === wanted, text);
    await holds(`# first\n${whole}`);
    const mine = '# first\nsources: { mine: {} }\n';
    await page.fill('#text', mine);
    await page.reload();
    await page.getByText(again).waitFor();
    await holds(mine);
    whole = 'sources: { theirs: {} }\n';
    await page.reload();
    await page.getByText(/^Not put in again.*Document\.$/).waitFor();
    await holds(`# first\n${whole}`);
    await page.getByRole('button', { name: 'Put in what I typed' }).click();
    await holds(mine);
    assert.deepEqual(faults, []);
  });
});
