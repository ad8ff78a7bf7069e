import type { Instant } from '../../../../domain/codec.ts';
import { span } from '../amounts.ts';
import { type Content, type Html, html } from '../html.ts';
import { badge, clipped, type Look, type Row, shapes, table } from '../parts.ts';
import { at, figure } from './chart.ts';

/** One thing that took time. */
export type Stage = {
  readonly name: string;
  /** In the table, where it leads on. */
  readonly cell: Content;
  readonly look: Look;
  /** In words: `over`, `goes on`. */
  readonly state: string;
  readonly from: Instant | undefined;
  readonly seconds: number | undefined;
  readonly note: string | undefined;
};

/** No wider than a phone, where it is read without scrolling. */
const room = { left: 128, right: 316, whole: 396 } as const;
const step = 20;
/** What took time is seen, however short it was. */
const leastWidth = 1.5;

/** Where time went: a bar for each thing that took time, from when it began to when it ended, on one scale. */
export const stages = (id: string, title: string, lines: readonly Stage[]): Html => {
  const begun = lines.flatMap(({ from }) => (from === undefined ? [] : Date.parse(from)));
  const first = Math.min(...begun);
  const whole = Math.max(0.001, ...lines.map((line) => offset(line, first) + (line.seconds ?? 0)));
  const placeOf = (seconds: number): number => at(room.left + (seconds / whole) * (room.right - room.left));
  const bar = (line: Stage, index: number): Html | undefined => {
    if (line.from === undefined) return undefined;
    const begin = offset(line, first);
    const left = Math.min(placeOf(begin), room.right - leastWidth);
    const width = Math.max(leastWidth, at(placeOf(begin + (line.seconds ?? 0)) - left));
    return html`<rect class="${line.look}" x="${left}" y="${index * step + 6}" width="${width}" height="12"/>`;
  };
  return figure({
    id,
    title,
    gist: gistOf(lines, whole),
    drawing: html`${lines.map((line, index) => {
      const y = index * step + 16;
      return html`<text class="name" x="${room.left - 8}" y="${y}">${line.name}</text>${bar(line, index)}<text class="aside" x="${room.right + 8}" y="${y}">${shapes[line.look]} ${lengthOf(line)}</text>
`;
    })}<path class="edge" d="M${room.left} 2V${lines.length * step + 2}"/>`,
    tall: lines.length * step + 6,
    wide: room.whole,
    table: table(['Stage', 'State', 'Began (UTC)', 'Took', 'Note'], lines.map(asRow), false, title),
  });
};

const offset = ({ from }: Pick<Stage, 'from'>, first: number): number =>
  from === undefined ? 0 : (Date.parse(from) - first) / 1000;

const lengthOf = ({ seconds, state }: Stage): string => (seconds === undefined ? state : span(seconds));

const gistOf = (lines: readonly Stage[], whole: number): string => {
  const longest = lines.toSorted((one, other) => (other.seconds ?? 0) - (one.seconds ?? 0))[0];
  return longest?.seconds === undefined
    ? 'Nothing took time yet.'
    : `In all ${span(whole)}; the longest was ${longest.name}: ${span(longest.seconds)}.`;
};

/** To the second: most of it is short. */
const moment = (at: Instant): Html => html`<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')}</time>`;

const asRow = ({ cell, look, state, from, seconds, note }: Stage): Row => [
  cell,
  badge(state, look),
  from === undefined ? html`<span class="quiet">${seconds === undefined ? '' : 'not recorded'}</span>` : moment(from),
  seconds === undefined ? '' : span(seconds),
  note === undefined ? '' : clipped(note, 100),
];
