import { type Html, html } from './html.ts';
import type { Stay } from './package-model.ts';
import { row, table, time, version } from './parts.ts';

/** So many moments have room on a page; what came and went before is in the history. */
const mostMoments = 16;
/** So many stays that are over, the last of them. */
const mostOver = 12;
const laneHeight = 26;
/** Of all columns together, as names of 12rem stand beside them in a window of 1024 pixels, and of one. */
const room = 750;
const widest = 130;
/** Of a character. */
const letter = 7.6;

/**
 * What stood where over time: a lane for each distribution, a column for each moment at which something came or went. Columns are of
 * one width: what happened within an hour is seen as well as what took a year. Names of lanes stay in view where one scrolls.
 */
export const packageLanes = (source: string, stays: readonly Stay[]): Html | false => {
  const all = [...new Set(stays.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until])))].sort();
  const moments = all.slice(-mostMoments);
  const lanes = [...new Set(stays.map(({ distribution }) => distribution))];
  const step = Math.min(widest, Math.floor(room / Math.max(1, moments.length)));
  const height = lanes.length * laneHeight + 24;
  const width = moments.length * step + 8;
  const edge = (at: string | undefined): number =>
    (at === undefined ? moments.length : Math.max(0, moments.indexOf(at as (typeof moments)[number]))) * step;
  const over = stays.filter(({ until }) => until !== undefined && until > (moments[0] ?? ''));
  const lately = new Set(over.slice(-mostOver));
  const shown = stays.filter((stay) => stay.until === undefined || lately.has(stay));
  return (
    stays.length > 0 &&
    html`<div class="wide until-now named-lanes" role="group" tabindex="0" aria-label="Picture of what stood where"><svg class="lanes" role="img" aria-label="What stood where, from left to right in time" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
${moments.map((at, index) => html`<path class="moment" d="M${edge(at)} 0V${height - 20}"/>${(index === 0 || dayOf(at) !== dayOf(moments[index - 1] ?? '')) && html`<text class="aside" x="${edge(at)}" y="${height - 5}">${dayOf(at)}</text>`}`)}
${shown.map((stay) => bar(stay, edge(stay.from), edge(stay.until), lanes.indexOf(stay.distribution) * laneHeight))}</svg><ul aria-hidden="true">${lanes.map((lane) => html`<li title="${lane}">${lane}</li>`)}</ul></div>
${(moments.length < all.length || shown.length < stays.length) && html`<p class="quiet small">The last ${moments.length} of ${all.length} moments; all of them are in <a href="/mini_buildd/history?package=${encodeURIComponent(source)}">the history</a>.</p>`}
<details><summary>The same as a table</summary>${table(
      ['Distribution', 'Version', 'From (UTC)', 'Until (UTC)'],
      shown
        .toReversed()
        .map((stay) => row(stay.distribution, version(stay.version), time(stay.from), stay.until && time(stay.until))),
    )}</details>`
  );
};

const bar = (stay: Stay, x: number, end: number, y: number): Html => {
  const width = Math.max(end - x - 2, 4);
  const letters = Math.floor((width - 10) / letter);
  return html`<g><title>${stay.version} in ${stay.distribution} ${stay.until === undefined ? 'since' : 'from'} ${stay.from.slice(0, 16)}${stay.until !== undefined && ` until ${stay.until.slice(0, 16)}`}</title><rect class="stay${stay.until === undefined && ' stay-now'}" x="${x + 1}" y="${y + 3}" width="${width}" height="${laneHeight - 6}" rx="4"/>${letters > 2 && html`<text x="${x + 6}" y="${y + 18}">${short(stay.version, letters)}</text>`}</g>
`;
};

/** `11-20`. */
const dayOf = (at: string): string => at.slice(5, 10);

const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
