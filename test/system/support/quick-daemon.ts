import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import { pinoJournal } from '../../../src/adapters/journal/pino-journal.ts';
import { setUp } from '../../../src/app/setup.ts';
import { teller } from '../../../src/app/tell.ts';
import { addUserOnHost } from '../../../src/cli/host-accounts.ts';
import type { Password } from '../../../src/domain/account/person.ts';
import type { InstanceId } from '../../../src/domain/configuration/events.ts';
import type { Host } from '../../../src/domain/configuration/first-run.ts';
import type { FileName } from '../../../src/domain/debian/names.ts';
import { type Daemon, serve } from '../../../src/main.ts';
import type { Builder } from '../../../src/ports/builder.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { FileStore } from '../../../src/ports/file-store.ts';
import { realParts } from '../../../src/real-parts.ts';
import { ownUrl, type Settings, settingsFrom } from '../../../src/settings.ts';
import { dial } from '../../adapters/ftp/dialogue.ts';
import { makeBinaryPackage, makeChanges, makeSourcePackage } from '../../support/deb.ts';
import { fakeChroots } from '../../support/fake-chroots.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { freePort, run } from './programs.ts';

/** The whole daemon in this process, real in everything but its builds, which take no time. */
export type QuickDaemon = {
  /** `http://HOST:PORT`. */
  readonly url: string;
  readonly ftpPort: number;
  readonly log: EventLog;
  readonly distribution: string;
  readonly folder: string;
  /** Uploads native source packages by FTP, in one session, in order. */
  readonly upload: (packages: readonly { readonly source: string; readonly version: string }[]) => Promise<void>;
  /** Runs a command as an administrator, by HTTP; the answer of one that is refused is thrown. */
  readonly command: (name: string, given: Readonly<Record<string, string>>) => Promise<unknown>;
  /** Stops it and removes everything. */
  readonly remove: () => Promise<void>;
};

/**
 * `now` is when things are recorded, in milliseconds since 1970: what is to be old can be recorded as such. `more` are settings besides.
 */
export const quickDaemon = async (
  now: () => number = Date.now,
  more: Readonly<Record<string, string>> = {},
): Promise<QuickDaemon> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-quick-'));
  const [http, ftp] = [await freePort(), await freePort()];
  const settings = settingsFrom({
    MINI_BUILDD_HOME: join(folder, 'home'),
    MINI_BUILDD_HOSTNAME: '127.0.0.1',
    MINI_BUILDD_HTTP: `127.0.0.1:${http}`,
    MINI_BUILDD_FTP: `127.0.0.1:${ftp}`,
    MINI_BUILDD_BUILDS: '8',
    ...more,
  });
  const log = await openEmbeddedLog(join(settings.home, 'log'), { now });
  const daemon = await started(settings, log, join(folder, 'builds')).catch(async (error) => {
    await log.close();
    throw error;
  });
  const distribution = 'trixie-test-unstable';
  return {
    url: ownUrl(settings),
    ftpPort: ftp,
    log,
    distribution,
    folder,
    upload: async (packages) => {
      const client = await dial(ftp);
      for (const line of ['USER anonymous', 'PASS test@example.org', 'CWD /incoming', 'TYPE I']) await client.say(line);
      for (const each of packages) {
        for (const path of await sourceUpload(join(folder, 'uploads'), { ...each, distribution })) {
          const reply = await client.store(basename(path), await readFile(path));
          if (!reply.startsWith('226')) throw new Error(`${basename(path)}: ${reply}`);
        }
      }
      await client.say('QUIT');
    },
    command: async (name, given) => {
      const answer = await fetch(`${ownUrl(settings)}/mini_buildd/api/${name}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from(`${admin.login}:${admin.password}`).toString('base64')}`,
        },
        body: JSON.stringify(given),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${text}`);
      return JSON.parse(text);
    },
    remove: async () => {
      await daemon.stop();
      await removeFolder(folder);
    },
  };
};

export const admin = { login: 'adam', password: 'the password of adam' as Password };

const started = async (settings: Settings, log: EventLog, builds: string): Promise<Daemon> => {
  await setUpQuick(settings, log);
  return serve(settings, log, pinoJournal('warn'), quickParts(builds));
};

/** The real parts, but chroots that are there at once and builds that take no time. */
export const quickParts =
  (builds: string): typeof realParts =>
  (settings, permit, copies) => {
    const real = realParts(settings, permit, copies);
    const results = copies?.results(fileStore(join(settings.home, 'files'))) ?? real.files;
    return { ...real, chroots: fakeChroots(), builder: quickBuilder(builds, results) };
  };

/** Gives a new instance its first configuration and its administrator. */
export const setUpQuick = async (settings: Settings, log: EventLog): Promise<void> => {
  const real = realParts(settings);
  const { hostname, url, ftp } = settings;
  await setUp({
    log,
    tell: teller(log, async () => undefined),
    keyring: real.keyring,
    host: trixie,
    instance: { instance: 'quick' as InstanceId, hostname, url, ftpPort: ftp.port },
  });
  await addUserOnHost(
    { login: admin.login, role: 'admin', email: '', name: '' },
    admin.password,
    log,
    real.people,
    false,
  );
};

/** A host with this machine's architecture, for apt to find something in our indices. */
const trixie = async (): Promise<Host> =>
  ({
    codename: 'trixie',
    architecture: (await run('dpkg', ['--print-architecture'])).trim(),
    suites: [
      {
        origin: 'Debian',
        suite: 'trixie',
        version: '13.1',
        uris: ['http://deb.example.org/debian/'],
        components: ['main'],
        keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
      },
    ],
  }) as unknown as Host;

/** The `.changes` last. */
export const sourceUpload = async (
  folder: string,
  wanted: { readonly source: string; readonly version: string; readonly distribution: string },
): Promise<readonly string[]> => {
  const { dsc, tarballs } = await makeSourcePackage(folder, wanted);
  const files = [dsc, ...tarballs];
  return [...files, await makeChanges(folder, { ...wanted, architecture: 'source', files })];
};

const quickBuilder = (folder: string, files: FileStore): Builder => ({
  liveLog: () => undefined,
  build: async ({ build, source, version, architecture }) => {
    const deb = await makeBinaryPackage(folder, { package: source, version, architecture });
    const file = await files.adopt(basename(deb) as FileName, deb);
    return {
      outcome: 'succeeded',
      binaries: [{ package: source, version, architecture, file }],
      records: [],
      log: await files.put(`${build}.buildlog` as FileName, Readable.from(['built in no time\n'])),
      times: { install: 0, build: 0, total: 0, stages: [] },
    };
  },
});
