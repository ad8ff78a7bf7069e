import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { RepositoryId } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import { keepsEverything } from '../../domain/retention/events.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { carryOutReconfiguration, differencesInWords, planReconfiguration } from '../configuration/reconfigure.ts';
import { endingWithDependents } from '../endings/ending-of-object.ts';
import { repositoriesFound, repositoriesList, soughtRepositories } from '../pages/repositories-list.ts';
import { Repositories } from './answer-shapes.ts';
import { choice, flag, versionGlob } from './arguments.ts';
import { type Command, command } from './command.ts';
import { heard } from './deed.ts';
import { maybePage, whereInList } from './list-arguments.ts';
import { table } from './table.ts';

/** `repositories`: whether each does what it is for, and why not; as the page of that name lists them. */
export const repositories = (world: World): Command =>
  command({
    name: 'repositories',
    answer: Repositories,
    summary: 'Lists the repositories: whether each is active, and why not',
    arguments: {
      state: choice(soughtRepositories, 'Only those that stand so', 's'),
      name: versionGlob('Only repositories of this name, with * and ?', 'r'),
      page: maybePage,
    },
    privilege: 'none',
    run: (given) => {
      if (given.page === undefined) {
        const all = repositoriesFound(world, given);
        return right({ json: { repositories: all }, plain: all.map(inWords).join('') });
      }
      const { items: repositories, ...where } = repositoriesList(world)(given);
      return right({
        json: { ...where, repositories },
        plain: `${table(headings, repositories.map(cells))}${whereInList(where)}`,
      });
    },
  });

type Found = ReturnType<typeof repositoriesFound>[number];

const inWords = ({ repository, state, because, externalHomeUrl }: Found): string =>
  [
    `${repository}: ${state}${externalHomeUrl === null ? '' : `, see ${externalHomeUrl}`}\n`,
    ...because.map((each) => `  ${each}\n`),
  ].join('');

const headings = ['State', 'Repository', 'Layout', 'Distributions', 'Packages', 'Published', 'Note'];

const cells = (found: Found): readonly string[] => [
  found.state,
  found.repository,
  found.layout,
  String(found.distributions.length),
  String(found.packages),
  found.publishedAt?.slice(0, 16) ?? 'not yet',
  found.because.join('; '),
];

/** `removerepository`: it is not served any more; what it held stays on record. */
export const removeRepository = (world: World, voice: Voice): Command =>
  command({
    name: 'removerepository',
    summary: 'Removes a repository: apt sees it no more; its history stays, and configured again it holds what it held',
    arguments: {
      repository: {
        codec: RepositoryId,
        positional: true,
        short: undefined,
        fallback: undefined,
        summary: 'Repository',
      },
      force: flag('Also when it holds packages'),
      'dry-run': flag('Only shows what would change', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const { repository, force, 'dry-run': isDryRun } = given;
      const { configuration } = world;
      if (!configuration.repositories.has(repository)) {
        const known = [...configuration.repositories.keys()].join(', ') || 'none';
        return left(refusal('unknown-repository', `there is no repository "${repository}"`, `there are: ${known}`));
      }
      const removals: readonly ConfigurationEvent[] = [
        ...(configuration.retention.has(repository) ? [keepsEverything(repository)] : []),
        { type: 'RepositoryRemoved', repository },
      ];
      const plan = planReconfiguration(configuration, removals, { contents: world.contents, force });
      if (isLeft(plan)) return plan;
      const was = [configuration.repositories.get(repository), configuration.retention.get(repository) ?? null];
      const because = { actor, causedBy: undefined, correlation: 'removerepository' };
      const done = await carryOutReconfiguration(plan.right, because, heard(voice, given));
      if (isLeft(done)) return done;
      const { differences, taken } = plan.right;
      return right({
        json: { done: !isDryRun, differences, taken },
        was,
        ends: isDryRun ? endingWithDependents('repositories', repository, world) : undefined,
        plain: differencesInWords(differences, !isDryRun, taken),
      });
    },
  });
