import { span } from './amounts.ts';
import { buildLook } from './build-state.ts';
import { type Html, html } from './html.ts';
import type { ListedBuild } from './list-models.ts';
import { badge, buildUrl, noteOf, packageLink, row, table, time, version } from './parts.ts';

const heads = ['State', 'Package', 'Distribution', 'Arch', 'Builder', 'Since (UTC)', 'How long', 'Note'];

/** Builds, one a row. */
export const buildsTable = (builds: readonly ListedBuild[]): Html => table(heads, builds.map(line), true);

const line = (build: ListedBuild) =>
  row(
    html`<a href="${buildUrl(build.build)}">${badge(build.state, buildLook[build.state])}</a>`,
    html`${packageLink(build.source)} ${version(build.version)}`,
    html`<span class="whole">${build.distribution}</span>`,
    build.architecture,
    build.builder ?? '',
    time(build.changedAt),
    html`${build.seconds !== null && html`<span class="whole">${howLong(build.state, build.seconds)}</span> `}${build.hasLog && log(build)}`,
    noteOf(build.note),
  );

/** As it is written, at the build itself. */
const log = ({ build, state, source, architecture }: ListedBuild): Html =>
  html`<a class="small" href="${buildUrl(build)}${state === 'building' ? '#log' : '/log/lines'}" aria-label="Log of ${source} on ${architecture}">log</a>`;

/** Of what runs to the minute: it is said again as often as that. */
const howLong = (state: ListedBuild['state'], seconds: number): string =>
  state === 'building' ? `${Math.floor(seconds / 60)} min so far` : `in ${span(seconds)}`;
