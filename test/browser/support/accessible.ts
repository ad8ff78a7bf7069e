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
 * Fails if axe-core finds something serious or critical: contrast below 4.5 to 1, a field without a label, what the keyboard does
 * not reach. The checker is put in by the debugger, past the policy on content; the page's own policy stays as it is.
 */
export const noSeriousFault = async (page: Page): Promise<void> => {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const checker = (globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: Finding[] }> } })
      .axe;
    return (await checker.run({ resultTypes: ['violations'] })).violations;
  });
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(inWords), [], `axe-core on ${page.url()}`);
};

const inWords = ({ id, help, nodes }: Finding): string =>
  `${id}: ${help}\n${nodes
    .slice(0, 5)
    .map(({ html, failureSummary = '' }) => `  ${html.slice(0, 200)}\n    ${failureSummary.replace(/\n/g, '\n    ')}`)
    .join('\n')}`;

/** Fails if one has to scroll sideways to read the page. */
export const noSidewaysScrolling = async (page: Page): Promise<void> => {
  const [wanted, there] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
    number,
    number,
  ];
  assert.ok(wanted <= there, `${page.url()} is ${wanted} pixels wide and the screen ${there}`);
};
