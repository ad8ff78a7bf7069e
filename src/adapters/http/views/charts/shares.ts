import { type Html, html } from '../html.ts';
import { numbers } from '../parts.ts';
import { at, figure, swatch } from './chart.ts';

export type Shares = {
  readonly id: string;
  readonly title: string;
  readonly gist: string;
  readonly label: string;
  readonly looks: readonly { readonly says: string; readonly look: string }[];
  /** What stands before each bar, its parts in the order of `looks`, and what stands behind it. */
  readonly rows: readonly { readonly name: string; readonly parts: readonly number[]; readonly says: string }[];
  /** How a part reads in the table. */
  readonly number: (value: number) => string;
};

const mostRows = 8;
const room = { left: 110, right: 470 } as const;
const step = 32;

/** A bar for each of a few things. Of more than eight the table tells. */
export const shares = ({ id, title, gist, label, looks, rows, number }: Shares): Html => {
  const shown = rows.slice(0, mostRows);
  const totals = shown.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
  const most = Math.max(1, ...totals);
  const bar = (index: number): readonly Html[] => {
    let before = 0;
    return (shown[index]?.parts ?? []).map((part, nth) => {
      const x = room.left + (before / most) * (room.right - room.left);
      before += part;
      return html`<rect class="${looks[nth]?.look}" x="${at(x)}" y="${at(8 + index * step)}" width="${at((part / most) * (room.right - room.left))}" height="${at(step * 0.6)}"/>`;
    });
  };
  return figure({
    id,
    title,
    gist,
    legend: looks.length > 1 ? looks.map(swatch) : [],
    drawing: html`${shown.map(({ name, says }, index) => {
      const y = at(8 + index * step + step * 0.3 + 5);
      return html`<g><text x="${room.left - 8}" y="${y}" text-anchor="end">${name.slice(0, 14)}</text>${bar(index)}<text class="aside" x="${room.right + 8}" y="${y}">${says}</text></g>`;
    })}<path class="edge" d="M${room.left} 4V${at(8 + shown.length * step)}"/>`,
    tall: 12 + shown.length * step,
    table: numbers(
      title,
      [label, ...looks.map(({ says }) => says)],
      rows.map(({ name, parts }) => [name, ...parts.map(number)]),
    ),
  });
};
