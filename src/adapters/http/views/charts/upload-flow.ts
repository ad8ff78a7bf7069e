import { clock } from '../amounts.ts';
import { buildLook } from '../build-state.ts';
import { type Html, html } from '../html.ts';
import { buildUrl, distributionUrl, type Look, row, shapes, table, time } from '../parts.ts';
import type { FlowBuild, UploadFlow } from '../upload-model.ts';

/** The way of one upload as a picture, from left to right: what came in, its builds one below the other, where its version went. */
export const uploadFlow = (flow: UploadFlow): Html => {
  const boxes = boxesOf(flow);
  const [columns, rows] = [Math.max(...boxes.map(({ x }) => x)), Math.max(...boxes.map(({ y }) => y))];
  const [width, height] = [columns * stepX + boxWidth + 2, rows * stepY + boxHeight + 2];
  return html`<div class="wide" role="group" tabindex="0" aria-label="Picture of its way"><svg class="flow" role="group" aria-label="${inWords(flow)}" viewBox="-1 -1 ${width} ${height}" width="${width}" height="${height}">
${boxes.flatMap((box) =>
  box.from.map((name) =>
    arrow(
      boxes.find((each) => each.name === name),
      box,
    ),
  ),
)}${boxes.map(drawn)}</svg></div>
<details><summary>The same as a table</summary>${asTable(flow)}</details>`;
};

type Box = {
  readonly name: string;
  /** Whose results it needed. */
  readonly from: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly look: Look;
  readonly title: string;
  readonly aside: string;
  readonly url: string | undefined;
};

const boxWidth = 204;
const boxHeight = 52;
const stepX = 256;
const stepY = 68;

const boxesOf = (flow: UploadFlow): readonly Box[] => {
  const middle = Math.max(0, (flow.builds.length - 1) / 2);
  const arrival: Box = {
    name: 'upload',
    from: [],
    x: 0,
    y: middle,
    look: verdictLook[flow.verdict],
    title: flow.verdict,
    aside: flow.receivedAt.slice(0, 16).replace('T', ' '),
    url: `/mini_buildd/uploads/${flow.upload}`,
  };
  const builds = flow.builds.map((build, y): Box => ({ ...buildBox(build), from: ['upload'], x: 1, y }));
  const stops = stopBoxes(flow, builds.length === 0 ? ['upload'] : builds.map(({ name }) => name), middle);
  return [arrival, ...builds, ...stops, ...releasedBox(flow, builds, middle)];
};

const verdictLook = { received: 'busy', accepted: 'good', rejected: 'bad' } as const;

const buildBox = ({ build, architecture, state, seconds, checks }: FlowBuild) => ({
  name: build,
  look: buildLook[state],
  title: `${architecture}: ${state}${seconds === undefined ? '' : ` ${clock(seconds)}`}`,
  aside: checks.map(({ tool, state: found }) => `${checkShape[found]} ${tool}`).join(' '),
  url: buildUrl(build),
});

const checkShape = {
  running: shapes.busy,
  passed: shapes.good,
  failed: shapes.bad,
  skipped: shapes.idle,
  open: shapes.idle,
} as const;

/** Each to the right of where it came from; what came from the same place stands one below the other. */
const stopBoxes = (
  { repository = '', stops }: UploadFlow,
  first: readonly string[],
  middle: number,
): readonly Box[] => {
  const placed: Box[] = [];
  for (const { distribution, from, at } of stops) {
    if (placed.some(({ name }) => name === distribution)) continue;
    const before = placed.find(({ name }) => name === from);
    const x = (before?.x ?? 1) + 1;
    placed.push({
      name: distribution,
      from: before === undefined ? first : [before.name],
      x,
      y: Math.max(middle, ...placed.filter((each) => each.x === x).map(({ y }) => y + 1)),
      look: 'good',
      title: distribution.split('-')[2] ?? distribution,
      aside: at.slice(0, 16).replace('T', ' '),
      url: distributionUrl(repository, distribution),
    });
  }
  return placed;
};

const releasedBox = ({ result }: UploadFlow, builds: readonly Box[], middle: number): readonly Box[] =>
  result === 'released'
    ? [
        {
          name: 'released',
          from: builds.map(({ name }) => name),
          x: 2,
          y: middle,
          look: 'bad',
          title: 'not installed',
          aside: 'it came to nothing',
          url: undefined,
        },
      ]
    : [];

const drawn = ({ x, y, look, title, aside, url }: Box): Html => {
  const [left, top] = [x * stepX, y * stepY];
  const box = html`<g class="suite ${look}"><rect x="${left}" y="${top}" width="${boxWidth}" height="${boxHeight}" rx="6"/><text x="${left + 10}" y="${top + 21}">${shapes[look]} ${title.slice(0, 24)}</text><text class="aside" x="${left + 10}" y="${top + 41}">${aside.slice(0, 32)}</text></g>`;
  return url === undefined ? box : html`<a href="${url}">${box}</a>`;
};

const arrow = (from: Box | undefined, to: Box): Html | undefined => {
  if (from === undefined) return undefined;
  const [left, right] = [from.x * stepX + boxWidth, to.x * stepX];
  const [start, end] = [from.y * stepY + boxHeight / 2, to.y * stepY + boxHeight / 2];
  return html`<path class="way" d="M${left} ${start}C${left + 26} ${start} ${right - 26} ${end} ${right} ${end}m-8 -4l8 4l-8 4"/>
`;
};

const inWords = ({ source = 'It', version = '', verdict, builds, result, stops }: UploadFlow): string =>
  [
    `${source} ${version} was ${verdict}`,
    ...builds.map(({ architecture, state }) => `${architecture} is ${state}`),
    ...(result === 'released' ? ['it was not installed'] : []),
    ...stops.map(({ distribution, from }) =>
      from === undefined ? `installed into ${distribution}` : `migrated to ${distribution}`,
    ),
  ].join(', ');

const asTable = ({ receivedAt, verdict, builds, stops, result }: UploadFlow): Html =>
  table(
    ['Where', 'What', 'When or how long'],
    [
      row('Upload', verdict, time(receivedAt)),
      ...builds.map(({ build, architecture, state, seconds }) =>
        row(
          html`<a href="${buildUrl(build)}">Build on ${architecture}</a>`,
          state,
          seconds === undefined ? '' : clock(seconds),
        ),
      ),
      ...builds.flatMap(({ architecture, checks }) =>
        checks.map(({ tool, state }) => row(`Check by ${tool} on ${architecture}`, state, '')),
      ),
      ...stops.map(({ distribution, from, at }) =>
        row(distribution, from === undefined ? 'installed' : `migrated from ${from}`, time(at)),
      ),
      ...(result === 'released' ? [row('Result', 'not installed', '')] : []),
    ],
  );
