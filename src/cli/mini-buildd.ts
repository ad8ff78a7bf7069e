#!/usr/bin/env node
import { join } from 'node:path';
import { Command } from 'commander';
import pino from 'pino';
import { acceptLoss } from '../adapters/embedded-log/accept-loss.ts';
import { openEmbeddedLog } from '../adapters/embedded-log/embedded-log.ts';
import { readHostArchive } from '../adapters/host/host-archive.ts';
import { openpgpKeyring } from '../adapters/openpgp/openpgp-keyring.ts';
import { instanceIdFor, setUp } from '../app/setup.ts';
import { teller } from '../app/tell.ts';
import { decodeOrThrow } from '../domain/codec.ts';
import { InstanceId } from '../domain/configuration/events.ts';
import { serve } from '../main.ts';
import type { EventLog } from '../ports/event-log.ts';
import { type Settings, settingsFrom } from '../settings.ts';
import { version } from '../version.ts';

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
  .action(({ id }: { id?: string }) => withLog((settings, log) => setUpInstance(settings, log, id)));

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

const withLog = async (act: (settings: Settings, log: EventLog) => Promise<void>): Promise<void> => {
  const settings = settingsFrom(process.env);
  await act(settings, await openLog(settings));
};

const openLog = async ({ log, home }: Settings): Promise<EventLog> => {
  if (log === 'embedded:') return openEmbeddedLog(join(home, 'log'));
  const { openEventStoreLog } = await import('../adapters/eventstore-log/open-eventstore-log.ts');
  return openEventStoreLog(log);
};

const setUpInstance = async (settings: Settings, log: EventLog, id: string | undefined): Promise<void> => {
  const { hostname, http, ftp, home } = settings;
  const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now });
  const instance = id === undefined ? instanceIdFor(hostname) : decodeOrThrow(InstanceId, id, '--id');
  await setUp({
    log,
    tell: teller(log, async () => undefined),
    keyring,
    host: readHostArchive,
    instance: { instance, hostname, httpPort: http.port, ftpPort: ftp.port },
  });
  await log.close();
};

const runDaemon = async (settings: Settings, log: EventLog): Promise<void> => {
  const journal = pino({ level: process.env.MINI_BUILDD_LOG_LEVEL ?? 'info' });
  const daemon = await serve(settings, log, journal);
  const end = (signal: string): void => {
    journal.info({ signal }, 'ending');
    daemon.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        journal.error({ err: error }, 'did not end cleanly; the next start repairs what is left');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end).once('SIGINT', end);
};

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`mini-buildd: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
