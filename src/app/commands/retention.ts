import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { keepsEverything } from '../../domain/retention/events.ts';
import { isSame } from '../../domain/same.ts';
import type { Voice } from '../../ports/tell.ts';
import type { Policy } from '../../projections/due-files.ts';
import { endingOfRetention } from '../endings/ending-of-past.ts';
import type { Carrier } from '../repository/carry-out.ts';
import { type OutlookRow, outlookOf } from '../retention/outlook.ts';
import type { HeldThen } from '../snapshots/past-states.ts';
import { flag } from './arguments.ts';
import { becauseOf, type Command, command } from './command.ts';
import { heard } from './deed.ts';
import { maybeCount, repositoryId } from './retention-arguments.ts';

/** `retention`: which files of old versions a repository keeps. */
export const retention = ({ world, clock }: Carrier, voice: Voice, heldThen: HeldThen): Command =>
  command({
    name: 'retention',
    summary: 'Shows or sets for how many old versions and for how long a repository keeps their files',
    arguments: {
      repository: repositoryId('Which repository'),
      versions: maybeCount('Keep so many old versions of each source package', 'N'),
      days: maybeCount('Keep versions that left less than so many days ago', 'd'),
      everything: flag('Keep everything'),
      'dry-run': flag('Only shows what would be let go', 'n'),
    },
    privilege: 'admin',
    changes: true,
    run: async (given, actor) => {
      const { repository, versions, days, everything, 'dry-run': isTrial } = given;
      if (!world.configuration.repositories.has(repository)) return left(noRepository(repository));
      const isAsked = everything || versions !== undefined || days !== undefined;
      if (everything && (versions !== undefined || days !== undefined)) return left(both);
      const present = world.configuration.retention.get(repository) ?? keepsEverything(repository);
      const wanted = isAsked ? { ...present, versions: versions ?? null, days: days ?? null } : present;
      // What was named is found out first: nobody is told afterwards that more went than was shown.
      const { due, kept } = await outlookOf(world, heldThen, wanted, clock.now());
      if (isAsked) {
        const told = await heard(voice, given)({ command: 'Configure', event: wanted }, becauseOf(actor));
        if (isLeft(told)) return told;
      }
      const { versions: keptVersions, days: keptDays } = wanted;
      const json = { repository, versions: keptVersions, days: keptDays, done: isAsked && !isTrial, due, kept };
      const before = isSame(wanted, present) ? '' : `; before, ${sentenceOf(present)}`;
      const ends = isAsked && isTrial ? { ends: endingOfRetention({ due, kept }) } : {};
      return right({
        json,
        ...ends,
        was: present,
        plain: [`${sentenceOf(wanted)}${before}\n`, ...due.map(goes), ...kept.map(stays)].join(''),
      });
    },
  });

const goes = ({ source, version, files, bytes }: OutlookRow): string =>
  `due: ${source} ${version} (${files} files, ${bytes} bytes)\n`;

const stays = ({ source, version, dueAt, names }: OutlookRow): string =>
  `kept: ${source} ${version} (${names.length > 0 ? `named ${names.join(', ')}` : dueAt === null ? 'by its number' : `until ${dueAt}`})\n`;

const sentenceOf = ({ repository, versions, days }: Policy): string => {
  const reasons = [
    ...(versions === null ? [] : [`the last ${versions} old versions of each package`]),
    ...(days === null ? [] : [`what left less than ${days} days ago`]),
  ];
  return `${repository} keeps ${reasons.join(' and ') || 'everything'}`;
};

const noRepository = (repository: RepositoryId): Refusal =>
  refusal('unknown-repository', `there is no repository "${repository}"`, 'see status');

const both = refusal('bad-argument', 'who keeps everything counts neither versions nor days', 'give one or the other');
