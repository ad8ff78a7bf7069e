import * as t from 'io-ts';
import { Step } from '../archive/events.ts';
import { Count } from '../codec.ts';
import { RepositoryId, SourceName } from '../debian/names.ts';
import { ChangeId } from '../ids.ts';

/** What shall happen to one package, and the count of changes at which it was looked at. */
const Member = t.strict({ source: SourceName, seen: Count, steps: t.readonlyArray(Step) }, 'Member');
export type Member = t.TypeOf<typeof Member>;

/** Several steps that shall be taken all or none: a set of packages, or one package through several suites. */
export const ChangePlanned = t.strict(
  { type: t.literal('ChangePlanned'), change: ChangeId, repository: RepositoryId, members: t.readonlyArray(Member) },
  'ChangePlanned',
);
export type ChangePlanned = t.TypeOf<typeof ChangePlanned>;

/** From here on all of it is so; each package's own stream says it in its time. */
export const ChangeCompleted = t.strict(
  { type: t.literal('ChangeCompleted'), change: ChangeId, repository: RepositoryId },
  'ChangeCompleted',
);
export type ChangeCompleted = t.TypeOf<typeof ChangeCompleted>;

/** One of its packages could not: none of it happened. */
export const ChangeAbandoned = t.strict(
  {
    type: t.literal('ChangeAbandoned'),
    change: ChangeId,
    repository: RepositoryId,
    rule: t.string,
    fact: t.string,
    remedy: t.string,
  },
  'ChangeAbandoned',
);
export type ChangeAbandoned = t.TypeOf<typeof ChangeAbandoned>;

export type ChangeEvent = ChangePlanned | ChangeCompleted | ChangeAbandoned;
