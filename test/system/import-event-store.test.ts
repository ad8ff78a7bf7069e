import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { pinoJournal } from '../../src/adapters/journal/pino-journal.ts';
import { serve } from '../../src/main.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { settingsFrom } from '../../src/settings.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';
import { type ForeignRepository, foreignRepository } from '../support/foreign-repository.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { attempt, eventually, freePort } from './support/programs.ts';
import { publishedIndices } from './support/published-indices.ts';
import { quickParts, setUpQuick } from './support/quick-daemon.ts';

const program = resolve(import.meta.dirname, '../../src/cli/mini-buildd.ts');
const hello = (version: string) => ({ source: 'hello', version, architectures: ['amd64'] });
const suites = {
  'trixie-old-unstable': { holds: [hello('3.0-1')], fields: ['NotAutomatic: yes', 'ButAutomaticUpgrades: yes'] },
  'trixie-old-unstable-rollback0': { holds: [hello('2.0-1')], fields: ['NotAutomatic: yes'] },
  'trixie-old-stable': { holds: [hello('1.0-1')], fields: ['NotAutomatic: yes', 'ButAutomaticUpgrades: yes'] },
};

describe('a repository that moved into an event store, and its backup', () => {
  let folder: string;
  let home: string;
  let backups: string;
  let foreign: ForeignRepository;
  let stores: readonly EventStoreServer[];
  let env: Readonly<Record<string, string>>;
  let published: Readonly<Record<string, string>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-moved-'));
    [home, backups] = [join(folder, 'home'), join(folder, 'backups')];
    foreign = await foreignRepository(folder, suites);
    stores = [await startEventStoreServer(), await startEventStoreServer()];
    env = {
      MINI_BUILDD_HOME: home,
      MINI_BUILDD_HOSTNAME: '127.0.0.1',
      MINI_BUILDD_HTTP: `127.0.0.1:${await freePort()}`,
      MINI_BUILDD_FTP: `127.0.0.1:${await freePort()}`,
      MINI_BUILDD_NODE: 'one.example.org:8066',
      MINI_BUILDD_SMTP: 'none',
    };
  });
  after(async () => {
    for (const store of stores) await store.stop();
    await removeFolder(folder);
  });

  const storeAt = (n: number): string => stores[n]?.connectionString ?? assert.fail();

  const verb = async (log: string, ...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await attempt(process.execPath, [program, ...args], {
      env: { ...env, MINI_BUILDD_LOG: log },
    });
    assert.equal(code, 0, `${args.join(' ')}: ${out}${err}`);
    return out;
  };

  const opened = (log: string): Promise<EventLog> =>
    log === 'embedded:' ? openEmbeddedLog(join(home, 'log')) : openEventStoreLog(log);

  /** Serves on a log until everything is published that is on record, and then until `meanwhile` is done. */
  const serves = async (where: string, meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> => {
    const log = await opened(where);
    const settings = settingsFrom({ ...env, MINI_BUILDD_LOG: where });
    const recorded = (type: string) => log.query({ type, limit: 100 });
    const before = (await recorded('RepositoryPublished')).length;
    const daemon = await serve(settings, log, pinoJournal('error'), quickParts(join(folder, 'builds')));
    try {
      await eventually(
        'both repositories to be published',
        60,
        async () => (await recorded('RepositoryPublished')).length >= before + 2 || undefined,
      );
      await meanwhile();
    } finally {
      await daemon.stop();
    }
  };

  it('is imported in one go, published, and backed up while its daemon runs', async () => {
    const log = await opened(storeAt(0));
    await setUpQuick(settingsFrom({ ...env, MINI_BUILDD_LOG: storeAt(0) }), log);
    await log.close();
    const asked = ['import', foreign.base, '--key', foreign.secretKey];
    assert.match(await verb(storeAt(0), ...asked), /imported and verified: 3 versions of 1 source packages\n$/);
    await serves(storeAt(0), async () => {
      published = await publishedIndices(home);
      assert.match(await verb(storeAt(0), 'backup', backups), /^backup of \S+: \d+ events, \d+ files/);
    });
    assert.ok(Object.keys(published).some((name) => name.includes('/trixie-old-unstable-rollback0/')));
    await verb(storeAt(0), 'log', 'verify');
  });

  for (const [where, log] of [
    ['an empty event store', () => storeAt(1)],
    ['an embedded log', () => 'embedded:'],
  ] as const)
    it(`comes back on a bare machine in ${where}, with the same indices`, async () => {
      for (const name of await readdir(home)) await rm(join(home, name), { recursive: true });
      assert.match(await verb(log(), 'restore', backups), /^the backup of \S+ is restored: /);
      await serves(log());
      assert.deepEqual(await publishedIndices(home), published);
      await verb(log(), 'log', 'verify');
    });
});
