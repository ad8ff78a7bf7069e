import { isLeft, right } from 'fp-ts/lib/Either.js';
import { shownTo } from '../../domain/account/viewer.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { SourceName } from '../../domain/debian/names.ts';
import type { EventLog, Query, RecordedEvent } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { type Doer, type Doers, doerKey } from '../accounts/doers.ts';
import { historyPageLength } from '../pages/history-page.ts';
import { soughtEvents } from '../pages/sought-events.ts';
import { History } from './answer-shapes.ts';
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
export const history = (world: World, log: Pick<EventLog, 'query'>, doers: Doers): Command =>
  command({
    name: 'history',
    answer: History,
    summary:
      'Shows what happened, newest first: by package, distribution, kind of event, time, stream, chain; by actor for staff',
    arguments: {
      package: { ...maybe(SourceName, 'Only about this source package'), positional: true },
      distribution: maybe(DistributionName, 'Only about this distribution', 'D'),
      type: maybe(EventTypeName, 'Only events of this kind', 'T'),
      actor: maybe(ActorName, 'Only what this person (by login), account, key, remote or duty did', 'a'),
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
      const sought = await soughtEvents(log, doers, asked({ ...given, limit: given.limit + 1 }), viewer);
      if (isLeft(sought)) return sought;
      const all = sought.right;
      const events = all.slice(0, given.limit);
      const shown = events.flatMap((event) => shownTo(viewer, event) ?? []);
      const known = await doers.of(
        shown.map(({ actor }) => actor),
        viewer,
      );
      const found = shown.map((event) => historyRow(event, known.get(doerKey(event.actor))));
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
export const historyRow = (
  { id, position, recordedAt, actor, stream, causedBy, correlation, subject, body }: RecordedEvent,
  doer: Doer | undefined,
) => ({
  at: recordedAt,
  type: body.type,
  package: subject.package ?? null,
  version: 'version' in body && typeof body.version === 'string' ? body.version : null,
  distribution: subject.distribution ?? null,
  actor: { kind: actor.kind, name: actor.name, login: doer?.login ?? null },
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
  [
    at,
    type,
    source,
    version,
    distribution,
    `(${[actor.login && `${actor.login},`, actor.kind, actor.name].filter(Boolean).join(' ')})`,
  ]
    .filter((word) => word !== null)
    .join(' ')
    .concat('\n');
