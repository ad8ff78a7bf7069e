import { join } from 'node:path';
import { filter, map, merge, mergeMap } from 'rxjs';
import { readerFiles } from './adapters/archive-link/reader-files.ts';
import { secretFrom } from './adapters/archive-link/secret-file.ts';
import { systemClock } from './adapters/clock/system-clock.ts';
import { exchangeStore } from './adapters/file-store/exchange-store.ts';
import { expandedLogs } from './adapters/http/logs/expanded-logs.ts';
import { replicaServer } from './adapters/http/replica-server.ts';
import { boundedShelves } from './adapters/shelf/bounded-shelf.ts';
import { certificateFiles } from './adapters/tls/certificate-files.ts';
import { archiveNow } from './app/lease/archive-of.ts';
import { readLease } from './app/lease/hold-lease.ts';
import { sealLevels } from './app/pages/sealing.ts';
import { removeWithdrawn, withoutWithdrawn } from './app/retention/without-withdrawn.ts';
import type { EngineParts } from './engine-parts.ts';
import { watchLog } from './log-watch.ts';
import type { Daemon, Heard } from './main.ts';
import type { Clock } from './ports/clock.ts';
import type { EventLog, LogState } from './ports/event-log.ts';
import { queueLengths } from './projections/queue-lengths.ts';
import { stageDuration } from './projections/stage-duration.ts';
import { isAnsweredByReplica, nothingToConfine, type ReplicaEngine, replicaEngine } from './replica-engine.ts';
import { readersPages } from './served-pages.ts';
import type { Settings } from './settings.ts';
import { untilReadable } from './until-readable.ts';
import { version } from './version.ts';
import { whileRead } from './while-read.ts';

/** So long a replica may be without the log, or behind it, and is called ready all the same. Milliseconds. */
const graceMs = 10_000;
/** A reader is told after so many milliseconds that a file does not come. */
const patienceMs = 15_000;

/** Serves readers of an instance whose archive is elsewhere. Rejects when it cannot work as a replica. */
export const serveReplica = async (
  settings: Settings,
  opened: EventLog,
  { logger: journal, waits, starts }: Pick<Heard, 'logger' | 'waits' | 'starts'>,
  clock: Clock = systemClock,
): Promise<Daemon> => {
  const { node, secret } = secretFrom(settings.nodeLogin);
  if (settings.log === 'embedded:')
    throw new Error('a web replica needs the log of its instance: set MINI_BUILDD_LOG to esdb://…');
  const log = mute(opened);
  const certificate =
    settings.certificate && certificateFiles(settings.certificate, { interval: 30_000, log: journal });
  const shelves = boundedShelves(clock.awake);
  const fromLog = archiveNow(log, clock);
  const where = async (): Promise<string> => settings.archive ?? fromLog();
  const {
    files: brought,
    bearings,
    close,
  } = readerFiles(
    exchangeStore(join(settings.home, 'cache', 'files')),
    join(settings.home, 'cache', 'fetching'),
    { node, secret, where, patienceMs },
    settings.cacheGiB * 2 ** 30,
    shelves,
  );
  const { open: expanded, files: fetched } = expandedLogs(join(settings.home, 'cache', 'logs'), brought, shelves);
  const replay = async (progress: EngineParts['progress']): Promise<ReplicaEngine> => {
    const named = (await readLease(log)).holder?.builder ?? 'the archive';
    return replicaEngine({ log, clock, version, progress, ask: bearings, named });
  };
  await untilReadable(settings, log, certificate, { journal, waits });
  const tied = await whileRead(log, settings, certificate, { journal, starts }, replay);
  const { world, archive } = tied;
  await archive.look();
  await removeWithdrawn(fetched, world);
  const files = withoutWithdrawn(fetched, world);
  let awaySince: number | undefined;
  const stopWatching = watchLog(log, (state) => {
    journal.info({ status: state.status }, 'the log');
    awaySince = state.status === 'unreachable' ? clock.now() : undefined;
  });
  const withdrawals$ = tied.recorded$.pipe(
    map(({ event }) => event),
    filter((event) => event.type === 'FileWithdrawn'),
    mergeMap(({ sha256 }) =>
      fetched
        .remove(sha256)
        .catch((error: unknown) => journal.warn({ err: error }, 'a withdrawn file stays, and is not shown')),
    ),
  );
  const following = merge(tied.world$, withdrawals$, archive.watch$).subscribe({
    // What the log says cannot be understood: going on would be guessing. The next start replays and says it again.
    error: (error: unknown) => {
      journal.fatal({ err: error }, 'the log cannot be read');
      process.exit(1);
    },
  });
  const http = await replicaServer({
    endpoints: settings.http,
    certificate,
    proxies: settings.proxies,
    ...readersPages(tied, log, { confinement: nothingToConfine, place: archive.place, clock }),
    version,
    log,
    files,
    expanded,
    api: tied.api,
    pace: tied.pace,
    answers: isAnsweredByReplica,
    isUnderWay: tied.isUnderWay,
    archive: { where, isReached: archive.isReached },
    ready: () => readiness(log.state(), awaySince === undefined ? 0 : clock.now() - awaySince, archive),
    metrics: {
      levels: () => ({
        events: world.events,
        eventsBehind: archive.isReached() ? archive.behind() : undefined,
        isLogWritable: false,
        concerns: { critical: 0, warning: 0 },
        ...sealLevels(tied.sealing(), clock.now()),
        certificate: certificate?.state(),
        queues: queueLengths(world),
      }),
      durations$: tied.recorded$.pipe(
        map((recorded) => stageDuration(world, recorded)),
        filter((duration) => duration !== undefined),
      ),
    },
    journal,
  });
  journal.info({ http: http.ports }, 'ready');
  return {
    httpPorts: http.ports,
    ftpPort: undefined,
    stop: async () => {
      await http.close();
      following.unsubscribe();
      certificate?.close();
      close();
      stopWatching();
      await log.close();
    },
  };
};

/** Nothing that a replica does is an event: whatever went wrong, nothing of it comes into the log. */
const mute = (log: EventLog): EventLog => ({
  ...log,
  append: () => Promise.reject(new Error('a web replica writes nothing into the log')),
});

const readiness = (state: LogState, awayFor: number, archive: ReplicaEngine['archive']): true | string => {
  if (state.status !== 'writable' && awayFor > graceMs) return `the log is ${state.status}: ${state.reason}`;
  return archive.behindFor() > graceMs ? `the archive is ${archive.behind()} events ahead` : true;
};
