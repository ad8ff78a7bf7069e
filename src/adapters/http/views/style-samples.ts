import type { Instant } from '../../../domain/codec.ts';
import { bars } from './charts/bars.ts';
import { scaleOf } from './charts/chart.ts';
import { lines } from './charts/lines.ts';
import { stages } from './charts/stages.ts';
import { type Html, html } from './html.ts';
import { row, shapes, table, version } from './parts.ts';

/** What each colour is for, by its name in the style sheet. */
const colours = {
  ground: 'behind everything',
  card: 'behind what belongs together',
  ink: 'text',
  quiet: 'text that is less important',
  line: 'borders, and lines in tables and pictures',
  link: 'links, buttons, and the mark of what keys reach',
  good: 'states that are as they should be',
  bad: 'states that are not',
  busy: 'what is under way',
  warn: 'what somebody may want to look at',
} as const;

export const colourSamples = (): Html =>
  table(
    ['Colour', 'Name', 'For'],
    Object.entries(colours).map(([name, use]) =>
      row(html`<span class="swatch of-${name}" aria-hidden="true"></span>`, html`<code>--${name}</code>`, use),
    ),
  );

export const spaceSamples = (): Html =>
  table(
    ['Distance', 'Between'],
    [
      row(
        html`<span class="space quarter" aria-hidden="true"></span> 0.25`,
        'a label and its field, marks and their words',
      ),
      row(html`<span class="space half" aria-hidden="true"></span> 0.5`, 'lines of a list, cells of a table'),
      row(html`<span class="space whole" aria-hidden="true"></span> 1`, 'cards, and a card and what is in it'),
    ],
  );

export const buttonSamples = (): Html =>
  html`<p><button type="button">Does it</button> <button type="button" class="second">Leads to a plan</button> <button type="button" class="second small">The same in a row</button> <button type="button" disabled>Not for your account</button></p>`;

export const fieldSamples = (): Html =>
  html`<form class="plain"><p class="field"><label for="sample">Label</label><input id="sample" name="sample" aria-describedby="sample-about"><span class="quiet" id="sample-about">What may stand here.</span></p>
<p class="field"><label for="faulty">Version</label><input id="faulty" name="faulty" value="1:" aria-invalid="true" aria-describedby="faulty-fault"><span class="fault" id="faulty-fault">What is wrong with it: what it takes instead</span></p>
<p class="field"><label for="ticked">Box</label><input type="checkbox" id="ticked" name="ticked" checked></p></form>`;

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'];

export const pictureSamples = (): Html =>
  html`${bars({
    id: 'sample-bars',
    title: 'How many',
    gist: 'Counts are bars, one for each stretch of time, stacked by state.',
    labels: days,
    label: 'Day',
    parts: [
      { says: 'succeeded', look: 'good', values: [3, 5, 4, 8, 6] },
      { says: 'failed', look: 'bad', values: [1, 0, 2, 1, 0] },
    ],
  })}${lines({
    id: 'sample-lines',
    title: 'How much',
    gist: 'What goes up and down is a line, each with a mark of its own; a stretch of which nothing is known is a gap.',
    labels: days,
    label: 'Day',
    series: [
      { says: 'waiting', look: 'first', values: [2, 7, 5, undefined, 4] },
      { says: 'running', look: 'second', values: [1, 3, 5, undefined, 4] },
    ],
    scale: scaleOf([7], String),
  })}${stages('sample-stages', 'How long', [
    { ...stage, name: 'waiting', cell: 'waiting', seconds: 20 },
    { ...stage, name: 'build', cell: 'build', from: '2026-11-26T09:00:20.000Z' as Instant, seconds: 90 },
  ])}`;

const stage = {
  look: 'good',
  state: 'over',
  from: '2026-11-26T09:00:00.000Z' as Instant,
  note: undefined,
} as const;

export const timelineSample = (): Html =>
  html`<ol class="timeline"><li class="good"><span class="mark" aria-hidden="true">${shapes.good}</span>
<p><time datetime="2026-11-26T09:02:07.000Z"><b>2026-11-26</b> 09:02:07</time> <strong>package installed</strong> ${version('2.10-3')}</p>
<p class="quiet small">by whom, its cause, and all of the same chain</p></li>
<li class="busy"><span class="mark" aria-hidden="true">${shapes.busy}</span>
<p><time datetime="2026-11-26T09:00:20.000Z" title="2026-11-26">09:00:20</time> <strong>build started</strong></p></li></ol>`;

export const heldSample = (): Html =>
  html`<div class="held sample" role="group" aria-label="Sample of a part that grew"><button type="button" class="more small">More <span aria-hidden="true">↓</span></button><p>The first line that was here.</p><p>The second.</p><p>What is new stands here.</p></div>`;
