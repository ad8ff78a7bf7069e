import { left, right } from 'fp-ts/lib/Either.js';
import { type Caller, denied, payer } from '../../domain/account/caller.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { SnapshotLabel } from '../../domain/retention/events.ts';
import type { Voice } from '../../ports/tell.ts';
import { action } from './account-arguments.ts';
import { flag } from './arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, type Planned } from './deed.ts';
import { maybe, maybeMoment, rows } from './history-arguments.ts';
import { repositoryId, WrittenPast } from './retention-arguments.ts';
import { diff } from './snapshot-diff.ts';
import { listPublications } from './snapshot-list.ts';
import { nameIt, release } from './snapshot-name.ts';
import type { SnapshotParts } from './snapshot-parts.ts';
import { show } from './snapshot-show.ts';

const positional = { positional: true } as const;

/** `snapshot`: what apt saw at other times, and which of it is kept for good. */
export const snapshot = (parts: SnapshotParts, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'snapshot',
    summary:
      'Lists past states of a repository, shows one as apt sources or two as their difference, names one to keep it',
    arguments: {
      action: action(['list', 'show', 'diff', 'name', 'release'], 'What to do (name, release: for staff)'),
      repository: repositoryId('Which repository'),
      time: { ...maybe(WrittenPast, 'A time in UTC, an event id or a name; with diff: the earlier'), ...positional },
      other: { ...maybe(WrittenPast, 'With diff: the later; without it, what is now'), ...positional },
      name: { ...maybe(SnapshotLabel, 'With name and release: the name'), with: ['name', 'release'] },
      'with-rollbacks': { ...flag('With show and diff: rollback distributions too', 'r'), with: ['show', 'diff'] },
      before: { ...maybeMoment('With list: only what was published before this time'), with: ['list'] },
      limit: { ...rows(500, 20), with: ['list'] },
    },
    privilege: 'login',
    plan: async ({ action: what, repository, time, other, name, before, limit, 'with-rollbacks': all }, _, caller) => {
      if (!parts.world.published.has(repository)) return left(noRepository(repository));
      const from = payer(caller);
      switch (what) {
        case 'list':
          return right(listPublications(parts.world, repository, before, limit));
        case 'show':
          return time === undefined ? left(noTime) : show(repository, time, all, from, parts);
        case 'diff':
          return time === undefined ? left(noTime) : diff(repository, time, other, all, from, parts);
        case 'name':
        case 'release':
          return label(what, { repository, time, name }, caller, parts);
      }
    },
  });

type Labelled = {
  readonly repository: RepositoryId;
  readonly time: string | undefined;
  readonly name: SnapshotLabel | undefined;
};

/** What is kept is the business of staff. */
const label = async (
  what: 'name' | 'release',
  { repository, time, name }: Labelled,
  caller: Caller,
  parts: SnapshotParts,
): Promise<Planned> => {
  const refused = denied({ name: `snapshot ${what}`, privilege: 'staff' }, caller);
  if (refused !== undefined) return left(refused);
  if (name === undefined) return left(noName);
  if (what === 'release') return release(repository, name, parts);
  return time === undefined ? left(noTime) : nameIt(repository, time, name, payer(caller), parts);
};

const noRepository = (repository: RepositoryId): Refusal =>
  refusal('unknown-repository', `nothing was ever published of a repository "${repository}"`, 'see status');

const noTime = refusal('bad-argument', '"time" is missing', 'give a time such as 20261122T101500Z; list shows them');

const noName = refusal('bad-argument', '"name" is missing', 'give the name');
