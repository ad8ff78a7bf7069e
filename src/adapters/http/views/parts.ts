import type { Instant } from '../../../domain/codec.ts';
import { type Content, type Html, html } from './html.ts';

/** How a state looks: by word, shape and colour, so that no reader is left out. `/mini_buildd/style` shows them all. */
export type Look = 'good' | 'bad' | 'busy' | 'warn' | 'idle';

export const shapes: Readonly<Record<Look, string>> = { good: '✓', bad: '✗', busy: '▸', warn: '!', idle: '·' };

export const badge = (text: string, look: Look, title?: string): Html =>
  html`<span class="badge ${look}"${title !== undefined && html` title="${title}"`}><span aria-hidden="true">${shapes[look]}</span> ${text}</span>`;

export type Row = readonly Content[];

/** What a column is of; with the way to its order, and in which of them it stands. */
export type Head =
  | string
  | {
      readonly text: string;
      readonly url: string;
      readonly direction: 'ascending' | 'descending' | undefined;
    };

/**
 * Each cell knows its head, for screens too narrow for columns. What scrolls is reached by keyboard: by a link in it, or itself (WCAG 2.1.1).
 * Cells that speak for themselves are `brief`: there they stand in lines, without their heads. One of several below one heading has a `label`.
 */
export const table = (heads: readonly Head[], rows: readonly Row[], isBrief = false, label?: string): Html => {
  const body = html`${rows.map(
    (
      cells,
    ) => html`<tr>${cells.map((cell, index) => html`<td data-head="${textOf(heads[index])}">${unlessBlank(cell)}</td>`)}</tr>
`,
  )}`;
  return html`<div class="wide${isBrief && ' brief'}"${!takesFocus.test(body.toString()) && html` tabindex="0"`}><table${label !== undefined && html` aria-label="${label}"`}><thead><tr>${heads.map(columnHead)}</tr></thead><tbody>
${body}</tbody></table></div>`;
};

/** Numbers in columns, the first of which says of what: so narrow that they stay columns everywhere, and a long table stays short. */
export const numbers = (label: string, heads: readonly string[], rows: readonly Row[]): Html =>
  html`<div class="numbers" role="group" tabindex="0" aria-label="${label}"><table aria-label="${label}"><thead><tr>${heads.map(columnHead)}</tr></thead><tbody>
${rows.map(
  ([first, ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody></table></div>`;

const textOf = (head: Head | undefined): string | undefined => (typeof head === 'object' ? head.text : head);

const columnHead = (head: Head): Html => {
  if (typeof head === 'string') return html`<th scope="col">${head}</th>`;
  const { text, url, direction } = head;
  return html`<th scope="col"${direction !== undefined && html` aria-sort="${direction}"`}><a href="${url}">${text}${direction !== undefined && html` <span aria-hidden="true">${direction === 'ascending' ? '▴' : '▾'}</span>`}</a></th>`;
};

const takesFocus = /<(?:a|button|input|select|summary)\b/;

/** A cell of nothing but spaces is empty, and has no head where there is no room for columns. */
const unlessBlank = (cell: Content): Html | undefined => {
  const shown = html`${cell}`;
  return shown.toString().trim() === '' ? undefined : shown;
};

export const row = (...cells: Row): Row => cells;

export const empty = (text: string): Html => html`<p class="quiet">${text}</p>`;

/** To the minute, in UTC. */
export const time = (at: Instant): Html => html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time>`;

/** How long something has been so, in the largest unit that fits. `now` in milliseconds. */
export const age = (since: Instant, now: number): Html => {
  const seconds = Math.max(0, (now - Date.parse(since)) / 1000);
  const [size, unit] = units.find(([size]) => seconds >= size) ?? [1, 'second'];
  const count = Math.floor(seconds / size);
  return html`<time class="quiet" datetime="${since}" title="since ${since.slice(0, 16).replace('T', ' ')} UTC">${count} ${unit}${count !== 1 && 's'}</time>`;
};

const units = [
  [365 * 86_400, 'year'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

/** The first of many, and how many more there are. */
export const few = <Item>(items: readonly Item[], most: number, shown: (item: Item) => Html): Html =>
  html`${items.slice(0, most).map((each) => html`${shown(each)} `)}${items.length > most && html`<span class="quiet">and ${items.length - most} more</span>`}`;

/** Why it stands so, in a list: two lines of it. All of it stands where the row leads to. */
export const noteOf = (note: string | null): Html | false =>
  note !== null && html`<span class="two-lines">${clipped(note, 160)}</span>`;

export const version = (text: string): Html => html`<span class="version">${text}</span>`;

export const packageUrl = (source: string): string => `/mini_buildd/packages/${encodeURIComponent(source)}`;

export const buildUrl = (build: string): string => `/mini_buildd/builds/${encodeURIComponent(build)}`;

export const distributionUrl = (repository: string, distribution: string): string =>
  `/mini_buildd/repositories/${repository}/${distribution}`;

export const packageLink = (source: string): Html => html`<b><a href="${packageUrl(source)}">${source}</a></b>`;

/** The kept files of a version: its `.changes`, and the logs of its builds and checks. */
export const logsUrl = (repository: string, source: string, version: string): string =>
  `/log/${repository}/${encodeURIComponent(source)}/${encodeURIComponent(version)}/`;

/** The upload that brought a version: its files, builds and logs. */
export const versionUrl = (repository: string, source: string, version: string): string =>
  `/mini_buildd/uploads/${repository}/${encodeURIComponent(source)}/${encodeURIComponent(version)}`;

/** As much of a text as a list has room for: what strangers say may be long. */
export const clipped = (text: string, most = 300): string => (text.length <= most ? text : `${text.slice(0, most)} …`);
