import { left, right } from 'fp-ts/lib/Either.js';
import { Codename } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { World } from '../../projections/world.ts';
import { repositoryPage } from '../pages/repository-page.ts';
import { type Command, command } from './command.ts';
import { maybe } from './history-arguments.ts';
import { listArguments, listAsked, whereInList } from './list-arguments.ts';
import { repositoryId } from './retention-arguments.ts';
import { table } from './table.ts';

/** `repository`: the suites of one codename, and which version each holds of every source package: what its page lists. */
export const showRepository = (world: World): Command => {
  const found = repositoryPage(world);
  return command({
    name: 'repository',
    summary: 'Shows the suites of a repository for one codename, and the versions that each holds, a page at a time',
    arguments: {
      repository: repositoryId('Repository'),
      codename: maybe(Codename, 'Base distribution, such as trixie; without it the first one', 'c'),
      ...listArguments,
    },
    privilege: 'none',
    run: ({ repository, codename, ...list }) => {
      const model = found({ repository, codename, ...listAsked(list) });
      if (model === undefined) return left(notThere(repository));
      const { suites, buildSources, packages, page, pages, found: all } = model;
      return right({
        json: {
          repository,
          codename: model.codename ?? null,
          publishedAt: model.publishedAt ?? null,
          externalHomeUrl: model.externalHomeUrl,
          suites,
          buildSources,
          ...{ page, pages, found: all },
          packages: packages.map(({ source, versions }) => ({
            source,
            versions: Object.fromEntries(suites.map(({ suite }, n) => [suite, versions[n] ?? null])),
          })),
        },
        plain: `${table(
          ['Source', ...suites.map(({ suite }) => suite)],
          packages.map(({ source, versions }) => [source, ...versions.map((version) => version ?? '-')]),
          'None.',
        )}${whereInList(model)}`,
      });
    },
  });
};

const notThere = (repository: string) =>
  refusal('no-repository', `there is no repository "${repository}"`, 'see repositories for those that are');
