import type { BuildEvent, BuildRequested, BuiltBinary } from '../../domain/build/events.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { BuildId, StreamName } from '../../domain/ids.ts';
import type { EventLog } from '../../ports/event-log.ts';

/** What a build was asked for and gave, unless it gave nothing. Asked of the log itself: any build there ever was has an answer. */
export const builtBefore = (log: EventLog) => async (build: BuildId) => {
  const stream = `build-${build}` as StreamName;
  const events = (await log.readStream(stream)).map(
    ({ body, revision }) => decodeEvent(body, `event ${revision} of ${stream}`) as BuildEvent,
  );
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
