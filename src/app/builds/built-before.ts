import type { BuildRequested, BuiltBinary } from '../../domain/build/events.ts';
import type { BuildId, StreamName } from '../../domain/ids.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { eventsOf } from '../events-of.ts';

/** What a build was asked for and gave, unless it gave nothing; of any build there ever was. */
export const builtBefore = (log: Pick<EventLog, 'readStream'>) => async (build: BuildId) => {
  const events = await eventsOf(log, `build-${build}` as StreamName);
  const requested = events.find((event): event is BuildRequested => event.type === 'BuildRequested');
  const last = events.findLast(({ type }) => type === 'BuildSucceeded' || type === 'BuildAdopted');
  if (requested === undefined || (last?.type !== 'BuildSucceeded' && last?.type !== 'BuildAdopted')) return undefined;
  const attempt = last.type === 'BuildSucceeded' ? last.attempt : 0;
  const binaries = events.flatMap((event): readonly BuiltBinary[] =>
    event.type === 'BinariesBuilt' && event.attempt === attempt ? event.binaries : [],
  );
  const { records, log: kept, times } = last;
  return { requested, built: { from: build, binaries: [...binaries, ...last.binaries], records, log: kept, times } };
};
