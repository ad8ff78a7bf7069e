import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { RepositoryId } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import { keepsEverything } from '../../domain/retention/events.ts';
import type { Voice } from '../../ports/tell.ts';
import { repositoryState } from '../../projections/repository-state.ts';
import type { World } from '../../projections/world.ts';
import { carryOutReconfiguration, differencesInWords, planReconfiguration } from '../configuration/reconfigure.ts';
import { endingWithDependents } from '../endings/ending-of-object.ts';
import { flag } from './arguments.ts';
import { type Command, command } from './command.ts';
import { heard } from './deed.ts';

/** `repositories`: whether each does what it is for, and why not. */
export const repositories = (world: World): Command =>
  command({
    name: 'repositories',
    summary: 'Lists the repositories: whether each is active, and why not',
    arguments: {},
    privilege: 'none',
    run: () => {
      const states = [...world.configuration.repositories.values()].map((each) => ({
        ...repositoryState(world, each),
        externalHomeUrl: each.externalHomeUrl,
      }));
      return right({
        json: { repositories: states },
        plain: states
          .map(({ repository, state, because, externalHomeUrl }) =>
            [
              `${repository}: ${state}${externalHomeUrl === null ? '' : `, see ${externalHomeUrl}`}\n`,
              ...because.map((each) => `  ${each}\n`),
            ].join(''),
          )
          .join(''),
      });
    },
  });

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
      const because = { actor, causedBy: undefined, correlation: 'removerepository' };
      const done = await carryOutReconfiguration(plan.right, because, heard(voice, given));
      if (isLeft(done)) return done;
      const { differences, taken } = plan.right;
      return right({
        json: { done: !isDryRun, differences, taken },
        ends: isDryRun ? endingWithDependents('repositories', repository, world) : undefined,
        plain: differencesInWords(differences, !isDryRun, taken),
      });
    },
  });
