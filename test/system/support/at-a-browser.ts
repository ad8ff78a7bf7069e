import { chromium, type Locator, type Page } from 'playwright-core';

/** Who sits before Debian's Chromium and goes on by what pages say. */
export type AtABrowser = {
  readonly page: Page;
  /** A link or a button, by its name, or by what that begins with. */
  readonly clicks: (role: 'link' | 'button', name: string | RegExp, where?: Locator) => Promise<void>;
  readonly types: (field: string | RegExp, text: string) => Promise<void>;
  /** Waits for words to come up, without loading the page again. */
  readonly sees: (words: string | RegExp, where?: Locator, longest?: number) => Promise<void>;
  /** Presses the button to copy that stands beside `text`, and gives what is then to be pasted. */
  readonly copies: (text: Locator) => Promise<string>;
  readonly close: () => Promise<void>;
};

/** Longest wait for a page. Milliseconds. */
const patience = 30_000;

export const atABrowser = async (origin: string): Promise<AtABrowser> => {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const main = page.getByRole('main');
  return {
    page,
    clicks: (role, name, where = main) =>
      where
        .getByRole(role, { name, exact: typeof name === 'string' })
        .first()
        .click(),
    types: (field, text) =>
      main
        .getByLabel(field, { exact: typeof field === 'string' })
        .first()
        .fill(text),
    sees: (words, where = main, longest = patience) => where.getByText(words).first().waitFor({ timeout: longest }),
    copies: async (text) => {
      await text.locator('xpath=following-sibling::span[1]/button').click();
      await page.getByText('Copied').first().waitFor();
      return (await page.evaluate('navigator.clipboard.readText()')) as string;
    },
    close: () => browser.close(),
  };
};
