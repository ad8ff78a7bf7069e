import assert from 'node:assert/strict';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Limits } from '../../../src/adapters/http/limits.ts';
import type { Mailer } from '../../../src/ports/mailer.ts';
import { passwordOf } from '../../support/accounts-at-work.ts';
import { type BelievableInstance, believableInstance, type Person, people } from './believable-instance.ts';

/** Who looks, and at what. Without anything: an anonymous reader at a desk in daylight, with scripts. */
export type Reader = {
  readonly who?: Person;
  readonly scripts?: boolean;
  readonly dark?: boolean;
  readonly phone?: boolean;
  /** Whether they let things move. */
  readonly motion?: boolean;
};

/** A browser's window on the instance, with an eye on what no page of ours may do. */
export type Window = {
  readonly page: Page;
  /** Opens a page below the instance's address; gives its status. */
  readonly open: (path: string) => Promise<number>;
  /** Fails if a script failed, something broke the policy on content, or a page asked anybody but us. */
  readonly isQuiet: () => void;
  readonly close: () => Promise<void>;
};

/** The believable instance and a real browser before it, for all tests of a file: `before(…)`, and `close` in `after(…)`. */
export const testBed = async (limits: Partial<Limits> = {}, mailer?: Mailer) => {
  const undone: (() => unknown)[] = [];
  const instance = await believableInstance(
    { after: (undo: unknown) => undone.push(undo as () => unknown) } as never,
    limits,
    mailer,
  );
  const browser = await debiansChromium();
  return {
    ...instance,
    window: (reader: Reader = {}): Promise<Window> => windowOf(browser, instance, reader),
    close: async (): Promise<void> => {
      await browser.close();
      for (const undo of undone.reverse()) await undo();
    },
  };
};

export type TestBed = Awaited<ReturnType<typeof testBed>>;

/** Root has no sandbox of its own, and a small `/dev/shm` is enough. */
export const debiansChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
  });

const desk = { width: 1200, height: 800 };
const phone = { width: 390, height: 780 };

/** Longest wait for anything that a test expects. Milliseconds. */
const patience = 30_000;

export const windowOf = async (
  browser: Browser,
  { url }: Pick<BelievableInstance, 'url'>,
  reader: Reader,
): Promise<Window> => {
  const context = await browser.newContext({
    baseURL: url,
    viewport: reader.phone === true ? phone : desk,
    isMobile: reader.phone === true,
    hasTouch: reader.phone === true,
    javaScriptEnabled: reader.scripts !== false,
    colorScheme: reader.dark === true ? 'dark' : 'light',
    reducedMotion: reader.motion === true ? 'no-preference' : 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(patience);
  if (reader.who !== undefined) await logIn(context, url, people[reader.who]);
  const page = await context.newPage();
  const faults = watched(context, page, url);
  return {
    page,
    open: async (path) => (await page.goto(path))?.status() ?? 0,
    isQuiet: () => assert.deepEqual(faults, []),
    close: () => context.close(),
  };
};

/** A session of somebody's, as the form for logging in would have given it. */
const logIn = async (context: BrowserContext, url: string, login: string): Promise<void> => {
  const answer = await fetch(`${url}/mini_buildd/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: passwordOf(login) }),
  });
  const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '') ?? [];
  assert.equal(answer.status, 200, `${login} could not log in`);
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' }]);
};

/** Faults in words, as they come. What breaks the policy on content is an error on the console; that a page was refused is none. */
const watched = (context: BrowserContext, page: Page, url: string): readonly string[] => {
  const faults: string[] = [];
  page.on('console', (message) => {
    const isFault = message.type() === 'error' || message.type() === 'warning';
    if (isFault && message.location().url !== page.url()) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  context.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:'))
      faults.push(`asked elsewhere: ${request.url()}`);
  });
  return faults;
};
