import type { Caller } from '../../domain/account/caller.ts';
import { shownTo } from '../../domain/account/viewer.ts';
import type { EventId } from '../../domain/ids.ts';
import type { EventLog, RecordedEvent } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import type { Doers } from '../accounts/doers.ts';
import { findEvent } from '../find-event.ts';
import { happeningsOf } from './happenings.ts';

type Asked = {
  readonly id: EventId;
  /** Where it is to be found: the upload or command that started it all. */
  readonly chain: string | undefined;
  readonly caller: Caller;
};

type Log = Pick<EventLog, 'query'>;

/** So far along its chain is looked for causes and consequences; and so many of either are shown. */
const longestLook = 500;
const mostShown = 25;

/** One event with everything on record, what led to it and what came of it; `undefined` where it is not to be found, or not the caller's business. */
export const eventPage =
  (world: World, log: Log, doers: Doers) =>
  async ({ id, chain, caller }: Asked) => {
    const viewer = viewerOf(world.accounts, caller);
    const found = await findEvent(log, id, chain);
    const shown = found && shownTo(viewer, found);
    const read = (events: readonly RecordedEvent[]) => happeningsOf(events, viewer, doers);
    const [happening] = found === undefined ? [] : await read([found]);
    if (found === undefined || shown === undefined || happening === undefined) return undefined;
    const { stream, correlation, position } = found;
    const consequences = descendants(id, await log.query({ correlation, after: position, limit: longestLook }));
    const first = consequences.slice(0, mostShown);
    const depths = new Map(first.map(({ event, depth }) => [event.id, depth]));
    return {
      happening,
      recorded: shown,
      causes: await read(await ancestors(found, log)),
      consequences: (await read(first.map(({ event }) => event))).map((each) => ({
        ...each,
        depth: depths.get(each.id) ?? 1,
      })),
      moreConsequences: Math.max(0, consequences.length - mostShown),
      before: (await read(await log.query({ stream, before: position, limit: 1 })))[0],
      after: (await read(await log.query({ stream, after: position, limit: 1 })))[0],
    };
  };

/** What made it necessary, and what made that necessary: what started it all first. */
const ancestors = async (event: RecordedEvent, log: Log): Promise<readonly RecordedEvent[]> => {
  const { correlation, position: before } = event;
  const earlier = new Map(
    (await log.query({ correlation, before, limit: longestLook })).map((each) => [each.id, each]),
  );
  const line: RecordedEvent[] = [];
  for (let cause = event.causedBy; cause !== undefined && line.length < mostShown; ) {
    // What one command began may be made necessary by another's event.
    const found: RecordedEvent | undefined = earlier.get(cause) ?? (await findEvent(log, cause, undefined));
    if (found === undefined) break;
    line.unshift(found);
    cause = found.causedBy;
  }
  return line;
};

type Descendant = { readonly event: RecordedEvent; readonly depth: number };

/** Of what came later, in order of the log, all that would not have been without it. Direct consequences have depth 1. */
const descendants = (id: EventId, later: readonly RecordedEvent[]): readonly Descendant[] => {
  const children = Map.groupBy(later, ({ causedBy }) => causedBy);
  const below = (parent: EventId, depth: number): readonly Descendant[] =>
    (children.get(parent) ?? []).flatMap((event) => [{ event, depth }, ...below(event.id, depth + 1)]);
  return below(id, 1);
};
