import { left, right } from 'fp-ts/lib/Either.js';
import { maySeekActor, shownTo } from '../../domain/account/viewer.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { SourceName } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { EventLog, Query, RecordedEvent } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { historyPageLength } from '../pages/history-page.ts';
import { type Command, command } from './command.ts';
import {
  ActorName,
  Chain,
  EventTypeName,
  maybe,
  maybeMoment,
  maybeStream,
  PlaceInLog,
  rows,
} from './history-arguments.ts';

/** `history`: what happened, the newest first, as far as it is the caller's business. */
export const history = (world: World, log: Pick<EventLog, 'query'>): Command =>
  command({
    name: 'history',
    summary:
      'Shows what happened, newest first: by package, distribution, kind of event, time, stream, chain; by actor for staff',
    arguments: {
      package: { ...maybe(SourceName, 'Only about this source package'), positional: true },
      distribution: maybe(DistributionName, 'Only about this distribution', 'D'),
      type: maybe(EventTypeName, 'Only events of this kind', 'T'),
      actor: maybe(ActorName, 'Only what this account, key, remote or duty did', 'a'),
      from: maybeMoment('Not before this time (UTC)'),
      until: maybeMoment('Before this time (UTC)'),
      stream: maybeStream('Only what stands in this stream'),
      correlation: maybe(Chain, 'Only what this upload or command began: its chain'),
      before: maybe(PlaceInLog, 'Go on here: "next" of the answer before'),
      limit: rows(500, historyPageLength),
    },
    privilege: 'none',
    run: async (given, _actor, caller) => {
      const viewer = viewerOf(world.accounts, caller);
      if (given.actor !== undefined && !maySeekActor(viewer, given.actor)) return left(notTheirs);
      const all = await log.query(asked({ ...given, limit: given.limit + 1 }));
      const events = all.slice(0, given.limit);
      const found = events.flatMap((event) => shownTo(viewer, event) ?? []).map(historyRow);
      const next = all.length > events.length ? (events.at(-1)?.position ?? null) : null;
      return right({
        json: { events: found, next },
        plain: `${found.map(historyRowInWords).join('') || 'nothing to be seen\n'}${next === null ? '' : `older: --before ${next}\n`}`,
      });
    },
  });

/** Without what was left out. */
const asked = (given: { readonly [Name in keyof Query]: Query[Name] | undefined } & Pick<Query, 'limit'>): Query =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Query;

/** An event as answers of commands have it. */
export const historyRow = ({
  id,
  position,
  recordedAt,
  actor,
  stream,
  causedBy,
  correlation,
  subject,
  body,
}: RecordedEvent) => ({
  at: recordedAt,
  type: body.type,
  package: subject.package ?? null,
  version: 'version' in body && typeof body.version === 'string' ? body.version : null,
  distribution: subject.distribution ?? null,
  actor: { kind: actor.kind, name: actor.name },
  id,
  position,
  stream,
  causedBy: causedBy ?? null,
  correlation,
  body,
});

export const historyRowInWords = ({
  at,
  type,
  package: source,
  version,
  distribution,
  actor,
}: ReturnType<typeof historyRow>): string =>
  [at, type, source, version, distribution, `(${[actor.kind, actor.name].filter(Boolean).join(' ')})`]
    .filter((word) => word !== null)
    .join(' ')
    .concat('\n');

const notTheirs = refusal(
  'needs-privilege',
  'what somebody did is for themselves and for staff to see',
  'log in, or ask without "actor"',
);
