import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { kinds } from '../../domain/configuration/declaration/kinds.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { carryOutReconfiguration, differencesInWords, planReconfiguration } from '../configuration/reconfigure.ts';
import { endingWithDependents } from '../endings/ending-of-object.ts';
import { flag, oneOf } from './arguments.ts';
import { becauseOf, type Command, command } from './command.ts';
import { NameOfObject } from './declared.ts';
import { heard } from './deed.ts';

const sections = kinds.map(({ section }) => section);

/** `undeclare`: takes one declared object away, of whichever kind, as its page does. */
export const undeclare = (world: World, voice: Voice): Command =>
  command({
    name: 'undeclare',
    summary:
      'Takes a declared object away: a source, layout, distribution, repository, chroot, or what bounds retention',
    arguments: {
      section: {
        codec: oneOf('Section', sections),
        positional: true,
        short: undefined,
        fallback: undefined,
        summary: 'What kind',
        words: sections,
      },
      name: { codec: NameOfObject, positional: true, short: undefined, fallback: undefined, summary: 'Which one' },
      force: flag('Also when apt would see packages no more that it sees now'),
      'dry-run': flag('Only shows what would change', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const { section, name, force, 'dry-run': isDryRun } = given;
      const { configuration, contents } = world;
      const kind = kinds.find((each) => each.section === section);
      if (!kind?.all(configuration).has(name)) return left(nothingThere(section, name));
      const plan = planReconfiguration(configuration, [kind.removed(kind.identity(name))], { contents, force });
      if (isLeft(plan)) return plan;
      const was = kind.all(configuration).get(name);
      const ends = isDryRun ? endingWithDependents(section, name, world) : undefined;
      const done = await carryOutReconfiguration(plan.right, becauseOf(actor), heard(voice, given));
      if (isLeft(done)) return done;
      const { differences, taken } = plan.right;
      return right({
        json: { done: !isDryRun, differences, taken },
        was,
        ends,
        plain: differencesInWords(differences, !isDryRun, taken),
      });
    },
  });

const nothingThere = (section: string, name: string) =>
  refusal('no-object', `${section} holds nothing of the name "${name}"`, `see declared ${section}`);
