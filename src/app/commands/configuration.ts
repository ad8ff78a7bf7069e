import { isLeft, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { People } from '../../ports/people.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { exported, planOf, yamlOf } from '../configuration/apply.ts';
import { carryOutReconfiguration, differencesInWords } from '../configuration/reconfigure.ts';
import { unified } from '../configuration/yaml-difference.ts';
import { endingOfReconfiguration } from '../endings/ending-of-reconfiguration.ts';
import { flag } from './arguments.ts';
import { type Command, command } from './command.ts';
import { heard } from './deed.ts';

/** `apply`: makes the configuration what a YAML document declares. */
export const apply = (world: World, people: People, voice: Voice): Command =>
  command({
    name: 'apply',
    summary: 'Makes the configuration what a YAML document declares, and says what that changes',
    arguments: {
      configuration: {
        codec: t.string,
        positional: true,
        short: undefined,
        fallback: undefined,
        multiline: true,
        summary: 'The document, as export writes it; what it does not name stays, unless it says complete: true',
      },
      force: flag('Also when apt would see packages no more that it sees now'),
      'dry-run': flag('Only shows what would change', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const isDone = !given['dry-run'];
      const guard = { contents: world.contents, force: given.force };
      const plan = await planOf(given.configuration, world.configuration, people, guard);
      if (isLeft(plan)) return plan;
      const because = { actor, causedBy: undefined, correlation: 'apply' };
      const lines = isDone ? undefined : await yamlOf(plan.right, world.configuration, people);
      const yaml = lines && unified(lines);
      const done = await carryOutReconfiguration(plan.right, because, heard(voice, given));
      if (isLeft(done)) return done;
      const { differences, taken } = plan.right;
      return right({
        json: { done: isDone, differences, taken, ...(yaml === undefined ? {} : { yaml }) },
        ends: isDone ? undefined : endingOfReconfiguration(plan.right, world),
        plain: `${differencesInWords(differences, isDone, taken)}${yaml ?? ''}`,
      });
    },
  });

/** `export`: the configuration as YAML. */
export const exportConfiguration = (world: World, people: People): Command =>
  command({
    name: 'export',
    summary: 'Writes the present configuration as a YAML document, which applied again changes nothing',
    arguments: {},
    privilege: 'admin',
    run: async () => {
      const yaml = await exported(world.configuration, people);
      return right({ json: { configuration: yaml }, plain: yaml });
    },
  });
