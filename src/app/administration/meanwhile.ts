import type { AccountId } from '../../domain/account/events.ts';
import type { Instant } from '../../domain/codec.ts';
import { objectOf } from '../../domain/configuration/declaration/declare.ts';
import { difference } from '../../domain/configuration/declaration/difference.ts';
import type { Fields } from '../../domain/configuration/declaration/kinds.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { Actor } from '../../domain/ids.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import type { People } from '../../ports/people.ts';
import { paragraphs } from '../configuration/reconfigure.ts';
import { changesOf } from './changes.ts';
import { saidWithLogins } from './said-with-logins.ts';
import { type Subject, subjects } from './subjects.ts';

/** What somebody else made of an object since it was shown. */
export type Meanwhile = { readonly by: string; readonly at: Instant; readonly words: string };

/** With what stood in the form when it was opened; `undefined` where that is not known. */
export type MeanwhileInForm = Meanwhile & { readonly opened: Fields | undefined };

/** `shown` is the digest of what was shown; `undefined` where nobody said anything of the object. */
export const meanwhile = async (
  log: Pick<EventLog, 'query'>,
  people: People,
  subject: Subject,
  name: string,
  shown: string,
): Promise<MeanwhileInForm | undefined> => {
  const changes = await changesOf(log, subject, name);
  const last = changes.at(-1);
  if (last === undefined) return undefined;
  const seen = changes.findLast(({ digest }) => digest === shown);
  const body = decodeEvent(last.recorded.body, `the event at ${last.recorded.position}`) as ConfigurationEvent;
  const changed = seen === undefined ? last.difference : difference(seen.after, body);
  return {
    by: await whoIs(last.recorded.actor, people),
    at: last.recorded.recordedAt,
    words: paragraphs([changed]),
    opened: seen && (await saidWithLogins(subject, name, seen.after, people)),
  };
};

/** Changes of others that are told at once. */
const mostTold = 20;

/** What others made of any object after `since`, the oldest first, and no more of it than somebody reads. */
export const meanwhileInAll = async (
  log: Pick<EventLog, 'query'>,
  people: Pick<People, 'byAccount'>,
  since: Position,
): Promise<readonly Meanwhile[]> => {
  const found = await Promise.all(subjects.map((subject) => changesAfter(log, subject, since)));
  const told = found
    .flat()
    .sort((one, other) => (one.recorded.position < other.recorded.position ? -1 : 1))
    .slice(0, mostTold);
  return Promise.all(
    told.map(async ({ recorded: { actor, recordedAt }, difference: changed }) => ({
      by: await whoIs(actor, people),
      at: recordedAt,
      words: paragraphs([changed]),
    })),
  );
};

const changesAfter = async (log: Pick<EventLog, 'query'>, subject: Subject, after: Position) => {
  const events = await Promise.all(subject.types.map((type) => log.query({ type, after, limit: mostTold })));
  const names = [...new Set(events.flat().map(nameIn))];
  const changes = await Promise.all(names.map((name) => changesOf(log, subject, name)));
  return changes.flat().filter(({ recorded }) => recorded.position > after);
};

const nameIn = ({ body, position }: RecordedEvent): string =>
  objectOf(decodeEvent(body, `the event at ${position}`) as ConfigurationEvent)?.name ?? 'instance';

/** An account by its login, where it still has one. */
export const whoIs = async ({ kind, name }: Actor, people: Pick<People, 'byAccount'>): Promise<string> => {
  const login = kind === 'account' ? (await people.byAccount(name as AccountId))?.login : undefined;
  return login ?? `${kind} ${name}`;
};
