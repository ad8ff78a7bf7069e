import { type Html, html } from './html.ts';
import { distributionUrl } from './parts.ts';
import type { RepositorySuite } from './repository-model.ts';

/** Suites as boxes and migrations as arrows: one line for each way a package can go, from left to right. */
export const suiteFlow = (repository: string, suites: readonly RepositorySuite[]): Html => {
  const placed = lines(suites).flatMap((line, y) => line.map((suite, x) => ({ suite, x: x * stepX, y: y * stepY })));
  const width = Math.max(0, ...placed.map(({ x }) => x)) + boxWidth;
  const height = Math.max(0, ...placed.map(({ y }) => y)) + boxHeight;
  return html`<div class="wide" role="group" tabindex="0" aria-label="Picture of the suites"><svg class="flow" role="group" aria-label="How packages go from suite to suite" viewBox="-1 -1 ${width + 2} ${height + 2}" width="${width + 2}" height="${height + 2}">
${placed.map((one) => {
  const target = placed.find(({ suite }) => suite.suite === one.suite.migratesTo);
  return target !== undefined && arrow(one, target);
})}${placed.map((each) => box(repository, each))}</svg></div>`;
};

type Placed = { readonly suite: RepositorySuite; readonly x: number; readonly y: number };

const boxWidth = 176;
const boxHeight = 52;
const stepX = 236;
const stepY = 72;

/** Begins with every suite that nothing migrates to; what only leads around in a circle begins where it stands first. */
const lines = (suites: readonly RepositorySuite[]): readonly (readonly RepositorySuite[])[] => {
  const left = new Map(suites.map((suite) => [suite.suite, suite]));
  const targets = new Set(suites.map(({ migratesTo }) => migratesTo));
  const first = suites.filter(({ suite }) => !targets.has(suite));
  return [...first, ...suites].flatMap((start) => {
    const line: RepositorySuite[] = [];
    for (let next = left.get(start.suite); next !== undefined; next = left.get(next.migratesTo ?? '')) {
      line.push(next);
      left.delete(next.suite);
    }
    return line.length === 0 ? [] : [line];
  });
};

const box = (
  repository: string,
  { suite, x, y }: Placed,
): Html => html`<a href="${distributionUrl(repository, suite.distribution)}"><g class="suite${suite.experimental && ' experimental'}"><rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="6"/><text x="${x + 10}" y="${y + 21}">${suite.suite}</text><text class="aside" x="${x + 10}" y="${y + 41}">${suite.uploadable && '↑ uploads · '}${suite.packages} ${suite.packages === 1 ? 'source' : 'sources'}</text></g></a>
`;

const arrow = (from: Placed, to: Placed): Html => {
  const [x, y] = [to.x, to.y + boxHeight / 2];
  // Along its own line first: between the lines are other boxes.
  const bend = from.y === to.y ? '' : `H${x - (stepX - boxWidth) / 2}`;
  return html`<path class="way" d="M${from.x + boxWidth} ${from.y + boxHeight / 2}${bend}L${x} ${y}m-9 -5l9 5l-9 5"/>
`;
};
