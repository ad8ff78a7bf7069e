#!/usr/bin/env node
import { join } from 'node:path';
import { Command } from 'commander';
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
import { version } from '../version.ts';
import { addUserOnHost, passwordFrom, renewPasswordOnHost } from './host-accounts.ts';
import { applyOnHost, documentFrom, exportOnHost, presetsOnHost } from './host-configuration.ts';

/** Exit codes: 0 done, 1 refused or failed, 2 wrongly asked. */
const program = new Command('mini-buildd')
  .description(
    'The build daemon, and what its administrator does on the host. Settings come from the environment (MINI_BUILDD_…).',
  )
  .version(version)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

program
  .command('serve')
  .description('Runs the daemon until it is told to end (SIGTERM, SIGINT)')
  .action(() => withLog(runDaemon));

program
  .command('setup')
  .description('Gives a new instance its key, layouts, sources, a sandbox repository and a chroot to prepare')
  .option('--id <identity>', 'identity of the instance (lower case letters, digits, -)')
  .option('--vendors <list>', 'also add current releases of: debian, ubuntu', '')
  .option('--codenames <list>', 'only these of them, such as trixie,sid', '')
  .option('--repositories <list>', 'repositories for them: test, debdev', 'test')
  .option('--chroots <kind>', 'chroots for them: directory, file, btrfs-snapshot, unshare, none', 'directory')
  .option('--mirror <list>', 'mirrors besides those of the host, such as ubuntu=http://HOST/ubuntu/', '')
  .option('--keyring <list>', 'keyring files besides those of the host, such as ubuntu=/usr/share/keyrings/FILE', '')
  .option('--update', 'also make what is there already as the presets have it', false)
  .option('-n, --dry-run', 'only show what would be added for --vendors', false)
  .addHelpText('after', '\nWhat is there is left as it is, and shown where it differs from the presets.')
  .action((given: SetupOptions) => withLog((settings, log) => setUpInstance(settings, log, given)));

program
  .command('apply')
  .description('Makes the configuration what a YAML file declares, and says what changes. The daemon must not run')
  .argument('<file>', 'the file, as export writes it; - for standard input')
  .option('-n, --dry-run', 'only show what would change', false)
  .action(async (file: string, { dryRun }: { dryRun: boolean }) => {
    const document = await documentFrom(file);
    await withLogAndPeople(
      (log, people) => applyOnHost(document, dryRun, log, people),
      '\nBeside a running daemon: mini-buildd-tool USER@HOST apply @FILE',
    );
  });

program
  .command('export')
  .description('Writes the configuration as YAML that applies to nothing. The daemon must not run')
  .action(() => withLogAndPeople(exportOnHost, '\nBeside a running daemon: mini-buildd-tool USER@HOST export'));

program
  .command('log')
  .description('Looks after the event log')
  .command('accept-loss')
  .description(
    'Gives up acknowledged events that are lost, so that a log that ends before its head can be written again',
  )
  .action(() => {
    process.stdout.write(`${acceptLoss(join(settingsFrom(process.env).home, 'log'))}\n`);
  });

const user = program
  .command('user')
  .description('The first administrator, and passwords that were lost; all else: mini-buildd-tool USER@HOST user …');

user
  .command('add')
  .description('Adds an account that may be used at once, and prints the password it made up. The daemon must not run')
  .argument('<login>', 'what to log in with')
  .option('--role <role>', 'user, staff or admin', 'user')
  .option('--email <address>', 'address for mail', '')
  .option('--name <name>', 'full name', '')
  .option('--password-stdin', 'take the password from standard input')
  .action((login: string, options: { role: string; email: string; name: string; passwordStdin?: true }) =>
    withPassword(options, login, (password, people) =>
      withLog(
        (_, log) => addUserOnHost({ login, ...options }, password, log, people).finally(log.close),
        `\nBeside a running daemon: mini-buildd-tool USER@HOST user add ${login}`,
      ),
    ),
  );

user
  .command('password')
  .description('Gives an account another password, and prints it')
  .argument('<login>', 'whom it is about')
  .option('--password-stdin', 'take the password from standard input')
  .action((login: string, options: { passwordStdin?: true }) =>
    withPassword(options, login, (password, people) => renewPasswordOnHost(login, password, people)),
  );

const withPassword = async (
  { passwordStdin }: { readonly passwordStdin?: true },
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

type SetupOptions = Parameters<typeof presetsOnHost>[0] & { readonly id?: string };

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
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`mini-buildd: ${reasonOf(error)}\n`);
  process.exit(1);
}
