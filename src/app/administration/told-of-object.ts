import type { Instant } from '../../domain/codec.ts';
import type { Actor, EventId, StreamName } from '../../domain/ids.ts';
import type { EventLog, RecordedEvent } from '../../ports/event-log.ts';
import type { Change } from './changes.ts';

/** The last events of an object that are looked at: duties make most of them. */
const mostLookedAt = 150;

/** Changes that people made, however much duties did since. */
const mostChanges = 20;

/** What happened to an object, newest first. Not everything is told of what lies before `horizon`, where there is one. */
export const toldOf = async (
  log: Pick<EventLog, 'query'>,
  stream: StreamName,
  changes: readonly Change[],
): Promise<{ readonly events: readonly RecordedEvent[]; readonly horizon: EventId | undefined }> => {
  const last = await log.query({ stream, limit: mostLookedAt });
  const oldest = last.at(-1);
  if (oldest === undefined || last.length < mostLookedAt) return { events: last, horizon: undefined };
  const before = changes
    .map(({ recorded }) => recorded)
    .filter(({ position }) => position < oldest.position)
    .slice(-mostChanges);
  return { events: [...last, ...before.reverse()], horizon: oldest.id };
};

/** What duties did again and again before an event. */
export type Again = {
  readonly since: Instant;
  readonly counts: readonly { readonly type: string; readonly count: number }[];
  /** Whether there were more before. */
  readonly isCut: boolean;
};

type Told = { readonly id: EventId; readonly at: Instant; readonly type: string; readonly actor: Actor };

/** So many of them, where routine of duties that follows upon routine is its last event and a count. */
export const inRuns = <Each extends Told>(
  all: readonly Each[],
  horizon: EventId | undefined,
): readonly (Each & { readonly again: Again | undefined })[] =>
  runsOf(all)
    .slice(0, mostTold)
    .map(([last, ...others]) => ({ ...last, again: againIn(others, horizon) }));

const mostTold = 20;

type Run<Each> = [Each, ...Each[]];

const runsOf = <Each extends Told>(all: readonly Each[]): readonly Run<Each>[] => {
  const runs: Run<Each>[] = [];
  for (const each of all) {
    const run = runs.at(-1);
    if (isRoutine(each) && run?.every(isRoutine)) run.push(each);
    else runs.push([each]);
  }
  return runs.flatMap((run) => (run.length < fewestFolded ? run.map((each): Run<Each> => [each]) : [run]));
};

const fewestFolded = 3;

/** What went wrong is none. */
const isRoutine = ({ actor, type }: Told): boolean =>
  actor.kind === 'duty' && !/(?:Failed|Refused|Lost|Outdated)$/.test(type);

const againIn = (others: readonly Told[], horizon: EventId | undefined): Again | undefined => {
  const first = others.at(-1);
  if (first === undefined) return undefined;
  return {
    since: first.at,
    counts: [...Map.groupBy(others, ({ type }) => type)].map(([type, { length: count }]) => ({ type, count })),
    isCut: others.some(({ id }) => id === horizon),
  };
};
