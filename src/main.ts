import { join } from 'node:path';
import { left } from 'fp-ts/lib/Either.js';
import type { Logger } from 'pino';
import { filter, map, type Subscription } from 'rxjs';
import { systemClock } from './adapters/clock/system-clock.ts';
import { deliveries } from './adapters/file-store/deliveries.ts';
import { isLoopback } from './adapters/ftp/address.ts';
import { ftpIncoming } from './adapters/ftp/ftp-incoming.ts';
import { usualLimits } from './adapters/ftp/limits.ts';
import { seenDisk } from './adapters/host/seen-disk.ts';
import { wakeByProgram } from './adapters/host/wake-program.ts';
import { seenWorks } from './adapters/host-works/seen-works.ts';
import { httpServer } from './adapters/http/http-server.ts';
import { openLogs } from './adapters/http/logs/open-logs.ts';
import { readLogs } from './adapters/http/logs/read-log.ts';
import { sweepImport } from './adapters/import-source/leftovers.ts';
import { incomingDoor } from './adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from './adapters/incoming/limits.ts';
import { dropIncoming, listIncoming } from './adapters/incoming/received-files.ts';
import { openidSignOn } from './adapters/oidc/openid-sign-on.ts';
import { signOnSettings } from './adapters/oidc/sign-on-file.ts';
import { httpRemotes } from './adapters/remote/http-remotes.ts';
import { openBuildLog } from './adapters/sbuild/build-log.ts';
import { takeProducts } from './adapters/sbuild/products.ts';
import { tarStreamTars } from './adapters/tar/tar-stream-tars.ts';
import { anchors } from './adapters/tls/anchors.ts';
import { certificateFiles } from './adapters/tls/certificate-files.ts';
import { countConcerns } from './app/concerns.ts';
import { hostWorks } from './app/host-works.ts';
import { bearingsOf } from './app/nodes/bearings.ts';
import { sealLevels } from './app/pages/sealing.ts';
import { configureAddress } from './app/setup.ts';
import { requireKeys } from './app/standby/require-keys.ts';
import { archiveCopies } from './archive-copies.ts';
import { signersOf } from './domain/archive-key/archive-keys.ts';
import { firstEnds } from './domain/expiry/expiry.ts';
import { type Engine, engine } from './engine.ts';
import { enter } from './entrance.ts';
import { watchLog } from './log-watch.ts';
import type { EventLog } from './ports/event-log.ts';
import type { IncomingDoor, NotTaken } from './ports/incoming.ts';
import type { Journal } from './ports/journal.ts';
import { StandbyAway } from './ports/standby.ts';
import { queueLengths } from './projections/queue-lengths.ts';
import { stageDuration } from './projections/stage-duration.ts';
import type { World } from './projections/world.ts';
import { realParts } from './real-parts.ts';
import { publishedRoots, servedPages, shownWorks } from './served-pages.ts';
import { ownUrl, type Settings } from './settings.ts';
import { standbyCopy } from './standby-copy.ts';
import { version } from './version.ts';
import { whileRead } from './while-read.ts';

/** Of the log of a build elsewhere: the whole one comes with its result. */
const followedLogBytes = 16 * 2 ** 20;

export type Daemon = {
  /** In the order of the settings. */
  readonly httpPorts: readonly number[];
  readonly ftpPort: number | undefined;
  /** Closes the doors, gives back what builds, and lets go of the log. */
  readonly stop: () => Promise<void>;
};

/** Who hears of a daemon. `waits`: what it waits for before it can serve, each time that is something else. */
export type Heard = Journal & {
  readonly logger: Logger;
  readonly waits?: (reason: string) => void;
  /** What it may not begin before: asked before it takes the log over from others. */
  readonly hindrance?: () => string | undefined;
  /** How far its start is, on one line. */
  readonly starts?: (how: string) => void;
};

/**
 * The whole daemon on real parts. Rejects when the instance cannot be served at all; a log that refuses writing is served
 * to apt all the same, without doors and duties.
 */
export const serve = async (
  settings: Settings,
  opened: EventLog,
  { logger: journal, last, waits, hindrance, starts }: Heard,
  partsOf: typeof realParts = realParts,
): Promise<Daemon> => {
  const place = {
    builder: settings.hostname,
    room: settings.roles.has('builder') ? settings.builds : 0,
    tags: settings.tags,
    architectures: settings.architectures,
  };
  const stopWatching = watchLog(opened, (state) =>
    state.status === 'writable'
      ? journal.info('the log takes events again')
      : journal.error({ status: state.status, reason: state.reason }, 'the log takes no events'),
  );
  const certificate =
    settings.certificate && certificateFiles(settings.certificate, { interval: 30_000, log: journal });
  const { log, permit, leave } = await enter(opened, settings, certificate, {
    hindrance,
    begin: settings.standby && ((from) => standbyCopy(settings, from, journal)),
    waits: (reason) => {
      journal.info({ reason }, 'waiting for the archive');
      waits?.(reason);
    },
    // Whatever is under way here may not be written any more. The next life waits as a standby.
    lost: ({ message }) => {
      journal.fatal({ reason: message }, 'another node has taken over: this one ends');
      process.exit(1);
    },
  });
  const signOn =
    settings.signOn === undefined ? undefined : openidSignOn(signOnSettings(settings.signOn), settings.url);
  const copies = archiveCopies(settings);
  const parts = partsOf(settings, permit, copies);
  const {
    builder,
    chroots: templates,
    files,
    keyring,
    archive,
    installability,
    upstream,
    host,
    people,
    mailer,
  } = parts;
  const { packager, fetcher, webhooks, checker, checkChroots } = parts;
  const incomingFolder = join(settings.home, 'incoming');
  const drop = copies.dropping((file) => dropIncoming(incomingFolder, file));
  const swept = [...(await templates.sweep()), ...(await sweepImport(settings.home))];
  for (const leftover of swept) journal.info({ leftover }, 'an earlier life left something behind');
  const confinement = await templates.confinement();
  const disk = await seenDisk(settings.home, { interval: 5000 });
  const beside = await seenWorks(settings.home, { interval: 1000 });
  const tied = await whileRead(log, settings, certificate, { journal, starts }, (progress) =>
    engine({
      log,
      files,
      keyring: copies.keyring(keyring),
      people,
      mailer,
      webhooks,
      archive,
      upstream,
      host,
      remotes: httpRemotes(),
      exchange: parts.exchange,
      guests: parts.guests,
      guestChecker: parts.guestChecker,
      tars: tarStreamTars(),
      products: { take: (order, folder) => takeProducts(order, folder, files) },
      readLogs: (logs) => readLogs(openLogs(logs, files, parts.expanded)),
      openLog: (name) => openBuildLog(join(settings.home, 'cache', 'build-logs', `${name}.log`), followedLogBytes),
      scratch: join(settings.home, 'cache', 'results'),
      wake: settings.wake === undefined ? undefined : wakeByProgram(settings.wake),
      leaseMs: settings.leaseSeconds * 1000,
      nodeLeaseMs: settings.nodeLeaseSeconds * 1000,
      packager,
      fetcher,
      installability,
      builder,
      chroots: templates,
      checker,
      checkChroots,
      incoming: { list: () => listIncoming(incomingFolder), drop },
      standby: copies.standing,
      lastBackup: beside.lastBackup,
      homeRoom: disk.room,
      clock: systemClock,
      place,
      confinement,
      anchors: anchors(() => certificate?.present().cert),
      certificate: () => certificate?.state(),
      version,
      journal: { last },
      ownUrl: ownUrl(settings),
      timeouts: { buildSeconds: 6 * 3600, silenceSeconds: 150 * 60, incomingMs: 3_600_000 },
      progress,
    }),
  );
  beside.watch(hostWorks(tied.works, systemClock.now));
  // Before a standby hears anything: of a disk that is not the one it was it would copy that nothing is left.
  if (copies.standing !== undefined)
    await requireKeys(keyring, signersOf(tied.world.configuration)).catch(async (error: unknown) => {
      people.close();
      await leave().catch(() => undefined);
      throw error;
    });
  let incoming: IncomingDoor | undefined;
  const http = await httpServer({
    endpoints: settings.http,
    certificate,
    proxies: settings.proxies,
    uploaders: settings.uploaders,
    ...servedPages(tied, log, {
      confinement,
      place,
      clock: systemClock,
      certificate,
      standby: copies.standing,
      lastBackup: beside.lastBackup,
      homeRoom: disk.room,
    }),
    version,
    signOn: signOn && { ...signOn, enter: tied.enterSignedOn, paced: tied.signOnPace, ...tied.identities },
    log,
    repositories: publishedRoots(tied.world, log, archive),
    files,
    expanded: parts.expanded,
    nodes: {
      ...tied.nodes,
      bearings: bearingsOf({ ...tied, works: shownWorks(tied), place }),
      deliveries: deliveries(join(settings.home, 'cache', 'deliveries'), copies.delivered(files)),
      standby: copies.door(tied.nodes.isStandby, files),
      permit,
    },
    incoming: { open: async () => incoming?.open() ?? left(notOpenYet(log)) },
    liveLog: tied.liveLog,
    ready: () => readiness(log, incoming !== undefined),
    metrics: {
      levels: () => ({
        events: tied.world.events,
        isLogWritable: log.state().status === 'writable',
        concerns: countConcerns(tied.concerns()),
        ...sealLevels(tied.sealing(), systemClock.now()),
        certificate: certificate?.state(),
        homeRoom: disk.room(),
        ends: firstEnds(tied.expiries(), systemClock.now()),
        standby: copies.standing?.(),
        queues: queueLengths(tied.world),
      }),
      durations$: tied.recorded$.pipe(
        map((recorded) => stageDuration(tied.world, recorded)),
        filter((duration) => duration !== undefined),
      ),
    },
    journal,
  });
  const closeHttp = async (): Promise<void> => {
    beside.close();
    disk.close();
    await http.close();
    certificate?.close();
  };
  const state = log.state();
  if (state.status === 'fenced') {
    journal.error({ reason: state.reason }, 'the log refuses writing: only apt and readers are served');
    return {
      httpPorts: http.ports,
      ftpPort: undefined,
      stop: () => inOrder([closeHttp, stopWatching, people.close, leave, log.close]),
    };
  }
  const duties = work(tied, journal);
  await configureAddress(
    tied.world,
    { hostname: settings.hostname, url: settings.url, ftpPort: settings.ftp.port },
    tied.tell,
  );
  await tied.recover();
  await resumed(tied.reception, journal);
  const closed = (): string | undefined => closedDoor(tied.world) ?? copies.closed();
  const open = tied.arriving.watched(
    await incomingDoor({
      folder: incomingFolder,
      limits: usualIncomingLimits,
      receive: tied.arriving.heard(copies.received(tied.reception.receive)),
      closed,
      log: journal,
    }),
  );
  const ftp = await ftpIncoming({
    host: settings.ftp.host ?? '::',
    port: settings.ftp.port,
    passivePorts: settings.passivePorts,
    limits: usualLimits,
    incoming: open,
    closed,
    tls: certificate && {
      certificate,
      isRequiredOf: (address) => settings.isFtpTlsRequired && !isLoopback(address),
    },
    log: journal,
  });
  incoming = open;
  journal.info({ http: http.ports, ftp: ftp.port }, 'ready');
  const sealed = (): Promise<void> =>
    tied.seal().catch((error: unknown) => journal.warn({ err: error }, 'not sealed; the next start does it'));
  return {
    httpPorts: http.ports,
    ftpPort: ftp.port,
    stop: () =>
      inOrder([
        ftp.close,
        tied.stop,
        closeHttp,
        sealed,
        async () => duties.unsubscribe(),
        stopWatching,
        people.close,
        leave,
        log.close,
      ]),
  };
};

/** The program's only subscription: everything that happens by itself happens below it. */
const work = ({ duties$ }: Engine, journal: Logger): Subscription =>
  duties$.subscribe({
    next: ({ duty, item, error, againInMs }) =>
      journal.warn({ duty, item, err: error, againInMs }, 'tried again later'),
    // What the log says cannot be understood: going on would be guessing. The next start replays and says it again.
    error: (error: unknown) => {
      journal.fatal({ err: error }, 'the log cannot be read');
      process.exit(1);
    },
  });

/** What lies in incoming is looked at again from time to time: a standby that is not there yet keeps nobody from starting. */
const resumed = ({ resume }: Engine['reception'], journal: Logger): Promise<void> =>
  resume().catch((error: unknown) => {
    if (!(error instanceof StandbyAway)) throw error;
    journal.warn({ reason: error.message }, 'what lies in incoming waits');
  });

/** The engine was stopped: uploads are not lost, they do not begin. */
const closedDoor = ({ engine: state, stoppedBecause }: World): string | undefined =>
  state === 'started'
    ? undefined
    : `the engine is stopped${stoppedBecause === '' ? '' : ` (${stoppedBecause})`}: upload again when it is started`;

const readiness = (log: EventLog, doorIsOpen: boolean): true | string => {
  const state = log.state();
  if (state.status !== 'writable') return `the log is ${state.status}: ${state.reason}`;
  return doorIsOpen || 'starting';
};

const notOpenYet = (log: EventLog): NotTaken => {
  const state = log.state();
  return {
    why: 'closed',
    fact: state.status === 'fenced' ? 'the log refuses writing: nothing is taken' : 'the daemon is starting: try again',
  };
};

const inOrder = async (steps: readonly (() => Promise<void> | void)[]): Promise<void> => {
  for (const step of steps) await step();
};
