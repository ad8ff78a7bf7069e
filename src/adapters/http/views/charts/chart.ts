import { type Html, html } from '../html.ts';

/**
 * A picture and, folded away behind it, the numbers it was drawn from. Whoever does not see it hears its `gist` instead. `ids` of pictures on one
 * page differ. Where there is no room for text that can be read, one scrolls to the rest of it.
 */
export const figure = ({
  id,
  title,
  gist,
  legend = [],
  drawing,
  tall = height,
  wide = width,
  isOverTime = false,
  table,
}: {
  readonly id: string;
  readonly title: string;
  readonly gist: string;
  readonly legend?: readonly { readonly says: string; readonly key: Html }[];
  readonly drawing: Html;
  /** In the units of the drawing. One that is less wide than others can be read on a phone. */
  readonly tall?: number;
  readonly wide?: number;
  /** Its right end is now: that is what is seen where there is no room for all. */
  readonly isOverTime?: boolean;
  readonly table: Html;
}): Html => html`<figure class="chart"><figcaption><span id="${captionOf(id)}">${title}</span>${legend.length > 0 && html` <span class="legend">${legend.map(({ says, key }) => html`<span>${key} ${says}</span> `)}</span>`}</figcaption>
<div class="wide${isOverTime && ' until-now'}" role="group" tabindex="0" aria-label="Picture"><svg role="img"${wide < width && html` class="narrow"`} aria-labelledby="${captionOf(id)}" aria-describedby="${id}-gist" viewBox="0 0 ${wide} ${tall}">${drawing}</svg></div>
<p class="small quiet" id="${id}-gist">${gist}</p>
<details><summary>As a table</summary>${table}</details></figure>`;

/** The id of what a picture is called. */
export const captionOf = (id: string): string => `${id}-caption`;

/** What stands before a word of the legend. */
export const key = (look: string, drawn: Html): Html =>
  html`<svg class="key ${look}" width="26" height="16" viewBox="0 0 26 16" aria-hidden="true">${drawn}</svg>`;

export const swatch = ({ says, look }: { readonly says: string; readonly look: string }) => ({
  says,
  key: key(look, html`<rect x="3" y="4" width="20" height="8"/>`),
});

/** Of a drawing, in its own units. */
const width = 600;
const height = 200;

/** Where bars and lines are: left of it stand numbers, below it dates. */
export const field = { left: 62, right: 582, top: 8, bottom: 174 } as const;

export type Scale = {
  readonly top: number;
  readonly steps: readonly number[];
  readonly says: (value: number) => string;
};

/** From 0 to the greatest of `values`, so that no room is left above it, in four round steps or fewer. `units` are the round numbers of its kind. */
export const scaleOf = (values: readonly number[], says: (value: number) => string, units = decimal): Scale => {
  const most = Math.max(0, ...values);
  const step = units.find((unit) => unit * 5 > most) ?? Math.max(1, most / 4);
  const count = Math.max(1, Math.floor(most / step));
  return { top: Math.max(most, step), steps: Array.from({ length: count + 1 }, (_, n) => n * step), says };
};

const decimal = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/** Seconds: whole minutes and hours. */
export const clockUnits = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** Bytes, in powers of 1024. */
export const binaryUnits = [0, 1, 2, 3, 4].flatMap((power) =>
  [1, 2, 5, 10, 20, 50, 100, 200, 500].map((digit) => digit * 1024 ** power),
);

/** Rounded for drawing. */
export const at = (value: number): number => Math.round(value * 10) / 10;

export const heightOf = (value: number, { top }: Scale): number =>
  at(field.bottom - (value / top) * (field.bottom - field.top));

/** Lines across with their numbers, and as many dates as there is room for. */
export const axes = (scale: Scale, labels: readonly string[], placeOf: (index: number) => number): Html =>
  html`<g class="axes">${scale.steps.map((value) => html`<path d="M${field.left} ${heightOf(value, scale)}H${field.right}"/><text x="${field.left - 6}" y="${heightOf(value, scale) + 4}" text-anchor="end">${scale.says(value)}</text>`)}${labels.map((label, index) => (labels.length - 1 - index) % Math.ceil(labels.length / 8) === 0 && html`<text x="${at(placeOf(index))}" y="${field.bottom + 18}" text-anchor="middle">${label}</text>`)}</g>`;
