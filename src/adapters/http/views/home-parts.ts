import { buildLook } from './build-state.ts';
import { checkStatusLook } from './check-status.ts';
import { buildingNow, buildQueue } from './home-builds.ts';
import type { ArchitectureResult, HomeModel, RecentPackage, RepositoryLine } from './home-model.ts';
import { type Html, html } from './html.ts';
import { badge, buildUrl, clipped, empty, logsUrl, packageLink, type Row, row, table, time, version } from './parts.ts';
import { lastSeal } from './seals.ts';

/** The home page in parts that are refreshed one by one, in the order they stand. */
export const homeParts = (home: HomeModel): Readonly<Record<PartName, Html>> => ({
  engine: engine(home),
  attention: attention(home.attention),
  building: buildingNow(home.running, home.works),
  queue: buildQueue(home.waiting, home.waitingInAll),
  packages: packages(home.recent),
  repositories: html`<h2>Repositories</h2>
${home.repositories.length === 0 ? empty('No repository is configured.') : home.repositories.map(repository)}`,
  machines: machines(home),
});

export type PartName = 'engine' | 'attention' | 'building' | 'queue' | 'packages' | 'repositories' | 'machines';

const engine = ({ engine: { state, note }, sealing, notices, waitingInAll, running }: HomeModel): Html => html`
<p class="engine">${badge(state, engineLook[state])} <span>Engine ${engineSays[state]}${note !== undefined && html`: ${note}`}</span>
<span class="figures"><b>${running.length}</b> building, <b>${waitingInAll}</b> waiting</span></p>
${lastSeal(sealing)}
${notices.map(({ fact, remedy }) => html`<p class="notice" role="status"><strong>${fact}</strong> <span>${remedy}</span></p>`)}
`;

const engineSays = {
  running: 'takes uploads',
  stopped: 'is stopped: incoming is closed',
  starting: 'is starting',
  waiting: 'waits for its log: nothing is taken for now',
  fenced: 'is fenced: nothing is taken any more',
} as const;

const engineLook = { running: 'good', stopped: 'warn', starting: 'busy', waiting: 'bad', fenced: 'bad' } as const;

const mostAttention = 10;

/** For who looks after this instance. */
const attention = (all: HomeModel['attention']): Html => html`<h2>Needs attention</h2>
${
  all.length === 0
    ? empty('Nothing.')
    : html`<ul class="attention">${all.slice(0, mostAttention).map(({ fact, remedy, at }) => html`<li>${badge('look', 'warn')} <strong>${at === undefined ? clipped(fact) : html`<a href="/mini_buildd/administration/${at.map(encodeURIComponent).join('/')}">${clipped(fact)}</a>`}</strong> <span class="quiet">${clipped(remedy)}</span></li>`)}</ul>`
}${all.length > mostAttention && html`<p class="quiet">and ${all.length - mostAttention} more: <a href="/mini_buildd/administration">Administration</a></p>`}`;

const packages = (recent: readonly RecentPackage[]): Html => html`<h2>Last packages</h2>
${
  recent.length === 0
    ? empty('No package came in yet. Upload one with dput; the command getdputconf says how.')
    : table(['State', 'Package', 'Distribution', 'Architectures', 'At (UTC)', 'Note'], recent.map(packageRow))
}`;

const packageRow = (one: RecentPackage): Row =>
  row(
    badge(one.state, packageLook[one.state]),
    whatCame(one),
    html`<span class="whole">${one.distribution}</span>`,
    one.results.map(architecture),
    time(one.at),
    one.note !== undefined && clipped(one.note, 160),
  );

/** What cannot be read is no package yet: it has the page of its upload. */
const whatCame = ({ source, version: text, repository, upload, changes }: RecentPackage): Html => {
  if (source === undefined) return html`<b><a href="/mini_buildd/uploads/${upload}">${changes}</a></b>`;
  return html`${packageLink(source)} ${
    repository === undefined
      ? version(text)
      : html`<a class="version" href="${logsUrl(repository, source, text)}">${text}</a>`
  }`;
};

const packageLook = {
  building: 'busy',
  publishing: 'busy',
  installed: 'good',
  failed: 'bad',
  rejected: 'bad',
} as const;

/** What the build came to, and its checks, by word, shape and colour, with the ways to their logs. Several that passed are one: what did not is what one looks for. */
const architecture = ({ architecture, build, state, note, checks }: ArchitectureResult): Html =>
  html`<span class="result"><a href="${buildUrl(build)}">${badge(`${architecture} ${state}`, buildLook[state], note)}</a>${isOver.has(state) && html` <a class="small" href="${buildUrl(build)}/log/lines" aria-label="Log of ${architecture}">log</a>`}${checked(checks, build)}</span> `;

const checked = (checks: ArchitectureResult['checks'], build: ArchitectureResult['build']): Html => {
  const passed = checks.filter(({ state }) => state === 'passed');
  const named = passed.length > 1 ? checks.filter(({ state }) => state !== 'passed') : checks;
  const one = (each: ArchitectureResult['checks'][number]): Html =>
    html` <a class="small" href="${each.log ?? buildUrl(build)}">${badge(`${each.tool} ${each.state}`, checkStatusLook[each.state], each.note)}</a>`;
  return html`${named.map(one)}${named !== checks && html` <a class="small" href="${buildUrl(build)}">${badge(`${passed.length} checks passed`, checkStatusLook.passed, passed.map(({ tool }) => tool).join(', '))}</a>`}`;
};

const isOver: ReadonlySet<string> = new Set(['built', 'failed']);

/** One row a codename, one column a suite: how many source packages each holds. */
const repository = ({
  id,
  layout,
  distributions,
  publishedAt,
  standing: { state, look, reason },
}: RepositoryLine): Html => {
  const suites = [...new Set(distributions.map(({ suite }) => suite))];
  const codenames = [...new Set(distributions.map(({ codename }) => codename))];
  const cell = (codename: string, suite: string): Html | undefined => {
    const found = distributions.find((each) => each.codename === codename && each.suite === suite);
    return (
      found && html`<a href="/repositories/${id}/dists/${found.name}/" title="${found.name}">${found.packages}</a>`
    );
  };
  return html`<h3><a href="/mini_buildd/repositories/${id}">${id}</a> ${badge(state, look)} <span class="quiet">layout ${layout}, ${publishedAt === undefined ? 'not published yet' : html`published ${time(publishedAt)}`}</span></h3>
${look !== 'good' && html`<p>${clipped(reason)}</p>`}
${table(
  ['Source packages', ...suites],
  codenames.map((codename) =>
    row(
      html`<a href="/mini_buildd/repositories/${id}?codename=${codename}">${codename}</a>`,
      ...suites.map((suite) => cell(codename, suite)),
    ),
  ),
)}`;
};

const machines = ({ builders, remotes, chroots }: HomeModel): Html => html`<h2>Builders and chroots</h2>
${table(
  ['Builder', 'State', 'Building', 'Note'],
  builders
    .filter(({ name }) => !remotes.some((each) => each.name === name))
    .map(({ name, running, room, note }) =>
      row(
        name,
        stateOfBuilder(running, room),
        html`${running} of ${room} <progress aria-label="Load of ${name}" max="${room}" value="${running}"></progress>`,
        note,
      ),
    ),
)}
${
  remotes.length > 0 &&
  table(
    ['Remote', 'State', 'Building', 'Note'],
    remotes.map(({ name, standing: { state, look, reason } }) => {
      const at = builders.find((each) => each.name === name);
      return row(name, badge(state, look), at && at.room > 0 && `${at.running} of ${at.room}`, clipped(reason, 160));
    }),
  )
}
${table(
  ['Chroot', 'State', 'Note'],
  chroots.map(({ codename, architecture, state, note }) =>
    row(`${codename} ${architecture}`, badge(state, chrootLook[state]), note),
  ),
)}`;

const stateOfBuilder = (running: number, room: number): Html => {
  if (room === 0) return badge('away', 'warn');
  return running > 0 ? badge('building', 'busy') : badge('idle', 'good');
};

const chrootLook = { ready: 'good', preparing: 'busy', failed: 'bad' } as const;
