import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

type Finding = {
  readonly id: string;
  readonly impact?: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
};

/**
 * Fails if axe-core finds something serious or critical by all of its rules, or by some: contrast below 4.5 to 1, a field without a
 * label, what the keyboard does not reach. The checker is put in by the debugger, past the policy on content; the page's own policy stays as it is.
 */
export const noSeriousFault = async (page: Page, rules?: readonly string[]): Promise<void> => {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe.source);
  const violations = await page.evaluate(
    async (runOnly) => {
      const checker = (
        globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: Finding[] }> } }
      ).axe;
      return (await checker.run({ resultTypes: ['violations'], ...runOnly })).violations;
    },
    rules === undefined ? {} : { runOnly: [...rules] },
  );
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(inWords), [], `axe-core on ${page.url()}`);
};

const inWords = ({ id, help, nodes }: Finding): string =>
  `${id}: ${help}\n${nodes
    .slice(0, 5)
    .map(({ html, failureSummary = '' }) => `  ${html.slice(0, 200)}\n    ${failureSummary.replace(/\n/g, '\n    ')}`)
    .join('\n')}`;

/** Fails if one has to scroll sideways to read the page; a phone would show it smaller, and its window grows by that. */
export const noSidewaysScrolling = async (page: Page): Promise<void> => {
  const [wanted, seen] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
    number,
    number,
  ];
  const there = Math.min(seen, page.viewportSize()?.width ?? seen);
  assert.ok(wanted <= there, `${page.url()} is ${wanted} pixels wide and the screen ${there}`);
};

/** Fails if a card, or a table in it, is wider than its place: what is cut off there is scrolled to by nobody who does not know of it. */
export const nothingCutOff = async (page: Page, widths: readonly number[]): Promise<void> => {
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    const cut = await page.locator('.card, .wide, table').evaluateAll((all) =>
      all.flatMap((each) => {
        const { scrollWidth, clientWidth } = each;
        const place = `${each.closest('[id]')?.id}/${each.nodeName}`;
        return scrollWidth > clientWidth + 1 ? [`${place}: ${scrollWidth} in ${clientWidth}`] : [];
      }),
    );
    assert.deepEqual(cut, [], `${page.url()} at ${width} pixels`);
  }
  if (before !== null) await page.setViewportSize(before);
};

/** Fails unless the page, as it is now, has no serious fault in light and dark, and is read on a phone without scrolling sideways. */
export const isSound = async (page: Page, { scripts }: { readonly scripts: boolean }): Promise<void> => {
  const desk = page.viewportSize();
  const { looked, close } = scripts ? { looked: page, close: async () => undefined } : await likeness(page);
  await noSeriousFault(looked);
  await looked.emulateMedia({ colorScheme: 'dark' });
  await noSeriousFault(looked, ofColours);
  await close();
  await page.setViewportSize({ width: 390, height: 780 });
  await noSidewaysScrolling(page);
  if (desk !== null) await page.setViewportSize(desk);
};

/** What may differ in the dark. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** The same page where scripts run, without its own: axe-core is a script. */
const likeness = async (page: Page): Promise<{ readonly looked: Page; readonly close: () => Promise<void> }> => {
  const markup = (await page.content()).replace(/<script\b[^>]*><\/script>/g, '');
  const context = await page
    .context()
    .browser()
    ?.newContext({ reducedMotion: 'reduce', viewport: page.viewportSize() });
  if (context === undefined) throw new Error('the browser is gone');
  const looked = await context.newPage();
  await looked.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: markup }));
  await looked.goto(page.url());
  return { looked, close: () => context.close() };
};
