import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../version.ts';
import { wronglyAsked } from './check-daemon.ts';
import type { BackupOptions, RestoreOptions } from './host-backup.ts';
import type { presetsOnHost } from './host-configuration.ts';
import type { ImportOptions } from './host-import.ts';
import type { ShowOptions } from './print-log.ts';
import type { VerifyOptions } from './verify-log.ts';

/** What the verbs of `mini-buildd` do. Each rejects with what it refused. */
export type HostVerbs = {
  readonly serve: (given: { readonly role?: string }) => Promise<void>;
  readonly setup: (given: SetupOptions) => Promise<void>;
  readonly apply: (file: string, given: { readonly dryRun: boolean; readonly force: boolean }) => Promise<void>;
  readonly export: () => Promise<void>;
  readonly copyLog: (from: string, to: string, given: { readonly dryRun: boolean }) => Promise<void>;
  readonly verifyLog: (given: VerifyOptions) => Promise<void>;
  readonly exportLog: (file: string | undefined) => Promise<void>;
  readonly showLog: (given: ShowOptions) => Promise<void>;
  readonly check: (given: CheckRequest) => Promise<void>;
  readonly backUp: (where: string, given: BackupOptions) => Promise<void>;
  readonly restore: (from: string, given: RestoreOptions) => Promise<void>;
  readonly import: (from: string | undefined, given: ImportOptions) => Promise<void>;
  readonly acceptLoss: (given: { readonly dryRun: boolean }) => void;
  readonly addUser: (login: string, given: NewUser) => Promise<void>;
  readonly renewPassword: (login: string, given: PasswordOptions) => Promise<void>;
};

export type CheckRequest = { readonly url?: string; readonly waiting: number; readonly timeout: number };
export type SetupOptions = Parameters<typeof presetsOnHost>[0] & { readonly id?: string; readonly bare: boolean };
export type PasswordOptions = { readonly passwordStdin?: true; readonly dryRun: boolean };
export type NewUser = PasswordOptions & { readonly role: string; readonly email: string; readonly name: string };

/** The program with its verbs, of which its manual page is made, too. Exit codes: 0 done, 1 refused or failed, 2 wrongly asked. */
export const hostProgram = (verbs: HostVerbs): Command => {
  const program = new Command('mini-buildd')
    .description(
      'The build daemon, and what its administrator does on the host. Settings come from the environment (MINI_BUILDD_…).',
    )
    .version(version)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

  program
    .command('serve')
    .description('Runs the daemon until it is told to end (SIGTERM, SIGINT)')
    .option(
      '--role <list>',
      'what it does for its instance: archive, builder, web; without archive it needs a log in an event store (MINI_BUILDD_ROLES)',
    )
    .action(verbs.serve);

  program
    .command('setup')
    .description('Gives a new instance its key, layouts, sources, a sandbox repository and a chroot to prepare')
    .option('--id <identity>', 'identity of the instance (lower case letters, digits, -)')
    .option('--bare', 'only the instance and its key: the rest is set up in a browser', false)
    .option('--vendors <list>', 'also add current releases of: debian, ubuntu', '')
    .option('--codenames <list>', 'only these of them, such as trixie,sid', '')
    .option('--repositories <list>', 'repositories for them: test, debdev', 'test')
    .option(
      '--chroots <kind>',
      'chroots for them: directory, file, btrfs-snapshot, lvm-snapshot, unshare, none',
      'directory',
    )
    .option('--volume-group <name>', 'where lvm-snapshot makes volumes for chroots: one of those that vgs shows', '')
    .option('--mirror <list>', 'mirrors besides those of the host, such as ubuntu=http://HOST/ubuntu/', '')
    .option('--keyring <list>', 'keyring files besides those of the host, such as ubuntu=/usr/share/keyrings/FILE', '')
    .option('--update', 'also make what is there already as the presets have it', false)
    .option('--force', 'also when apt might see packages no more that it sees now', false)
    .option('-n, --dry-run', 'only show what would be configured', false)
    .addHelpText('after', '\nWhat is there is left as it is, and shown where it differs from the presets.')
    .action(verbs.setup);

  program
    .command('apply')
    .description('Makes the configuration what a YAML file declares, and says what changes. The daemon must not run')
    .argument('<file>', 'the file, as export writes it; - for standard input')
    .option('--force', 'also when apt might see packages no more that it sees now', false)
    .option('-n, --dry-run', 'only show what would change', false)
    .action(verbs.apply);

  program
    .command('export')
    .description('Writes the configuration as YAML that applies to nothing. The daemon must not run')
    .action(verbs.export);

  program
    .command('backup')
    .description(
      'Backs up log, files, keys and people; what a folder holds of earlier backups is not written again. The daemon may run',
    )
    .argument('<where>', 'a folder for backups of this instance alone, or - for a tar on standard output')
    .option('--keep <number>', 'let older backups than so many go', backups)
    .addHelpText(
      'after',
      '\nExit codes: 0 all is backed up, 1 it is not, or files are damaged. A backup holds secret keys.',
    )
    .action(verbs.backUp);

  program
    .command('restore')
    .description('Puts a backup into a home without an instance, every byte verified. Broken off, it is run again')
    .argument('<from>', 'the folder, or - for a tar on standard input')
    .option('--at <time>', 'the last backup of that time or before, such as 2026-11-26T03:00:00.000Z')
    .option(
      '--seen <file...>',
      'InRelease files that machines have fetched: nothing is published with an earlier date',
      [],
    )
    .option('-n, --dry-run', 'only say what would be restored', false)
    .action(verbs.restore);

  program
    .command('import')
    .description(
      'Takes over a repository that reprepro, aptly or others made, with its rollbacks: every file verified, each package on record. The daemon must not run; broken off, it is run again',
    )
    .argument(
      '[from]',
      'the folder that holds dists/ and pool/, or its file:, http: or https: address; or the home of a mini-buildd 1.1 or 2',
    )
    .option('--repository <id>', 'the repository to import into; without it the one that names of suites say')
    .option('--suites <list>', 'only these suites; by http they have to be named', '')
    .option('--map <suite=distribution...>', 'what a suite becomes, such as stable=trixie-acme-stable', [])
    .option('--layout <name>', 'the layout of a repository that is not there yet; without it one that fits, or is made')
    .option('--keyring <file>', 'public keys that vouch for it, as gpg --export writes them')
    .option('--key <file>', 'its secret key, as gpg --armor --export-secret-keys writes it: signs here, too')
    .option('--unsigned', 'take what nobody vouches for', false)
    .option('--any-release', 'take a Release that has expired, or names itself after another suite', false)
    .addOption(
      new Option('--older <deed>', 'what becomes of lower versions where a suite holds several of a source')
        .choices(['refuse', 'rollbacks', 'leave-out'])
        .default('refuse'),
    )
    .option('--close-gaps', 'let versions move up where a rollback distribution before them holds none', false)
    .option('--abandon', 'give up an import that was broken off: what is on record of it is removed again', false)
    .option('--skip-refused', 'leave out what is refused, instead of importing nothing', false)
    .option('-n, --dry-run', 'read everything, and only say what would become of it', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 all is imported, 1 something is refused, and nothing was imported; or another import, which was broken off, was finished or given up first, and this one was not looked at: import again.',
    )
    .action(verbs.import);

  program
    .command('check')
    .description('Asks a running daemon how it is, for Nagios, Icinga and their like')
    .option('--url <address>', 'of another daemon, such as https://buildd.example.org; without it the one of this host')
    .option('--waiting <hours>', 'warn of builds that wait longer than this for a builder', hours, 6)
    .option('--timeout <seconds>', 'how long to wait for an answer', seconds, 10)
    .addHelpText('after', '\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.')
    .configureOutput({ outputError: (error) => void process.stdout.write(wronglyAsked(error)) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 3))
    .action(verbs.check);

  const log = program.command('log').description('Looks after the event log');

  log
    .command('copy')
    .description(
      'Copies the log to an empty one, with ids, order and times, and compares both; goes on with a copy that was broken off. No daemon may run on either',
    )
    .argument('<from>', 'embedded: (of this instance), embedded:FOLDER, or the address of an event store (esdb://…)')
    .argument('<to>', 'likewise')
    .option('-n, --dry-run', 'only say how much would be copied', false)
    .action(verbs.copyLog);

  log
    .command('verify')
    .description(
      'Holds log, seals, files and published trees against each other, and names everything that is wrong. Reads only; the daemon may run',
    )
    .option('--keyring <file>', 'public keys that vouch for seals and Release; without it those that the log names')
    .option('--from <file>', 'verify an exported log instead; - for standard input')
    .option('--json', 'print what was found as JSON', false)
    .addHelpText('after', '\nExit codes: 0 nothing is wrong, 1 something is, 2 it could not be verified.')
    .action(verbs.verifyLog);

  log
    .command('export')
    .description('Writes the whole log as a text, a line an event, with hash chain and seals. The daemon may run')
    .argument('[file]', 'a file that is not there yet; without it, or with -, standard output')
    .action(verbs.exportLog);

  log
    .command('show')
    .description('Prints events in the order of the log. The daemon may run')
    .option('--first <place>', 'from this one on, counted from 1')
    .option('--last <place>', 'up to this one')
    .option('--type <type>', 'only of this type, such as PackageInstalled')
    .option('--stream <stream>', 'only of this stream, such as upload-ID')
    .option('--json', 'as they are exported, without hashes', false)
    .action(verbs.showLog);

  log
    .command('accept-loss')
    .description(
      'Gives up acknowledged events that are lost, so that a log that ends before its head can be written again',
    )
    .option('-n, --dry-run', 'only show what would be given up', false)
    .action(verbs.acceptLoss);

  const user = program
    .command('user')
    .description('The first administrator, and passwords that were lost; all else: mini-buildd-tool USER@HOST user …');

  user
    .command('add')
    .description(
      'Adds an account that may be used at once, and prints the password it made up. The daemon must not run',
    )
    .argument('<login>', 'what to log in with')
    .option('--role <role>', 'user, staff or admin', 'user')
    .option('--email <address>', 'address for mail', '')
    .option('--name <name>', 'full name', '')
    .option('--password-stdin', 'take the password from standard input')
    .option('-n, --dry-run', 'only say what would be', false)
    .action(verbs.addUser);

  user
    .command('password')
    .description('Gives an account another password, and prints it')
    .argument('<login>', 'whom it is about')
    .option('--password-stdin', 'take the password from standard input')
    .option('-n, --dry-run', 'only say what would be', false)
    .action(verbs.renewPassword);

  return program;
};

const positive =
  (most: number) =>
  (given: string): number => {
    const value = Number(given);
    if (Number.isFinite(value) && value > 0 && value <= most) return value;
    throw new InvalidArgumentError(`It is a number above 0, ${most} at most.`);
  };

const backups = (given: string): number => {
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given);
  throw new InvalidArgumentError('It is a number from 1 to 9999.');
};

const hours = positive(8760);
const seconds = positive(300);
