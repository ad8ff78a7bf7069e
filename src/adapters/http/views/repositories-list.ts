import { type Html, html } from './html.ts';
import type { ListedRepository, RepositoryState } from './list-models.ts';
import { badge, clipped, distributionUrl, few, type Look, row, table, time } from './parts.ts';

/** Repositories, one a row. */
export const repositoriesTable = (repositories: readonly ListedRepository[]): Html =>
  table(
    ['State', 'Repository', 'Layout', 'Distributions', 'Source packages', 'Published (UTC)', 'Note'],
    repositories.map(line),
  );

const line = ({ repository, state, because, layout, packages, distributions, publishedAt }: ListedRepository) =>
  row(
    badge(state, looks[state]),
    html`<b><a href="/mini_buildd/repositories/${repository}">${repository}</a></b>`,
    layout,
    distributionsOf(repository, distributions),
    packages,
    publishedAt === null ? 'not yet' : time(publishedAt),
    clipped(because.join('; '), 160),
  );

/** The first few by name: one with many codenames would fill the page alone. */
const mostNamed = 2;

const distributionsOf = (repository: string, all: ListedRepository['distributions']): Html =>
  few(
    all,
    mostNamed,
    ({ distribution, packages }) =>
      html`<span class="whole"><a href="${distributionUrl(repository, distribution)}">${distribution}</a> ${packages}</span>`,
  );

const looks = { active: 'good', troubled: 'warn', inactive: 'bad' } as const satisfies Record<RepositoryState, Look>;
