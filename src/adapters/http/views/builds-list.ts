import { buildLook } from './build-state.ts';
import { type Html, html } from './html.ts';
import type { ListedBuild } from './list-models.ts';
import { badge, buildUrl, clipped, packageLink, row, table, time, version } from './parts.ts';

/** Builds, one a row. */
export const buildsTable = (builds: readonly ListedBuild[]): Html =>
  table(['State', 'Package', 'Distribution', 'Arch', 'Builder', 'Since (UTC)', 'Note'], builds.map(line), true);

const line = (build: ListedBuild) =>
  row(
    html`<a href="${buildUrl(build.build)}">${badge(build.state, buildLook[build.state])}</a>`,
    html`${packageLink(build.source)} ${version(build.version)}`,
    html`<span class="whole">${build.distribution}</span>`,
    build.architecture,
    build.builder ?? '',
    time(build.changedAt),
    clipped(build.note ?? '', 160),
  );
