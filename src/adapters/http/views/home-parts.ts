import { buildLook } from './build-state.ts';
import type {
  ArchitectureResult,
  BuilderLine,
  ChrootLine,
  HomeModel,
  RecentPackage,
  RepositoryLine,
  RunningBuild,
  WaitingBuild,
} from './home-model.ts';
import { type Html, html } from './html.ts';
import { badge, buildUrl, empty, logsUrl, packageLink, type Row, row, table, time, version } from './parts.ts';

/** The home page in parts that are refreshed one by one, in the order they stand. */
export const homeParts = (home: HomeModel): Readonly<Record<PartName, Html>> => ({
  engine: engine(home),
  builds: builds(home),
  packages: packages(home.recent),
  repositories: repositories(home.repositories),
  machines: machines(home.builders, home.chroots),
});

export type PartName = 'engine' | 'builds' | 'packages' | 'repositories' | 'machines';

const engine = ({ engine: { state, note }, notices, waiting, running }: HomeModel): Html => html`
<p class="engine">${badge(state, engineLook[state])} <span>Engine ${engineSays[state]}${note !== undefined && html`: ${note}`}</span>
<span class="figures"><b>${running.length}</b> building, <b>${waiting.length}</b> waiting</span></p>
${notices.map(({ fact, remedy }) => html`<p class="notice" role="status"><strong>${fact}</strong> <span>${remedy}</span></p>`)}
`;

const engineSays = {
  running: 'takes uploads',
  stopped: 'is stopped: incoming is closed',
  starting: 'is starting',
  fenced: 'is fenced: nothing is taken any more',
} as const;

const engineLook = { running: 'good', stopped: 'warn', starting: 'busy', fenced: 'bad' } as const;

const builds = ({ running, waiting }: HomeModel): Html => html`<h2>Builds</h2>
${
  running.length + waiting.length === 0
    ? empty('Nothing is building and nothing waits.')
    : table(
        ['State', 'Package', 'Distribution', 'Arch', 'Since (UTC)', 'Where and why'],
        [...running.map(runningRow), ...waiting.map(waitingRow)],
      )
}`;

const runningRow = (build: RunningBuild): Row =>
  row(
    badge('building', 'busy'),
    named(build),
    build.distribution,
    html`<a href="${buildUrl(build.build)}">${build.architecture}</a>`,
    time(build.startedAt),
    html`on ${build.builder}${build.attempt > 1 && html`, attempt ${build.attempt}`} (<a href="${logOf(build.build)}">live log</a>)`,
  );

const waitingRow = (build: WaitingBuild): Row =>
  row(
    badge('needs-build', 'idle'),
    named(build),
    build.distribution,
    html`<a href="${buildUrl(build.build)}">${build.architecture}</a>`,
    time(build.since),
    build.because,
  );

const named = (build: { readonly source: string; readonly version: string }): Html =>
  html`${packageLink(build.source)} ${version(build.version)}`;

const packages = (recent: readonly RecentPackage[]): Html => html`<h2>Last packages</h2>
${
  recent.length === 0
    ? empty('No package came in yet. Upload one with dput; the command getdputconf says how.')
    : table(['State', 'Package', 'Distribution', 'Architectures', 'At (UTC)', 'Note'], recent.map(packageRow))
}`;

const packageRow = (one: RecentPackage): Row =>
  row(
    badge(one.state, packageLook[one.state]),
    html`${packageLink(one.source)} ${
      one.repository === undefined
        ? version(one.version)
        : html`<a class="version" href="${logsUrl(one.repository, one.source, one.version)}">${one.version}</a>`
    }`,
    one.distribution,
    one.results.map(architecture),
    time(one.at),
    one.note,
  );

const packageLook = {
  building: 'busy',
  publishing: 'busy',
  installed: 'good',
  failed: 'bad',
  rejected: 'bad',
} as const;

const architecture = ({ architecture, build, state, note }: ArchitectureResult): Html => {
  const shown = badge(architecture, buildLook[state], note === undefined ? state : `${state}: ${note}`);
  return html`<a href="${buildUrl(build)}">${shown}</a> `;
};

const repositories = (all: readonly RepositoryLine[]): Html => html`<h2>Repositories</h2>
${all.length === 0 ? empty('No repository is configured.') : all.map(repository)}`;

const repository = ({
  id,
  layout,
  distributions,
  publishedAt,
}: RepositoryLine): Html => html`<h3><a href="/mini_buildd/repositories/${id}">${id}</a> <span class="quiet">layout ${layout}, ${publishedAt === undefined ? 'not published yet' : html`published ${time(publishedAt)}`}</span></h3>
${table(
  ['Distribution', 'Source packages'],
  distributions.map(({ name, packages }) =>
    row(
      html`<a href="/repositories/${id}/dists/${name}/">${name}</a> <a class="quiet" href="/mini_buildd/feeds/distributions/${name}.atom">feed</a>`,
      packages,
    ),
  ),
)}`;

const machines = (
  builders: readonly BuilderLine[],
  chroots: readonly ChrootLine[],
): Html => html`<h2>Builders and chroots</h2>
${table(
  ['Builder', 'Building', 'Note'],
  builders.map(({ name, running, room, note }) => row(name, `${running} of ${room}`, note)),
)}
${table(
  ['Chroot', 'State', 'Note'],
  chroots.map(({ codename, architecture, state, note }) =>
    row(`${codename} ${architecture}`, badge(state, chrootLook[state]), note),
  ),
)}`;

const chrootLook = { ready: 'good', preparing: 'busy', failed: 'bad' } as const;

const logOf = (build: string): string => `${buildUrl(build)}/log`;
