import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { archiveClient } from './adapters/archive-link/archive-client.ts';
import { nodeFiles } from './adapters/archive-link/node-files.ts';
import { secretFrom } from './adapters/archive-link/secret-file.ts';
import { sessionChecker } from './adapters/checks/session-checker.ts';
import { systemClock } from './adapters/clock/system-clock.ts';
import { exchangeStore } from './adapters/file-store/exchange-store.ts';
import { seenDisk } from './adapters/host/seen-disk.ts';
import { nodeDoor } from './adapters/http/node-door.ts';
import { chroots } from './adapters/sbuild/chroots.ts';
import { helperSessions } from './adapters/sbuild/helper-sessions.ts';
import { rootHelper } from './adapters/sbuild/root-helper.ts';
import { sbuildBuilder } from './adapters/sbuild/sbuild-builder.ts';
import { anchors } from './adapters/tls/anchors.ts';
import { certificateFiles } from './adapters/tls/certificate-files.ts';
import { archiveOf } from './app/lease/archive-of.ts';
import { decodeOrThrow } from './domain/codec.ts';
import { Architecture } from './domain/debian/names.ts';
import { watchLog } from './log-watch.ts';
import type { Daemon, Heard } from './main.ts';
import { type NodeEngine, type NodeParts, nodeEngine } from './node-engine.ts';
import type { EventLog } from './ports/event-log.ts';
import type { FileStore } from './ports/file-store.ts';
import type { Settings } from './settings.ts';
import { untilReadable } from './until-readable.ts';
import { whileRead } from './while-read.ts';

type Parts = Pick<NodeParts, 'builder' | 'chroots' | 'checker' | 'checkChroots'>;

/** A builder on the log of an instance whose archive is elsewhere, on real parts. Rejects when it cannot work as one. */
export const serveNode = async (
  settings: Settings,
  log: EventLog,
  { logger: journal, waits, starts }: Heard,
  partsOf: typeof nodeParts = nodeParts,
): Promise<Daemon> => {
  const { node, secret } = secretFrom(settings.nodeLogin);
  if (settings.log === 'embedded:')
    throw new Error('a node needs the log of its instance: set MINI_BUILDD_LOG to esdb://…');
  const certificate =
    settings.certificate && certificateFiles(settings.certificate, { interval: 30_000, log: journal });
  await untilReadable(settings, log, certificate, { journal, waits });
  const { files, link } = nodeFiles(
    exchangeStore(join(settings.home, 'cache', 'files')),
    join(settings.home, 'cache', 'fetching'),
    (closing) => archiveClient({ node, secret, where: async () => settings.archive ?? archiveOf(log) }, closing),
  );
  const parts = partsOf(settings, files);
  for (const leftover of await parts.chroots.sweep())
    journal.info({ leftover }, 'an earlier life left something behind');
  const architectures = settings.architectures ?? [await ownArchitecture()];
  const disk = await seenDisk(settings.home, { interval: 5000 });
  const tied = await whileRead(log, settings, certificate, { journal, starts }, (progress) =>
    nodeEngine({
      ...parts,
      log,
      node,
      address: settings.node,
      room: settings.builds,
      architectures,
      archive: link,
      homeRoom: disk.room,
      anchors: anchors(() => undefined),
      clock: systemClock,
      timeouts: { buildSeconds: 6 * 3600, silenceSeconds: 150 * 60, incomingMs: 3_600_000 },
      progress,
    }),
  );
  const stopWatching = watchLog(log, (state) =>
    state.status === 'writable'
      ? journal.info('the log takes events')
      : journal.error({ status: state.status, reason: state.reason }, 'the log takes no events: nothing is begun here'),
  );
  const door = await nodeDoor(
    settings.http,
    certificate,
    parts.builder.liveLog,
    () => readiness(log),
    () => ({ ...levelsOf(tied, log), homeRoom: disk.room() }),
  );
  const duties = tied.duties$.subscribe({
    next: ({ duty, item, error, againInMs }) =>
      journal.warn({ duty, item, err: error, againInMs }, 'tried again later'),
    error: (error: unknown) => {
      journal.fatal({ err: error }, 'the log cannot be read');
      process.exit(1);
    },
  });
  const end = (reason: string | undefined): void => {
    if (reason === undefined) return;
    // Whatever is under way here is given to others by now. The next life begins anew, if it may.
    journal.fatal({ reason }, 'this node ends');
    process.exit(1);
  };
  // A log that cannot be read ends the duties.
  tied.lost.then(end, () => undefined);
  await tied.recover();
  journal.info({ node, http: door.ports }, 'ready');
  return {
    httpPorts: door.ports,
    ftpPort: undefined,
    stop: async () => {
      await tied.stop();
      await door.close();
      certificate?.close();
      disk.close();
      duties.unsubscribe();
      stopWatching();
      await log.close();
    },
  };
};

/** What a node works with; `files` come from the archive, and go there. */
export const nodeParts = (settings: Settings, files: FileStore): Parts => {
  const helper = rootHelper(settings.helper);
  const workFolder = join(settings.home, 'cache', 'build-logs');
  return {
    builder: sbuildBuilder({ helper, files, workFolder }),
    chroots: chroots({ helper }),
    checker: sessionChecker(helperSessions({ helper, files, workFolder }), files),
    checkChroots: chroots({ helper, purpose: 'checks' }),
  };
};

const readiness = (log: EventLog): true | string => {
  const state = log.state();
  return state.status === 'writable' || `the log is ${state.status}: ${state.reason}`;
};

/** What the instance owes, its seals and its concerns are measured where the archive is. */
const levelsOf = ({ world }: NodeEngine, log: EventLog) => ({
  events: world.events,
  isLogWritable: log.state().status === 'writable',
  sealAge: undefined,
  isSealAmiss: false,
  concerns: { critical: 0, warning: 0 },
  queues: [],
});

const ownArchitecture = async (): Promise<Architecture> => {
  const { stdout } = await promisify(execFile)('dpkg', ['--print-architecture']);
  return decodeOrThrow(Architecture, stdout.trim(), 'dpkg --print-architecture');
};
