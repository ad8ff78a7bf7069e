import { type Html, html } from '../html.ts';
import { numbers } from '../parts.ts';
import { at, axes, field, figure, heightOf, scaleOf, swatch } from './chart.ts';

export type Bars = {
  readonly id: string;
  readonly title: string;
  readonly gist: string;
  /** Below each bar, and in the first column of the table. */
  readonly labels: readonly string[];
  readonly label: string;
  /** Stacked from below, each with a number for every label. */
  readonly parts: readonly { readonly says: string; readonly look: string; readonly values: readonly number[] }[];
};

/** Counts over time, one bar for each stretch of it. */
export const bars = ({ id, title, gist, labels, label, parts }: Bars): Html => {
  const totals = labels.map((_, index) => parts.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const scale = scaleOf(totals, String);
  const step = (field.right - field.left) / Math.max(1, labels.length);
  const leftOf = (index: number): number => field.left + index * step;
  const stack = (index: number): readonly Html[] => {
    let below = 0;
    return parts.flatMap(({ look, values }) => {
      const value = values[index] ?? 0;
      const [y, bottom] = [heightOf(below + value, scale), heightOf(below, scale)];
      below += value;
      const room = html`x="${at(leftOf(index) + step * 0.15)}" y="${y}" width="${at(step * 0.7)}" height="${at(bottom - y)}"`;
      return value === 0 ? [] : [html`<rect class="${look}" ${room}/>`];
    });
  };
  return figure({
    isOverTime: true,
    id,
    title,
    gist,
    legend: parts.map(swatch),
    drawing: html`${axes(scale, labels, (index) => leftOf(index) + step / 2)}${labels.map((_, index) => stack(index))}`,
    table: numbers(
      title,
      [label, ...parts.map(({ says }) => says)],
      labels.map((each, index) => [each, ...parts.map(({ values }) => values[index] ?? 0)]),
    ),
  });
};
