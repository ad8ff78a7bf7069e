#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { acceptLoss } from '../adapters/embedded-log/accept-loss.ts';
import { openEmbeddedLog, openEmbeddedLogReadOnly } from '../adapters/embedded-log/embedded-log.ts';
import { readHostArchive } from '../adapters/host/host-archive.ts';
import { pinoJournal } from '../adapters/journal/pino-journal.ts';
import { openMemoryLog } from '../adapters/memory-log/memory-log.ts';
import { openpgpKeyring } from '../adapters/openpgp/openpgp-keyring.ts';
import { sqlitePeople } from '../adapters/people/sqlite-people.ts';
import { serviceManager } from '../adapters/systemd/service-manager.ts';
import { believeHost } from '../adapters/tls/host-authorities.ts';
import { readConfiguration } from '../app/configuration/read-configuration.ts';
import { firstSteps, instanceIdFor, setUp } from '../app/setup.ts';
import { teller } from '../app/tell.ts';
import type { Password } from '../domain/account/person.ts';
import { decodeOrThrow } from '../domain/codec.ts';
import { configure } from '../domain/configuration/configuration.ts';
import { InstanceId } from '../domain/configuration/events.ts';
import { reasonOf } from '../domain/reason.ts';
import { serve } from '../main.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { People } from '../ports/people.ts';
import { serveNode } from '../serve-node.ts';
import { serveReplica } from '../serve-replica.ts';
import { ownUrl, peopleFile, type Settings, settingsFrom } from '../settings.ts';
import { checkDaemon } from './check-daemon.ts';
import { faultInWords } from './fault-in-words.ts';
import { holdingArchive } from './holding-archive.ts';
import { addUserOnHost, passwordFrom, renewPasswordOnHost } from './host-accounts.ts';
import { backUpOnHost, refuseHalfRestored, restoreOnHost } from './host-backup.ts';
import {
  applyOnHost,
  documentFrom,
  exportOnHost,
  firstStepsInWords,
  presetsOnHost,
  refuseOtherIdentity,
} from './host-configuration.ts';
import { importOnHost } from './host-import.ts';
import { copyLogOnHost } from './host-log-copy.ts';
import { type HostVerbs, hostProgram, type PasswordOptions, type SetupOptions } from './host-program.ts';
import { refuseHalfImported, whyHalfImported } from './import-journal.ts';
import { exportLog, showLog } from './print-log.ts';
import { verifyLog } from './verify-log.ts';

const verbs: HostVerbs = {
  serve: async ({ role }) => {
    if (role !== undefined) process.env.MINI_BUILDD_ROLES = role;
    await withLog(runDaemon);
  },
  setup: (given) => withLog((settings, log) => setUpInstance(settings, log, given), given),
  apply: async (file, { dryRun, force }) => {
    const document = await documentFrom(file);
    await withLogAndPeople(
      (log, people) => applyOnHost(document, { isDryRun: dryRun, force }, log, people),
      { dryRun },
      '\nBeside a running daemon: mini-buildd-tool USER@HOST apply @FILE',
    );
  },
  export: () =>
    withLogAndPeople(exportOnHost, { dryRun: false }, '\nBeside a running daemon: mini-buildd-tool USER@HOST export'),
  copyLog: async (from, to, given) => {
    process.stdout.write(await copyLogOnHost([from, to], given, settled()));
  },
  verifyLog: async (given) => {
    try {
      process.exitCode = await verifyLog(settled(), given, (text) => process.stdout.write(text));
    } catch (error) {
      process.stderr.write(`mini-buildd: it could not be verified: ${reasonOf(error)}\n`);
      process.exitCode = 2;
    }
  },
  backUp: async (where, given) => {
    const { says, isWhole } = await backUpOnHost(settled(), where, given);
    (where === '-' ? process.stderr : process.stdout).write(says);
    if (!isWhole) process.exitCode = 1;
  },
  restore: async (from, given) => {
    const { says, isWhole } = await restoreOnHost(settingsFrom(process.env), from, given);
    process.stdout.write(says);
    if (!isWhole) process.exitCode = 1;
  },
  import: async (from, given) => {
    const settings = settingsFrom(process.env);
    refuseHalfRestored(settings.home);
    const log = await openLog(settings, given);
    const importing = (ours: EventLog) => importOnHost(settings.home, from, given, ours);
    const { says, isDone } = await (given.dryRun ? importing(log) : holdingArchive(settings, log, importing)).finally(
      log.close,
    );
    process.stdout.write(says);
    if (!isDone) process.exitCode = 1;
  },
  check: async ({ url, waiting, timeout }) => {
    const where = () => url ?? ownUrl(settingsFrom(process.env));
    const options = { url: where, waitingHours: waiting, timeoutSeconds: timeout };
    process.exitCode = await checkDaemon(options, (text) => process.stdout.write(text));
  },
  exportLog: (file) => exportLog(settled(), file),
  showLog: (given) => showLog(settled(), given),
  acceptLoss: ({ dryRun }) => {
    process.stdout.write(`${acceptLoss(join(settled().home, 'log'), dryRun)}\n`);
  },
  addUser: (login, given) =>
    withPassword(given, login, async (password, people) => {
      let said = '';
      await withLog(
        async (_, log) => {
          said = await addUserOnHost({ login, ...given }, password, log, people, given.dryRun).finally(log.close);
        },
        given,
        `\nBeside a running daemon: mini-buildd-tool USER@HOST user add ${login}`,
      );
      return said;
    }),
  renewPassword: (login, given) =>
    withPassword(given, login, (password, people) => renewPasswordOnHost(login, password, people, given.dryRun)),
};

/** Of a home that is neither half restored nor half imported into. */
const settled = (): Settings => {
  const settings = settingsFrom(process.env);
  refuseHalfRestored(settings.home);
  refuseHalfImported(settings.home);
  return settings;
};

type Doing = { readonly dryRun: boolean };

/** Prints the password that was made up; of a dry run, what `act` says. */
const withPassword = async (
  { passwordStdin, dryRun }: PasswordOptions,
  login: string,
  act: (password: Password, people: People) => Promise<string>,
): Promise<void> => {
  const password = await passwordFrom(passwordStdin ? process.stdin : undefined);
  const people = sqlitePeople(peopleFile(settled()), Date.now);
  try {
    const said = await act(password, people);
    if (dryRun) process.stdout.write(said);
  } finally {
    people.close();
  }
  if (!passwordStdin && !dryRun) process.stdout.write(`${login} has the password ${password}\n`);
};

/** Prints what `act` says. */
const withLogAndPeople = async (
  act: (log: EventLog, people: People) => Promise<string>,
  doing: Doing,
  otherwise: string,
): Promise<void> => {
  const people = sqlitePeople(peopleFile(settled()), Date.now);
  try {
    await withLog(
      async (_, log) => {
        process.stdout.write(await act(log, people).finally(log.close));
      },
      doing,
      otherwise,
    );
  } finally {
    people.close();
  }
};

/** `otherwise` is what to do when the log cannot be opened. */
const withLog = async (
  act: (settings: Settings, log: EventLog) => Promise<void>,
  doing: Doing = { dryRun: false },
  otherwise = '',
): Promise<void> => {
  const settings = settled();
  const log = await openLog(settings, doing).catch((error: unknown) => {
    throw new Error(`${reasonOf(error)}${otherwise}`, { cause: error });
  });
  await act(settings, log);
};

/** A dry run reads what there is, and makes nothing where there is nothing. */
const openLog = async ({ log, logLogin, home }: Settings, { dryRun }: Doing): Promise<EventLog> => {
  const folder = join(home, 'log');
  if (log === 'embedded:' && dryRun) return existsSync(folder) ? openEmbeddedLogReadOnly(folder) : openMemoryLog();
  if (log === 'embedded:') return openEmbeddedLog(folder);
  const { openEventStoreLog } = await import('../adapters/eventstore-log/open-eventstore-log.ts');
  return openEventStoreLog(log, { loginFile: logLogin });
};

/** The embedded log is its own index; of an event store a daemon keeps one, for others it would take longer to make than to do without. */
const withIndex = async ({ log: where, home }: Settings, log: EventLog): Promise<EventLog> => {
  if (where === 'embedded:') return log;
  const { indexedLog } = await import('../adapters/history-index/indexed-log.ts');
  return indexedLog(log, join(home, 'cache', 'history'));
};

const setUpInstance = async (
  settings: Settings,
  log: EventLog,
  { id, bare, ...presets }: SetupOptions,
): Promise<void> => {
  const { hostname, url, ftp, home } = settings;
  const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now });
  const instance = {
    instance: id === undefined ? instanceIdFor(hostname) : decodeOrThrow(InstanceId, id, '--id'),
    hostname,
    url,
    ftpPort: ftp.port,
  };
  const host = bare ? undefined : readHostArchive;
  const steps = await firstSteps({ log, host, instance });
  const before = await readConfiguration(log);
  if (steps === undefined && id !== undefined) refuseOtherIdentity(before, id, home);
  if (presets.dryRun) process.stdout.write(firstStepsInWords(before, steps));
  else await setUp({ log, tell: teller(log, async () => undefined), keyring, host, instance });
  if (presets.vendors !== '') {
    const present = (steps?.configuration ?? []).reduce(configure, before);
    process.stdout.write(await presetsOnHost(presets, await readHostArchive(), present, log));
  }
  await log.close();
};

/** The archive is served by one daemon; without it, one builds or shows. */
const servedBy = ({ roles }: Settings) => {
  if (roles.has('archive')) return serve;
  return roles.has('builder') ? serveNode : serveReplica;
};

const runDaemon = async (settings: Settings, log: EventLog): Promise<void> => {
  believeHost();
  const journal = pinoJournal(process.env.MINI_BUILDD_LOG_LEVEL ?? 'info');
  const indexed = await withIndex(settings, log);
  const manager = serviceManager(process.env, (error) => journal.logger.warn({ err: error }, 'systemd was not told'));
  // A standby waits for as long as the archive lives: that is no start that takes too long.
  const mayWait = settings.log !== 'embedded:';
  if (mayWait) await manager.ready();
  const waits = (reason: string): void => void manager.tell(`waiting: ${reason}`);
  const starts = (how: string): void => void manager.tell(`starting: ${how}`);
  // An import may have been broken off since this daemon began to wait, where both see one folder.
  const hindrance = () => whyHalfImported(settings.home);
  const daemon = await servedBy(settings)(settings, indexed, { ...journal, waits, hindrance, starts });
  const end = (signal: string): void => {
    journal.logger.info({ signal }, 'ending');
    void manager.stopping();
    daemon.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        journal.logger.error({ err: error }, 'did not end cleanly; the next start repairs what is left');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  if (!mayWait) await manager.ready();
  await manager.tell('serving');
};

try {
  await hostProgram(verbs).parseAsync();
} catch (error) {
  process.stderr.write(`mini-buildd: ${faultInWords(error)}\n`);
  process.exit(1);
}
