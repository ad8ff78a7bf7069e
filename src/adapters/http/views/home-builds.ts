import { buildLook } from './build-state.ts';
import type { BinNmuLine, HomeModel, RunningBuild, WaitingBuild } from './home-model.ts';
import { type Html, html } from './html.ts';
import { badge, buildUrl, clipped, empty, packageLink, type Row, row, table, time, version } from './parts.ts';
import { progressUrl } from './progress-page.ts';
import { fitting } from './room.ts';
import { worksUnderWay } from './works.ts';

/** Bytes of markup that there is room for. */
const room = { running: 8000, queue: 7000 };

/** What builds now: how far it is, and what it writes. */
export const buildingNow = ({ running, works, binNmus }: Pick<HomeModel, 'running' | 'works' | 'binNmus'>): Html => {
  const shown = fitting(running.map(runningBuild), room.running);
  return html`<h2>Building now</h2>
${running.length === 0 ? empty('Nothing.') : html`<ul class="running">${shown}</ul>`}${andMore(running.length - shown.length, 'building')}${rebuilding(binNmus)}${worksUnderWay(works)}`;
};

const mostBinNmus = 5;

const rebuilding = (all: readonly BinNmuLine[]): Html | false =>
  all.length > 0 &&
  html`<ul class="running">${all.slice(0, mostBinNmus).map(binNmuLine)}</ul>${all.length > mostBinNmus && html`<p class="quiet">and ${all.length - mostBinNmus} more binNMUs</p>`}`;

const binNmuLine = ({ binNmu, distribution, reason, there, missing, builds }: BinNmuLine): Html =>
  html`<li><p class="line">${badge('binNMU', 'busy')} <a href="${progressUrl([`binnmu-${binNmu}`])}">${distribution}</a> <span>${clipped(reason, 100)}</span> <span class="elapsed">${there} of ${builds} built again${missing > 0 && `, ${missing} came to nothing`} <progress aria-label="binNMU in ${distribution}" max="${builds}" value="${there + missing}"></progress></span></p></li>
`;

/** Where the rest is told. */
const andMore = (left: number, state: 'building' | 'waiting'): Html | false =>
  left > 0 && html`<p class="quiet">and ${left} more: <a href="/mini_buildd/builds?state=${state}">all of them</a></p>`;

const runningBuild = (
  build: RunningBuild,
): Html => html`<li><p class="line">${badge('building', 'busy')} ${packageLink(build.source)} ${version(build.version)} <span>${build.distribution}</span> <a href="${buildUrl(build.build)}">${build.architecture}</a> <span class="quiet">on ${build.builder}${build.attempt > 1 && `, attempt ${build.attempt}`}</span> ${howLong(build)}</p>
<p class="line small"><b>${clipped(build.stage ?? 'Starting', 60)}</b> <a href="${buildUrl(build.build)}">live log</a></p>
<pre class="tail">${build.tail.join('\n')}</pre></li>
`;

/** To the minute: it is said again as often as that. */
const howLong = ({ elapsed, usual, startedAt, source, architecture }: RunningBuild): Html => {
  const minutes = Math.floor(elapsed / 60);
  const expected = usual === undefined ? undefined : Math.max(1, Math.round(usual / 60));
  return html`<span class="elapsed"><time datetime="${startedAt}" title="since ${startedAt.slice(0, 16).replace('T', ' ')} UTC">${minutes} min</time>${
    expected !== undefined &&
    html` of usually ${expected} <progress aria-label="${source} on ${architecture}" max="${expected}" value="${Math.min(minutes, expected)}"></progress>`
  }</span>`;
};

/** What waits, in the order in which it is taken, and why. */
export const buildQueue = (waiting: readonly WaitingBuild[], inAll: number): Html => {
  const shown = fitting(waiting.map(waitingRow), room.queue);
  return html`<h2>Queue</h2>
${
  waiting.length === 0
    ? empty('Nothing waits.')
    : table(['State', 'Package', 'Distribution', 'Arch', 'Since (UTC)', 'Why'], shown, true)
}${andMore(inAll - shown.length, 'waiting')}`;
};

const waitingRow = (build: WaitingBuild): Row =>
  row(
    badge(build.state, buildLook[build.state]),
    html`${packageLink(build.source)} ${version(build.version)}`,
    html`<span class="whole">${build.distribution}</span>`,
    html`<a href="${buildUrl(build.build)}">${build.architecture}</a>`,
    time(build.since),
    clipped(build.because, 200),
  );
