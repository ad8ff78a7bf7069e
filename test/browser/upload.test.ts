import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { UploadStory } from '../../src/projections/uploads.ts';
import { uploadsAtWork } from '../adapters/http/uploads-at-work.ts';
import { type SourceUpload, type SourceUploadTraits, sourceUpload } from '../support/source-upload.ts';
import { noSeriousFault, noSidewaysScrolling } from './support/accessible.ts';
import { debiansChromium, type Reader, windowOf } from './support/browser.ts';

const upload = '/mini_buildd/upload';

type Given = { readonly name: string; readonly bytes: string };

const all = ({ files, changes }: SourceUpload): readonly Given[] => [...files, changes];

const chosen = (files: readonly Given[]) =>
  files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) }));

/** As from the desktop: the browser's own event, with files in it. */
const drop = async (page: Page, where: string, files: readonly Given[]): Promise<void> => {
  const dragged = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, bytes } of given) transfer.items.add(new File([bytes], name));
    return transfer;
  }, files);
  await page.dispatchEvent(where, 'dragover', { dataTransfer: dragged });
  await page.dispatchEvent(where, 'drop', { dataTransfer: dragged });
};

const status = (page: Page) => page.locator('form').getByRole('status');

/** Everything that the region for screen readers comes to say, in order. */
const listenTo = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const said: string[] = [];
    const region = document.querySelector('form [role="status"]');
    Object.assign(globalThis, { said });
    if (region) new MutationObserver(() => said.push(region.textContent ?? '')).observe(region, { childList: true });
  });

const heard = (page: Page): Promise<readonly string[]> => page.evaluate('said') as Promise<readonly string[]>;

/** A line to the server that carries nothing while it is held, and takes no connection while it is cut. */
const lineTo = async (port: number) => {
  const open = new Map<Socket, Socket>();
  let isHeld = false;
  let isCut = false;
  const line = createServer((near) => {
    if (isCut) return near.resetAndDestroy();
    const far = connect(port, '127.0.0.1');
    open.set(near, far);
    for (const end of [near, far]) end.on('error', () => undefined);
    near.once('close', () => {
      open.delete(near);
      far.destroy();
    });
    far.pipe(near);
    if (!isHeld) near.pipe(far);
  });
  await new Promise<void>((listens) => line.listen(0, '127.0.0.1', listens));
  const cut = (): void => {
    isCut = true;
    for (const near of open.keys()) near.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    held: (): void => {
      isHeld = true;
      for (const [near, far] of open) near.unpipe(far);
    },
    goesOn: (): void => {
      isHeld = false;
      isCut = false;
      for (const [near, far] of open) near.pipe(far);
    },
    cut,
    close: async (): Promise<void> => {
      cut();
      await new Promise((closed) => line.close(closed));
    },
  };
};

describe('Who uploads in a browser', () => {
  let browser: Browser;
  let at: Awaited<ReturnType<typeof uploadsAtWork>>;
  let undone: (() => unknown)[];
  before(async () => {
    browser = await debiansChromium();
  });
  after(() => browser.close());
  beforeEach(async (test) => {
    undone = [];
    at = await uploadsAtWork({ after: (undo: unknown) => undone.push(undo as () => unknown) } as never);
    (test as unknown as { after: (undo: () => Promise<void>) => void }).after(async () => {
      for (const undo of undone.reverse()) await undo();
    });
  });

  const opened = async (reader: Reader = {}) => {
    const window = await windowOf(browser, at, reader);
    assert.equal(await window.open(upload), 200);
    return window;
  };

  /** Until the verdict, and what follows from it, is out. */
  const ended = async (source: string): Promise<void> => {
    const isMeant = ({ received }: UploadStory): boolean => received.facts?.source === source;
    assert.ok(await at.daemon.until(({ uploads }) => uploads.ended.some(isMeant)));
  };

  it('drops files, is told what the .changes still lists, and sees the verdict come', async () => {
    const window = await opened();
    const { page } = window;
    const { files, changes } = sourceUpload();
    await noSeriousFault(page);
    await drop(page, 'form', [changes]);
    await status(page).getByText('hello_2.10.orig.tar.gz').waitFor();
    await drop(page, 'h1', files);
    await page.waitForFunction(() => document.querySelector('form [role="status"]')?.textContent === '');
    assert.equal(await page.locator('.chosen li').count(), files.length + 1);
    await noSeriousFault(page);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.waitForURL(/verdict/);
    await ended('hello');
    await page.getByText('apt sees it').waitFor();
    await noSeriousFault(page);
    window.isQuiet();
    await window.close();
  });

  for (const scripts of [true, false]) {
    it(`chooses files in the form ${scripts ? 'with' : 'without'} scripts, on a phone`, async () => {
      const window = await opened({ scripts, phone: true });
      const { page } = window;
      await page.setInputFiles('#files', chosen(all(sourceUpload())));
      await noSidewaysScrolling(page);
      await page.getByRole('button', { name: 'Upload' }).click();
      await page.waitForURL(/verdict/);
      await ended('hello');
      if (!scripts) await page.click('text=Look again');
      await page.getByText('apt sees it').waitFor();
      await noSidewaysScrolling(page);
      window.isQuiet();
      await window.close();
    });

    it(`reads why an upload is rejected, ${scripts ? 'with' : 'without'} scripts`, async () => {
      const window = await opened({ scripts });
      const { page } = window;
      await page.setInputFiles('#files', chosen(all(sourceUpload({ signedBy: null }))));
      await page.getByRole('button', { name: 'Upload' }).click();
      await page.waitForURL(/verdict/);
      await ended('hello');
      if (!scripts) await page.click('text=Look again');
      await page.getByText('nothing was changed').waitFor();
      await page.getByRole('link', { name: 'unsigned' }).waitFor();
      window.isQuiet();
      await window.close();
    });

    it(`reads which file was not taken, ${scripts ? 'with' : 'without'} scripts`, async () => {
      const window = await opened({ scripts });
      const { page } = window;
      const [first, ...others] = all(sourceUpload());
      await page.setInputFiles('#files', chosen([...others, { name: 'no name of a file.dsc', bytes: 'x' }]));
      await page.getByRole('button', { name: 'Upload' }).click();
      await page.getByText('letters, digits').first().waitFor();
      if (scripts) {
        await page.getByRole('button', { name: 'Remove no name of a file.dsc' }).click();
        await page.waitForFunction((left) => document.querySelectorAll('.chosen li').length === left, others.length);
        await page.setInputFiles('#files', chosen([first as Given, ...others]));
      } else {
        await page.getByRole('link', { name: 'Upload more' }).click();
        await page.setInputFiles('#files', chosen([first as Given, ...others]));
      }
      await page.getByRole('button', { name: 'Upload' }).click();
      await page.waitForURL(/verdict/);
      await page.close();
      await window.close();
    });
  }

  it('finds all that was chosen where the connection broke or was stopped, and hears stages instead of figures', async () => {
    const line = await lineTo(at.port);
    undone.push(line.close);
    const window = await windowOf(browser, line, {});
    await window.open(upload);
    const { page } = window;
    const large = sourceUpload({ more: [{ name: 'hello_2.10-3_notes.txt' as never, bytes: 'x'.repeat(24_000_000) }] });
    await page.setInputFiles('#files', chosen(all(large)));
    await page.locator('.chosen li').first().waitFor();
    await listenTo(page);
    line.held();
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.locator('.sent').getByText('%').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await status(page).getByText('Stopped.').waitFor();
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.locator('.sent').getByText('%').waitFor();
    const said = await heard(page);
    assert.ok(said.length <= 6 && said.every((text) => !text.includes('%')), said.join(' | '));
    line.cut();
    await status(page).getByText('The connection broke.').waitFor();
    assert.equal(await page.locator('.chosen li').count(), all(large).length);
    line.goesOn();
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.waitForURL(/verdict/);
    await ended('hello');
    await page.getByText('apt sees it').waitFor();
    await window.close();
  });

  it('loses nothing where a session ended in the middle: the signature decides', async () => {
    const window = await opened();
    const { page } = window;
    await page.setInputFiles('#files', chosen(all(sourceUpload())));
    await page.context().addCookies([{ name: 'mini_buildd_acme', value: 'ended', url: at.url, httpOnly: true }]);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.waitForURL(/verdict/);
    await ended('hello');
    await page.getByText('apt sees it').waitFor();
    await window.close();
  });

  it('uploads two packages at once: in one form, and in two windows', async () => {
    const of = (source: string, traits: SourceUploadTraits = {}) => all(sourceUpload({ source, ...traits }));
    const window = await opened();
    const { page } = window;
    await page.setInputFiles('#files', chosen([...of('hello'), ...of('rocket', { signedBy: null })]));
    assert.equal(await page.getByRole('link', { name: 'what becomes of it' }).count(), 0);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('link', { name: 'what becomes of it' }).nth(1).waitFor();
    await noSeriousFault(page);
    const others = await Promise.all([opened(), opened()]);
    for (const [index, { page }] of others.entries()) await page.setInputFiles('#files', chosen(of(`window${index}`)));
    await Promise.all(others.map(({ page }) => page.getByRole('button', { name: 'Upload' }).click()));
    for (const [index, other] of others.entries()) {
      await other.page.waitForURL(/verdict/);
      await ended(`window${index}`);
      await other.page.getByText('apt sees it').waitFor();
      other.isQuiet();
      await other.close();
    }
    window.isQuiet();
    await window.close();
  });

  it('shows names and contents of strangers as text', async () => {
    const window = await opened();
    const { page } = window;
    const evil = '<img src=x onerror=alert(1)>';
    await page.setInputFiles(
      '#files',
      chosen([{ name: `${evil}.changes`, bytes: ` ${'0'.repeat(64)} 1 ${evil.replaceAll(' ', '')}\n` }]),
    );
    await page.getByText(`${evil}.changes`).first().waitFor();
    assert.equal(await page.locator('main img').count(), 0);
    window.isQuiet();
    await window.close();
  });
});
