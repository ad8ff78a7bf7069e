import { type Html, html } from '../html.ts';
import { at, axes, field, figure, heightOf, type Scale } from './chart.ts';

export type Lines = {
  readonly id: string;
  readonly title: string;
  readonly gist: string;
  readonly labels: readonly string[];
  readonly label: string;
  /** A number for every label; `undefined` leaves a gap. */
  readonly series: readonly {
    readonly says: string;
    readonly look: string;
    readonly values: readonly (number | undefined)[];
  }[];
  readonly scale: Scale;
};

/** How something went over time. A point that has no neighbours is a point. */
export const lines = ({ id, title, gist, labels, label, series, scale }: Lines): Html => {
  const step = (field.right - field.left) / Math.max(1, labels.length);
  const placeOf = (index: number): number => at(field.left + (index + 0.5) * step);
  return figure({
    id,
    title,
    gist,
    legend: series,
    drawing: html`${axes(scale, labels, placeOf)}${series.map(
      ({ look, values }) => html`<g class="line ${look}">${runs(values).map((run) => line(run, placeOf, scale))}</g>`,
    )}`,
    heads: [label, ...series.map(({ says }) => says)],
    rows: labels.map((each, index) => [
      each,
      ...series.map(({ values }) => {
        const value = values[index];
        return value === undefined ? '' : scale.says(value);
      }),
    ]),
  });
};

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

const line = (run: readonly Point[], placeOf: (index: number) => number, scale: Scale): Html => {
  const points = run.map(({ index, value }) => `${placeOf(index)} ${heightOf(value, scale)}`);
  const [only] = points;
  return run.length === 1 && only !== undefined
    ? html`<circle cx="${only.split(' ')[0]}" cy="${only.split(' ')[1]}" r="3"/>`
    : html`<path d="M${points.join('L')}"/>`;
};
