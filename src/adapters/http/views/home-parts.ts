import { buildResult } from './build-result.ts';
import { externalHome } from './external-home.ts';
import { buildingNow, buildQueue } from './home-builds.ts';
import type { HomeModel, Notice, RecentPackage, RepositoryLine } from './home-model.ts';
import { type Html, html } from './html.ts';
import { badge, clipped, distributionUrl, empty, packageLink, type Row, row, table, time } from './parts.ts';
import { described } from './port-offers.ts';
import { fitting } from './room.ts';
import { lastSeal } from './seals.ts';
import { progressLook } from './upload-progress.ts';

/** The home page in parts that are refreshed one by one, in the order they stand. */
export const homeParts = (home: HomeModel): Readonly<Record<PartName, Html>> => ({
  engine: engine(home),
  attention: html`${attention(home.attention)}${offered(home.offered)}`,
  building: buildingNow(home),
  queue: buildQueue(home.waiting, home.waitingInAll),
  packages: packages(home.recent),
  repositories: repositories(home.repositories),
  machines: machines(home),
});

export type PartName = 'engine' | 'attention' | 'building' | 'queue' | 'packages' | 'repositories' | 'machines';

const engine = ({ engine: { state, note }, sealing, notices, waitingInAll, running }: HomeModel): Html => html`
<p class="engine is-${state}">${badge(state, engineLook[state])} <span>Engine ${engineSays[state]}${note !== undefined && html`: ${clipped(note)}`}</span>
<span class="figures"><a href="/mini_buildd/builds"><b>${running.length}</b> building, <b>${waitingInAll}</b> waiting</a></span></p>
${lastSeal(sealing)}
${noticed(notices)}
`;

const noticed = (notices: HomeModel['notices']): Html => {
  const shown = fitting(
    notices.map(
      ({ fact, remedy, doneAt }) =>
        html`<p class="notice" role="status"><strong>${clipped(fact)}</strong> <span>${remedied({ remedy, doneAt })}</span></p>`,
    ),
    room.notices,
  );
  return html`${shown}${notices.length > shown.length && html`<p class="quiet">and ${notices.length - shown.length} more such notices</p>`}`;
};

/** What to do, led to where that is done or said. */
export const remedied = ({ remedy, doneAt }: Pick<Notice, 'remedy' | 'doneAt'>): Html =>
  doneAt === undefined ? html`${remedy}` : html`<a href="${doneAt}">${remedy}</a>`;

const engineSays = {
  running: 'takes uploads',
  stopped: 'is stopped: incoming is closed',
  starting: 'is starting',
  waiting: 'waits for its log: nothing is taken for now',
  fenced: 'is fenced: nothing is taken any more',
} as const;

const engineLook = { running: 'good', stopped: 'warn', starting: 'busy', waiting: 'bad', fenced: 'bad' } as const;

/** Bytes of markup that each part has room for: however much there is, the page stays short. */
const room = {
  notices: 2000,
  attention: 5000,
  offered: 3000,
  packages: 18_000,
  repositories: 7000,
  others: 3000,
  machines: 2500,
};

/** For who looks after this instance. */
const attention = (all: HomeModel['attention']): Html => {
  const shown = fitting(all.map(needsSomebody), room.attention);
  return html`<h2>Needs attention</h2>
${all.length === 0 ? empty('Nothing.') : html`<ul class="attention">${shown}</ul>`}${all.length > shown.length && html`<p class="quiet">and ${all.length - shown.length} more: <a href="/mini_buildd/administration">Administration</a></p>`}`;
};

const needsSomebody = ({ fact, remedy, doneAt, at }: HomeModel['attention'][number]): Html =>
  html`<li>${badge('look', 'warn')} <strong>${at === undefined ? clipped(fact) : html`<a href="/mini_buildd/administration/${at.map(encodeURIComponent).join('/')}">${clipped(fact)}</a>`}</strong> <span class="quiet">${remedied({ remedy: clipped(remedy), doneAt })}</span></li>`;

/** Ports that were overtaken; they are asked for on the pages of their packages. */
const offered = ({ offers, inAll }: HomeModel['offered']): Html | false => {
  const shown = fitting(
    offers.map((each) => html`<li>${badge('newer', 'idle')} ${described(each)}</li>`),
    room.offered,
  );
  return (
    inAll > 0 &&
    html`<h2>Newer where it came from</h2>
<ul class="attention">${shown}</ul>${inAll > shown.length && html`<p class="quiet">and ${inAll - shown.length} more: <a href="/mini_buildd/api/portupdates">all of them</a></p>`}`
  );
};

const packages = (recent: readonly RecentPackage[]): Html => {
  const shown = fitting(recent.map(packageRow), room.packages);
  return html`<h2>Last packages</h2>
${
  recent.length === 0
    ? empty('No package came in yet. Upload one with dput; the command getdputconf says how.')
    : table(['State', 'Package', 'Distribution', 'At (UTC)', 'Architectures'], shown, true)
}${recent.length > 0 && html`<p class="quiet"><a href="/mini_buildd/uploads">All uploads</a></p>`}`;
};

const packageRow = (one: RecentPackage): Row =>
  row(
    badge(one.state, progressLook[one.state]),
    whatCame(one),
    html`<span class="whole">${one.distribution}</span>`,
    time(one.at),
    html`${one.results.map(buildResult)}${one.note !== undefined && html`<p class="note">${clipped(one.note, 160)}</p>`}`,
  );

/** What cannot be read is no package yet: it has the page of its upload. */
const whatCame = ({ source, version: text, upload, changes }: RecentPackage): Html => {
  if (source === undefined) return html`<b class="path"><a href="/mini_buildd/uploads/${upload}">${changes}</a></b>`;
  return html`${packageLink(source)} <a class="version" href="/mini_buildd/uploads/${upload}">${text}</a>`;
};

/** Those for which there is room as tables, the others by name. */
const repositories = (all: readonly RepositoryLine[]): Html => {
  const shown = fitting(all.map(repository), room.repositories);
  const others = all
    .slice(shown.length)
    .map(
      ({ id, standing: { state, look } }) =>
        html`<a href="/mini_buildd/repositories/${id}">${id}</a> ${look !== 'good' && badge(state, look)} `,
    );
  const named = fitting(others, room.others);
  return html`<h2>Repositories</h2>
${all.length === 0 ? empty('No repository is configured.') : shown}
${others.length > 0 && html`<p>And ${named}${others.length > named.length && html`<span class="quiet">and ${others.length - named.length} more, as the page of all names them</span>`}</p>`}
${all.length > 0 && html`<p class="quiet"><a href="/mini_buildd/repositories">All repositories</a></p>`}`;
};

/** One row a codename, one column a suite: how many source packages each holds. */
const repository = ({
  id,
  layout,
  externalHomeUrl,
  distributions,
  publishedAt,
  standing: { state, look, reason },
}: RepositoryLine): Html => {
  const suites = [...new Set(distributions.map(({ suite }) => suite))];
  const codenames = [...new Set(distributions.map(({ codename }) => codename))];
  const cell = (codename: string, suite: string): Html | undefined => {
    const found = distributions.find((each) => each.codename === codename && each.suite === suite);
    return found && html`<a href="${distributionUrl(id, found.name)}" title="${found.name}">${found.packages}</a>`;
  };
  return html`<h3><a href="/mini_buildd/repositories/${id}">${id}</a> ${badge(state, look)} <span class="quiet">layout ${layout}, ${publishedAt === undefined ? 'not published yet' : html`published ${time(publishedAt)}`}${externalHome(externalHomeUrl)}</span></h3>
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
${someOf(
  'builder',
  ['Builder', 'State', 'Building', 'Note'],
  builders
    .filter(({ name }) => !remotes.some((each) => each.name === name))
    .map(({ name, running, room, note }) =>
      row(
        name,
        stateOfBuilder(running, room),
        html`${running} of ${room} <progress aria-label="Load of ${name}" max="${room}" value="${running}"></progress>`,
        note !== undefined && clipped(note, 160),
      ),
    ),
)}
${
  remotes.length > 0 &&
  someOf(
    'remote',
    ['Remote', 'State', 'Building', 'Note'],
    remotes.map(({ name, standing: { state, look, reason } }) => {
      const at = builders.find((each) => each.name === name);
      return row(name, badge(state, look), at && at.room > 0 && `${at.running} of ${at.room}`, clipped(reason, 160));
    }),
  )
}
${
  chroots.length === 0
    ? empty('No chroot is configured: nothing can be built before one is.')
    : someOf(
        'chroot',
        ['Chroot', 'State', 'Note'],
        chroots.map(({ codename, architecture, state, note }) =>
          row(`${codename} ${architecture}`, badge(state, chrootLook[state]), note !== undefined && clipped(note, 160)),
        ),
      )
}
<p class="quiet"><a href="/mini_buildd/machines">All machines</a></p>`;

/** As many as there is room for. */
const someOf = (kind: 'builder' | 'remote' | 'chroot', heads: readonly string[], rows: readonly Row[]): Html => {
  const nouns = `${kind}s`;
  const shown = fitting(rows, room.machines);
  return html`${table(heads, shown, true)}${rows.length > shown.length && html`<p class="quiet">and ${rows.length - shown.length} more: <a href="/mini_buildd/machines?kind=${kind}">All ${nouns}</a></p>`}`;
};

const stateOfBuilder = (running: number, room: number): Html => {
  if (room === 0) return badge('away', 'warn');
  return running > 0 ? badge('building', 'busy') : badge('idle', 'good');
};

const chrootLook = { ready: 'good', preparing: 'busy', failed: 'bad' } as const;
