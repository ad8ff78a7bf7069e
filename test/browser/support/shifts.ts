import type { Page } from 'playwright-core';

type Shift = { readonly value: number; readonly hadRecentInput: boolean; readonly what: string };

/**
 * Until the page showed what it is by now. A browser under load is late with its frames, and only with them it tells what moved, and holds on to
 * what is read while something grew above.
 */
export const painted = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

/** Until nothing is held back any more. It glides by frames, however long they take; rejects when nothing moves. */
export const allShown = async (page: Page): Promise<void> => {
  const heldBack = () => [...document.querySelectorAll<HTMLElement>('.held')].map(({ style }) => style.cssText).join();
  for (let now = await page.evaluate(heldBack); now !== ''; now = await page.evaluate(heldBack))
    await page.waitForFunction(
      (before) =>
        [...document.querySelectorAll<HTMLElement>('.held')].map(({ style }) => style.cssText).join() !== before,
      now,
    );
};

/** From now on the page counts how much of what is in view moves by itself (Layout Instability API). */
export const countShifts = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const counted: Shift[] = [];
    Object.assign(globalThis, { counted });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput, sources } = entry as unknown as {
          value: number;
          hadRecentInput: boolean;
          sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
        };
        const what = sources
          .map(({ node, previousRect, currentRect }) => {
            const place = node instanceof Element ? node : node?.parentElement;
            return `${place?.closest('[id]')?.id}/${place?.nodeName} ${previousRect.x},${previousRect.y}→${currentRect.x},${currentRect.y}`;
          })
          .join(', ');
        counted.push({ value, hadRecentInput, what });
      }
    }).observe({ type: 'layout-shift' });
  });

/** Those that nobody's click or key led to. */
export const shiftsOf = async (page: Page): Promise<readonly Shift[]> => {
  const all = await page.evaluate(() => (globalThis as unknown as { counted: Shift[] }).counted);
  return all.filter(({ hadRecentInput }) => !hadRecentInput);
};
