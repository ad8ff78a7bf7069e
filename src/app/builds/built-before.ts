import type { BuildAdopted, BuildRequested, BuildSucceeded, BuiltBinary } from '../../domain/build/events.ts';
import type { StoredFile } from '../../domain/debian/names.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import type { BuildId, StreamName } from '../../domain/ids.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { eventsOf } from '../events-of.ts';

/** What a build gave, by its events: the attempt that counts, with the packages of all portions; `undefined` when it gave nothing. */
export const builtBy = (events: readonly DaemonEvent[]) => {
  const last = events.findLast(
    (event): event is BuildSucceeded | BuildAdopted => event.type === 'BuildSucceeded' || event.type === 'BuildAdopted',
  );
  if (last === undefined) return undefined;
  const attempt = last.type === 'BuildSucceeded' ? last.attempt : 0;
  const before = events.flatMap((event): readonly BuiltBinary[] =>
    event.type === 'BinariesBuilt' && event.attempt === attempt ? event.binaries : [],
  );
  const { records, log, times } = last;
  return { binaries: [...before, ...last.binaries], records, log, times };
};

/** What a build was asked for and gave, unless it gave nothing; of any build there ever was. */
export const builtBefore = (log: Pick<EventLog, 'readStream'>) => async (build: BuildId) => {
  const events = await eventsOf(log, `build-${build}` as StreamName);
  const requested = events.find((event): event is BuildRequested => event.type === 'BuildRequested');
  const built = builtBy(events);
  return requested === undefined || built === undefined ? undefined : { requested, built: { from: build, ...built } };
};

/** A package that a build made, by the name of its file. */
export const builtFile =
  (log: Pick<EventLog, 'readStream'>) =>
  async (build: BuildId, name: string): Promise<StoredFile | undefined> =>
    (await builtBefore(log)(build))?.built.binaries.find(({ file }) => file.name === name)?.file;
