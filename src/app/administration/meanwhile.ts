import type { AccountId } from '../../domain/account/events.ts';
import type { Instant } from '../../domain/codec.ts';
import { difference } from '../../domain/configuration/declaration/difference.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { Actor } from '../../domain/ids.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { People } from '../../ports/people.ts';
import { paragraphs } from '../configuration/reconfigure.ts';
import { changesOf } from './changes.ts';
import type { Subject } from './subjects.ts';

/** What somebody else made of an object since it was shown. */
export type Meanwhile = { readonly by: string; readonly at: Instant; readonly words: string };

/** `shown` is the digest of what was shown; `undefined` where nobody said anything of the object. */
export const meanwhile = async (
  log: Pick<EventLog, 'query'>,
  people: Pick<People, 'byAccount'>,
  subject: Subject,
  name: string,
  shown: string,
): Promise<Meanwhile | undefined> => {
  const changes = await changesOf(log, subject, name);
  const last = changes.at(-1);
  if (last === undefined) return undefined;
  const seen = changes.findLast(({ digest }) => digest === shown);
  const body = decodeEvent(last.recorded.body, `the event at ${last.recorded.position}`) as ConfigurationEvent;
  const changed = seen === undefined ? last.difference : difference(seen.after, body);
  return { by: await whoIs(last.recorded.actor, people), at: last.recorded.recordedAt, words: paragraphs([changed]) };
};

/** An account by its login, where it still has one. */
export const whoIs = async ({ kind, name }: Actor, people: Pick<People, 'byAccount'>): Promise<string> => {
  const login = kind === 'account' ? (await people.byAccount(name as AccountId))?.login : undefined;
  return login ?? `${kind} ${name}`;
};
