import { type Html, html } from '../html.ts';
import { numbers } from '../parts.ts';
import { at, axes, field, figure, heightOf, key, type Scale } from './chart.ts';

/** A mark of its own shape for each line, hollow and of its own size: where several have one value, all are seen. */
const marks = {
  first: html`<circle r="3"/>`,
  second: html`<path d="M-5-5H5V5H-5Z"/>`,
  third: html`<path d="M0-8L7 4H-7Z"/>`,
  fourth: html`<path d="M0-8L8 0L0 8L-8 0Z"/>`,
};

type LineLook = keyof typeof marks;

export const lineLooks = Object.keys(marks) as readonly LineLook[];

type Series = {
  readonly says: string;
  /** What has none stands in the table alone. */
  readonly look: LineLook | undefined;
  /** A number for every label; `undefined` leaves a gap. */
  readonly values: readonly (number | undefined)[];
};

type Drawn = Series & { readonly look: LineLook };

export type Lines = {
  readonly id: string;
  readonly title: string;
  readonly gist: string;
  readonly labels: readonly string[];
  readonly label: string;
  readonly series: readonly Series[];
  readonly scale: Scale;
};

/** How something went over time: marks, and lines between neighbours. */
export const lines = ({ id, title, gist, labels, label, series, scale }: Lines): Html => {
  const step = (field.right - field.left) / Math.max(1, labels.length);
  const placeOf = (index: number): number => at(field.left + (index + 0.5) * step);
  const drawn = series.filter((each): each is Drawn => each.look !== undefined);
  return figure({
    isOverTime: true,
    id,
    title,
    gist,
    legend: drawn.map(({ says, look, values }) => ({
      says,
      key: key(
        `series ${look}`,
        html`${runs(values).some((run) => run.length > 1) && html`<path d="M0 8H26"/>`}<g class="point" transform="translate(13 8)">${marks[look]}</g>`,
      ),
    })),
    drawing: html`${axes(scale, labels, placeOf)}${drawn.map((each) => line(`${id}-${each.look}`, each, placeOf, scale))}`,
    table: numbers(
      title,
      [label, ...series.map(({ says }) => says)],
      labels.map((each, index) => [each, ...series.map(({ values }) => said(values[index], scale))]),
    ),
  });
};

const said = (value: number | undefined, scale: Scale): string => (value === undefined ? '' : scale.says(value));

type Point = { readonly index: number; readonly value: number };

/** Neighbours that have numbers. */
const runs = (values: readonly (number | undefined)[]): readonly (readonly Point[])[] => {
  const found: Point[][] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const last = found.at(-1);
    if (last?.at(-1)?.index === index - 1) last.push({ index, value });
    else found.push([{ index, value }]);
  }
  return found;
};

/** Its mark is set at every point of the path by whoever draws it: written out, they would be most of a page. */
const line = (mark: string, { look, values }: Drawn, placeOf: (index: number) => number, scale: Scale): Html => {
  const path = runs(values).map(
    (run) => `M${run.map(({ index, value }) => `${placeOf(index)} ${heightOf(value, scale)}`).join('L')}`,
  );
  const set = `url(#${mark})`;
  return html`<g class="series ${look}"><marker id="${mark}" markerUnits="userSpaceOnUse" overflow="visible"><g class="point">${marks[look]}</g></marker><path d="${path.join('')}" marker-start="${set}" marker-mid="${set}" marker-end="${set}"/></g>`;
};
