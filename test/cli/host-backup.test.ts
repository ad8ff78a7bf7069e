import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { backupFolder, backupsIn } from '../../src/adapters/backup/backup-folder.ts';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { sqlitePeople } from '../../src/adapters/people/sqlite-people.ts';
import { fillLog } from '../../src/app/fill-log.ts';
import { sealedLine } from '../../src/app/seals/sealed-line.ts';
import { teller } from '../../src/app/tell.ts';
import { type BackupOptions, backUpOnHost, refuseHalfRestored, restoreOnHost } from '../../src/cli/host-backup.ts';
import { verifyLog } from '../../src/cli/verify-log.ts';
import type { AccountId } from '../../src/domain/account/events.ts';
import type { LoginName, Password, Person } from '../../src/domain/account/person.ts';
import { type Instant, instant } from '../../src/domain/codec.ts';
import type { RecordedEvent } from '../../src/ports/event-log.ts';
import { settingsFrom } from '../../src/settings.ts';
import { hello, newEvent, recordedBy } from '../adapters/eventstore-log/sample-events.ts';
import { because } from '../support/accounts-at-work.ts';
import { startEventStoreServer } from '../support/eventstore-server.ts';
import { configured } from '../support/fixed-examples.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { sealedHome } from '../support/sealed-home.ts';

const program = resolve(import.meta.dirname, '../../src/cli/mini-buildd.ts');

const grover: Person & { readonly password: Password } = {
  account: '00000000000000a1' as AccountId,
  login: 'grover' as LoginName,
  fullName: 'Grover' as Person['fullName'],
  email: 'grover@example.org' as Person['email'],
  password: 'a furry blue password' as Password,
};

/** An instance on disk, where its backups go, and an empty home to restore into. */
const instance = async (test: TestContext) => {
  const lived = await sealedHome();
  const aside = await mkdtemp(join(tmpdir(), 'mini-buildd-backup-'));
  test.after(async () => {
    await lived.remove();
    await removeFolder(aside);
  });
  const people = sqlitePeople(join(lived.home, 'people', 'people.sqlite'), Date.now, { memory: 64, passes: 1 });
  await people.add(grover);
  await mkdir(join(lived.home, 'hooks.d'));
  await writeFile(join(lived.home, 'hooks.d', 'tell-chat'), '#!/bin/sh\n', { mode: 0o755 });
  const [folder, home] = [join(aside, 'backups'), join(aside, 'home')];
  const settings = settingsFrom({ MINI_BUILDD_HOME: home });
  return {
    ...lived,
    people,
    folder,
    aside,
    other: settings,
    backUp: (given: BackupOptions = {}) => backUpOnHost(lived.settings, folder, given),
    restore: (given: Partial<Parameters<typeof restoreOnHost>[2]> = {}) =>
      restoreOnHost(settings, folder, { seen: [], dryRun: false, ...given }),
  };
};

const eventsIn = async (home: string): Promise<readonly RecordedEvent[]> => {
  const log = await openEmbeddedLog(join(home, 'log'));
  try {
    return await log.readAll(undefined, 10_000);
  } finally {
    await log.close();
  }
};

const appended = async (home: string): Promise<void> => {
  const log = await openEmbeddedLog(join(home, 'log'));
  await recordedBy(log.append(hello, (await log.readStream(hello)).at(-1)?.revision ?? 'none', [newEvent()]));
  await log.close();
};

const configuredIn = async (home: string): Promise<void> => {
  const log = await openEmbeddedLog(join(home, 'log'));
  for (const event of configured)
    if (event.type !== 'ArchiveKeyGenerated')
      await teller(log, async () => undefined)({ command: 'Configure', event }, because);
  await log.close();
};

const bytesBelow = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) found.set(name, (await readFile(path)).toString('base64'));
  }
  return found;
};

const objectsIn = async (folder: string): Promise<number> => (await bytesBelow(join(folder, 'objects'))).size;

/** As if the clock had been a year ahead when the only backup was taken. */
const takenByWrongClock = async (folder: string): Promise<Instant> => {
  const [name, ...others] = await readdir(join(folder, 'backups'));
  assert.ok(name !== undefined && others.length === 0);
  const manifest = JSON.parse(await readFile(join(folder, 'backups', name), 'utf8'));
  const taken = instant(Date.parse(manifest.taken) + 365 * 86_400_000);
  await rm(join(folder, 'backups', name));
  await writeFile(join(folder, 'backups', `${taken}.json`), JSON.stringify({ ...manifest, taken }));
  return taken;
};

describe('mini-buildd backup and restore', () => {
  it('put everything back on a bare machine, with the same events, files, keys and people, and say so on record', async (test) => {
    const { home, settings, backUp, restore, other, people } = await instance(test);
    const { isWhole } = await backUp();
    assert.equal(isWhole, true);
    people.close();
    assert.match(
      (await restore()).says,
      /^the backup of \S+ is restored: \d+ events, 4 files, \d+ keys and other secrets\n/,
    );

    const [before, after] = [await eventsIn(home), await eventsIn(other.home)];
    assert.deepEqual(after.slice(0, -1).map(sealedLine), before.map(sealedLine));
    assert.equal(after.at(-1)?.body.type, 'InstanceRestored');
    assert.ok(!before.some(({ id }) => id === after.at(-1)?.id));
    for (const folder of ['files', 'keys', 'hooks.d'])
      assert.deepEqual(await bytesBelow(join(other.home, folder)), await bytesBelow(join(home, folder)), folder);
    assert.equal((await stat(join(other.home, 'hooks.d', 'tell-chat'))).mode & 0o777, 0o755);
    const again = sqlitePeople(join(other.home, 'people', 'people.sqlite'), Date.now);
    assert.equal((await again.byLogin(grover.login))?.fullName, 'Grover');
    again.close();
    let said = '';
    assert.equal(await verifyLog(other, { json: false }, (text) => (said += text)), 0, said);
    assert.equal(await verifyLog(settings, { json: false }, (text) => (said += text)), 0, said);
  });

  it('add only what is new, and can have each time back', async (test) => {
    const { home, folder, backUp, restore, other, people } = await instance(test);
    await backUp();
    const first = await objectsIn(folder);
    await appended(home);
    const { says } = await backUp();
    assert.match(says, /\nnew: 1 objects, /);
    assert.equal(await objectsIn(folder), first + 1);
    people.close();
    const [oldest, newest] = (await backupsIn(folder).manifests()).map(({ taken }) => taken);
    await restore({ at: oldest as string });
    const events = (await eventsIn(home)).length;
    assert.equal((await eventsIn(other.home)).length, events - 1 + 1);
    await removeFolder(other.home);
    await restore({ at: newest as string });
    assert.equal((await eventsIn(other.home)).length, events + 1);
  });

  it('let older backups go, and nothing that those which stay need', async (test) => {
    const { home, folder, backUp, restore, people } = await instance(test);
    await backUp();
    await people.add({ ...grover, account: '00000000000000a2' as AccountId, login: 'elmo' as LoginName });
    await appended(home);
    await backUp();
    const all = await objectsIn(folder);
    await writeFile(join(home, 'hooks.d', 'tell-chat'), '#!/bin/sh\nexit 0\n');
    assert.match((await backUp({ keep: 1 })).says, /; 2 older backups are gone\n/);
    assert.ok((await objectsIn(folder)) < all + 1);
    assert.equal((await readdir(join(folder, 'backups'))).length, 1);
    people.close();
    await restore();
  });

  it('take for the newest what holds most, also after the clock was ahead, and say no time that is to come', async (test) => {
    const { home, folder, backUp, restore, other, people } = await instance(test);
    await backUp();
    const early = await takenByWrongClock(folder);
    await restore();
    const restored = (await eventsIn(other.home)).at(-1)?.body;
    assert.ok(restored?.type === 'InstanceRestored' && 'taken' in restored);
    assert.ok(String(restored.taken) <= instant(Date.now()));
    await removeFolder(other.home);
    await appended(home);
    await backUp();
    const [oldest, newest, ...more] = (await backupsIn(folder).manifests()).map(({ taken }) => taken);
    assert.ok(oldest === early && newest !== undefined && more.length === 0);
    assert.match((await restore({ dryRun: true })).says, new RegExp(`^the backup of ${newest} would be`));
    await appended(home);
    await backUp({ keep: 2 });
    assert.ok(!(await readdir(join(folder, 'backups'))).includes(`${early}.json`));
    await appended(home);
    const { says } = await backUp({ keep: 1 });
    assert.match(says, /^new: 1 objects, .*; 2 older backups are gone$/m);
    people.close();
    await restore();
    assert.equal((await eventsIn(other.home)).length, (await eventsIn(home)).length + 1);
  });

  it('take of backups with as many events none of a time to come for the newest', async (test) => {
    const { folder, backUp, restore, people } = await instance(test);
    await backUp();
    const early = await takenByWrongClock(folder);
    people.close();
    await backUp();
    const [oldest, newest] = (await backupsIn(folder).manifests()).map(({ taken }) => taken);
    assert.ok(oldest === early && newest !== undefined);
    assert.match((await restore({ dryRun: true })).says, new RegExp(`^the backup of ${newest} would be`));
    assert.match((await backUp({ keep: 1 })).says, /; 2 older backups are gone$/m);
    assert.ok(!(await readdir(join(folder, 'backups'))).includes(`${early}.json`));
  });

  it('hold for later what apt saw, where nobody knows when a backup was taken', async (test) => {
    const { home, folder, aside, backUp, restore, other, people } = await instance(test);
    await configuredIn(home);
    await backUp();
    const taken = await takenByWrongClock(folder);
    people.close();
    const date = instant(Math.floor(Date.now() / 1000) * 1000 - 60_000);
    const seen = [join(aside, 'InRelease')];
    await writeFile(
      join(aside, 'InRelease'),
      `Codename: trixie-acme-unstable\nDate: ${new Date(date).toUTCString()}\n`,
    );
    assert.match((await restore({ seen, dryRun: true })).says, /apt has seen trixie-acme-unstable of /);
    await restore({ seen });
    const restored = (await eventsIn(other.home)).at(-1)?.body as { readonly taken?: string; readonly seen?: object };
    assert.ok((restored.taken ?? taken) < taken);
    assert.deepEqual(restored.seen, [{ distribution: 'trixie-acme-unstable', date }]);
  });

  it('never write over an instance, nor over a key', async (test) => {
    const { folder, settings, backUp, restore, other, people } = await instance(test);
    await backUp();
    people.close();
    await assert.rejects(
      restoreOnHost(settings, folder, { seen: [], dryRun: false }),
      /An instance lives in .*\. A restore never writes over one: move its log\/ away/,
    );
    await mkdir(join(other.home, 'hooks.d'), { recursive: true });
    await writeFile(join(other.home, 'hooks.d', 'tell-chat'), 'another one');
    await assert.rejects(restore(), /tell-chat is there, and is not what was backed up/);
    await rm(join(other.home, 'hooks.d', 'tell-chat'));
    await restore();
    await assert.rejects(restore(), /An instance lives in/);
  });

  it('name what is damaged in a backup, start no daemon on half of it, and go on when it is whole again', async (test) => {
    const { folder, backUp, restore, other, people } = await instance(test);
    await backUp();
    people.close();
    const [manifest] = await backupsIn(folder).manifests();
    for (const sha256 of [manifest?.log[0], manifest?.files.list, manifest?.kept[0]?.sha256]) {
      const path = join(folder, 'objects', sha256?.slice(0, 2) ?? '', sha256 ?? '');
      await rename(path, `${path}.good`);
      const bytes = await readFile(`${path}.good`);
      bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9);
      await writeFile(path, bytes);
      await assert.rejects(restore(), new RegExp(`the object ${sha256} of the backup is damaged`));
      assert.throws(() => refuseHalfRestored(other.home), /was broken off: run mini-buildd restore again/);
      await rename(`${path}.good`, path);
    }
    await restore();
    refuseHalfRestored(other.home);
  });

  it('tell of files that were damaged before, and leave them out', async (test) => {
    const { home, changes, backUp, restore, other, people } = await instance(test);
    const path = join(home, 'files', changes.sha256.slice(0, 2), changes.sha256);
    await rename(path, `${path}.good`);
    await writeFile(path, 'other bytes');
    const { says, isWhole } = await backUp();
    assert.equal(isWhole, false);
    assert.match(
      says,
      new RegExp(`\nfile ${changes.sha256}: its bytes have the SHA-256 \\w+; it is not in the backup\n`),
    );
    people.close();
    await restore();
    let said = '';
    assert.equal(await verifyLog(other, { json: false }, (text) => (said += text)), 1);
    assert.match(said, new RegExp(changes.sha256));
    await rename(`${path}.good`, path);
    assert.equal((await backUp()).isWhole, true);
  });

  it('back up no log that is damaged, and none with another history', async (test) => {
    const one = await instance(test);
    await one.backUp();
    const other = await instance(test);
    await assert.rejects(
      backUpOnHost(other.settings, one.folder, {}),
      /does not go on from the backup of \S+ that is there: back up into another folder/,
    );
    assert.equal((await readdir(join(one.folder, 'backups'))).length, 1);
    one.people.close();
    other.people.close();
  });

  it('say what apt has seen of its own distributions since, and keep that on record', async (test) => {
    const { home, aside, backUp, restore, other, people } = await instance(test);
    await configuredIn(home);
    await backUp();
    people.close();
    const later = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
    const written = async (name: string, codename: string, date: Date): Promise<string> => {
      const file = join(aside, name);
      await writeFile(file, `Origin: acme\nCodename: ${codename}\nDate: ${date.toUTCString()}\n`);
      return file;
    };
    const seen = [
      await written('ours_InRelease', 'trixie-acme-stable', later),
      await written('earlier_InRelease', 'trixie-acme-unstable', new Date(0)),
      await written('others_InRelease', 'trixie', later),
      await written('to-come_InRelease', 'trixie-acme-testing', new Date('2100-01-01')),
    ];
    assert.match(
      (await restore({ dryRun: true })).says,
      /would be restored: .*\nWhether apt saw anything .* is not known/,
    );
    const { says } = await restore({ seen });
    assert.deepEqual(says.match(/apt has seen \S+ of \S+:/g), [
      `apt has seen trixie-acme-stable of ${later.toISOString()}:`,
    ]);
    const last = (await eventsIn(other.home)).at(-1)?.body as { readonly seen?: object };
    assert.deepEqual(last.seen, [{ distribution: 'trixie-acme-stable', date: later.toISOString() }]);
  });

  it('leave out a file that is damaged in the backup, and name it; a dry run finds it before', async (test) => {
    const { folder, changes, backUp, restore, people } = await instance(test);
    await backUp();
    people.close();
    const path = join(folder, 'objects', changes.sha256.slice(0, 2), changes.sha256);
    const good = await readFile(path);
    await rm(path);
    await writeFile(path, Buffer.from(good).fill(1, 0, 1));
    const dry = await restore({ dryRun: true });
    assert.equal(dry.isWhole, false);
    assert.match(dry.says, new RegExp(`\nfile ${changes.sha256}: .* is damaged: .*; it would be missing\n`));
    const { isWhole, says } = await restore();
    assert.equal(isWhole, false);
    assert.match(says, /, 3 files, /);
    assert.match(says, new RegExp(`\nfile ${changes.sha256}: .*; it is missing\n`));
  });

  it('write again what was cut off or lost where backups are', async (test) => {
    const { folder, changes, backUp, restore, people } = await instance(test);
    await backUp();
    const [manifest] = await backupsIn(folder).manifests();
    const path = (sha256 = '') => join(folder, 'objects', sha256.slice(0, 2), sha256);
    await truncate(path(changes.sha256), 3);
    await rm(path(manifest?.log[0]));
    assert.match((await backUp()).says, /\nnew: 2 objects, /);
    people.close();
    assert.equal((await restore()).isWhole, true);
  });

  it('go on where a restore was broken off, in the log as at its very end', async (test) => {
    const { home, backUp, restore, other, people } = await instance(test);
    await backUp();
    people.close();
    const all = await eventsIn(home);
    let at: Instant | undefined;
    const log = await openEmbeddedLog(join(other.home, 'log'), { now: () => Date.parse(at ?? '') });
    const recordAt = (time: Instant): void => {
      at = time;
    };
    const some = async function* () {
      yield* all.slice(0, 3);
    };
    await fillLog(some(), { log, recordAt, together: 1 }, () => undefined);
    await log.close();
    await writeFile(join(other.home, 'restoring'), '');
    await restore();
    const restored = await eventsIn(other.home);
    assert.deepEqual(restored.slice(0, -1).map(sealedLine), all.map(sealedLine));
    await writeFile(join(other.home, 'restoring'), '');
    await restore();
    assert.deepEqual((await eventsIn(other.home)).map(sealedLine), restored.map(sealedLine));
  });

  it('reach an event store that is empty, and touch neither home nor store where an instance is', async (test) => {
    const { home, folder, backUp, other, people } = await instance(test);
    await backUp();
    people.close();
    const store = await startEventStoreServer();
    test.after(store.stop);
    const settings = settingsFrom({ MINI_BUILDD_HOME: other.home, MINI_BUILDD_LOG: store.connectionString });
    const restored = () => restoreOnHost(settings, folder, { seen: [], dryRun: false });
    assert.equal((await restored()).isWhole, true);
    assert.equal(store.events.all.length, (await eventsIn(home)).length + 1);
    const before = await bytesBelow(other.home);
    await assert.rejects(restored(), /An instance lives in esdb:.*: restore into an empty log/);
    assert.deepEqual(await bytesBelow(other.home), before);
    refuseHalfRestored(other.home);
  });

  it('work alone where backups are, and look on without writing', async (test) => {
    const { folder, backUp, restore, people } = await instance(test);
    await backUp();
    const at = await backupFolder(folder);
    await assert.rejects(backUp(), /Process \d+ on \S+ is at work here/);
    assert.equal((await restore({ dryRun: true })).isWhole, true);
    await at.close();
    await writeFile(join(folder, 'lock'), `999999999 ${hostname()}\n`);
    await backUp();
    people.close();
  });

  it('go through a pipe', async (test) => {
    const { home, aside, other, people } = await instance(test);
    people.close();
    const tar = join(aside, 'backup.tar');
    const cli = (command: string, at: string) =>
      promisify(execFile)('sh', ['-c', `exec "${process.execPath}" "${program}" ${command}`], {
        env: { ...process.env, MINI_BUILDD_HOME: at },
      });
    const { stderr } = await cli(`backup - > ${tar}`, home);
    assert.match(stderr, /^backup of /m);
    const { stdout } = await cli(`restore - < ${tar}`, other.home);
    assert.match(stdout, /is restored: /);
    assert.deepEqual(await bytesBelow(join(other.home, 'files')), await bytesBelow(join(home, 'files')));
    assert.deepEqual((await readdir(other.home)).sort(), ['files', 'hooks.d', 'keys', 'log', 'people']);

    const cut = join(aside, 'cut.tar');
    await writeFile(cut, (await readFile(tar)).subarray(0, 20_000));
    await removeFolder(other.home);
    await assert.rejects(cli(`restore - < ${cut}`, other.home), /the tar cannot be read|no whole backup/);
    await assert.rejects(cli('serve', other.home), /was broken off: run mini-buildd restore again/);
  });
});
