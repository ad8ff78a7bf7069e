#!/usr/bin/env node
import { join } from 'node:path';
import { acceptLoss } from '../adapters/embedded-log/accept-loss.ts';
import { openEmbeddedLog } from '../adapters/embedded-log/embedded-log.ts';
import { readHostArchive } from '../adapters/host/host-archive.ts';
import { pinoJournal } from '../adapters/journal/pino-journal.ts';
import { openpgpKeyring } from '../adapters/openpgp/openpgp-keyring.ts';
import { sqlitePeople } from '../adapters/people/sqlite-people.ts';
import { instanceIdFor, setUp } from '../app/setup.ts';
import { teller } from '../app/tell.ts';
import type { Password } from '../domain/account/person.ts';
import { decodeOrThrow } from '../domain/codec.ts';
import { InstanceId } from '../domain/configuration/events.ts';
import { reasonOf } from '../domain/reason.ts';
import { serve } from '../main.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { People } from '../ports/people.ts';
import { peopleFile, type Settings, settingsFrom } from '../settings.ts';
import { addUserOnHost, passwordFrom, renewPasswordOnHost } from './host-accounts.ts';
import { applyOnHost, documentFrom, exportOnHost, presetsOnHost } from './host-configuration.ts';
import { type HostVerbs, hostProgram, type PasswordOptions, type SetupOptions } from './host-program.ts';

const verbs: HostVerbs = {
  serve: () => withLog(runDaemon),
  setup: (given) => withLog((settings, log) => setUpInstance(settings, log, given)),
  apply: async (file, { dryRun, force }) => {
    const document = await documentFrom(file);
    await withLogAndPeople(
      (log, people) => applyOnHost(document, { isDryRun: dryRun, force }, log, people),
      '\nBeside a running daemon: mini-buildd-tool USER@HOST apply @FILE',
    );
  },
  export: () => withLogAndPeople(exportOnHost, '\nBeside a running daemon: mini-buildd-tool USER@HOST export'),
  acceptLoss: () => {
    process.stdout.write(`${acceptLoss(join(settingsFrom(process.env).home, 'log'))}\n`);
  },
  addUser: (login, given) =>
    withPassword(given, login, (password, people) =>
      withLog(
        (_, log) => addUserOnHost({ login, ...given }, password, log, people).finally(log.close),
        `\nBeside a running daemon: mini-buildd-tool USER@HOST user add ${login}`,
      ),
    ),
  renewPassword: (login, given) =>
    withPassword(given, login, (password, people) => renewPasswordOnHost(login, password, people)),
};

const withPassword = async (
  { passwordStdin }: PasswordOptions,
  login: string,
  act: (password: Password, people: People) => Promise<void>,
): Promise<void> => {
  const password = await passwordFrom(passwordStdin ? process.stdin : undefined);
  const people = sqlitePeople(peopleFile(settingsFrom(process.env)), Date.now);
  try {
    await act(password, people);
  } finally {
    people.close();
  }
  if (!passwordStdin) process.stdout.write(`${login} has the password ${password}\n`);
};

/** Prints what `act` says. */
const withLogAndPeople = async (
  act: (log: EventLog, people: People) => Promise<string>,
  otherwise: string,
): Promise<void> => {
  const people = sqlitePeople(peopleFile(settingsFrom(process.env)), Date.now);
  try {
    await withLog(async (_, log) => {
      process.stdout.write(await act(log, people).finally(log.close));
    }, otherwise);
  } finally {
    people.close();
  }
};

/** `otherwise` is what to do when the log cannot be opened. */
const withLog = async (act: (settings: Settings, log: EventLog) => Promise<void>, otherwise = ''): Promise<void> => {
  const settings = settingsFrom(process.env);
  const log = await openLog(settings).catch((error: unknown) => {
    throw new Error(`${reasonOf(error)}${otherwise}`, { cause: error });
  });
  await act(settings, log);
};

const openLog = async ({ log, home }: Settings): Promise<EventLog> => {
  if (log === 'embedded:') return openEmbeddedLog(join(home, 'log'));
  const { openEventStoreLog } = await import('../adapters/eventstore-log/open-eventstore-log.ts');
  return openEventStoreLog(log);
};

const setUpInstance = async (settings: Settings, log: EventLog, { id, ...presets }: SetupOptions): Promise<void> => {
  const { hostname, http, ftp, home } = settings;
  const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now });
  const instance = id === undefined ? instanceIdFor(hostname) : decodeOrThrow(InstanceId, id, '--id');
  if (!presets.dryRun) {
    await setUp({
      log,
      tell: teller(log, async () => undefined),
      keyring,
      host: readHostArchive,
      instance: { instance, hostname, httpPort: http.port, ftpPort: ftp.port },
    });
  }
  if (presets.vendors !== '') process.stdout.write(await presetsOnHost(presets, await readHostArchive(), log));
  await log.close();
};

const runDaemon = async (settings: Settings, log: EventLog): Promise<void> => {
  const journal = pinoJournal(process.env.MINI_BUILDD_LOG_LEVEL ?? 'info');
  const daemon = await serve(settings, log, journal);
  const end = (signal: string): void => {
    journal.logger.info({ signal }, 'ending');
    daemon.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        journal.logger.error({ err: error }, 'did not end cleanly; the next start repairs what is left');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end).once('SIGINT', end);
};

try {
  await hostProgram(verbs).parseAsync();
} catch (error) {
  process.stderr.write(`mini-buildd: ${reasonOf(error)}\n`);
  process.exit(1);
}
