import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { generateKey } from 'openpgp';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { sqlitePeople } from '../../src/adapters/people/sqlite-people.ts';
import { startProjector } from '../../src/app/projector.ts';
import { teller } from '../../src/app/tell.ts';
import { addUserOnHost } from '../../src/cli/host-accounts.ts';
import { importOnHost } from '../../src/cli/host-import.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { because } from '../support/accounts-at-work.ts';
import { commandFor, configured } from '../support/fixed-examples.ts';
import { type ForeignRepository, foreignRepository } from '../support/foreign-repository.ts';
import { importAsked } from '../support/import-asked.ts';
import { removeFolder } from '../support/remove-folder.ts';

const execute = promisify(execFile);

/** Every file below a folder, with what is in it. */
const bytesBelow = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const digests = files.sort().map(async (path) => {
    const bytes = await readFile(path);
    return [path, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return new Map(await Promise.all(digests));
};

/** The lines about people, remotes and chroots. */
const besides = (says: string): readonly string[] => {
  const [, lines = ''] = /^--- (?:would be )?taken over besides\n((?:(?!--- ).*\n)*)/m.exec(says) ?? [];
  return lines
    .replace(/[0-9A-F]{40}/g, 'FPR')
    .split('\n')
    .slice(0, -1);
};

const taken =
  'not taken over: login-taken: somebody has that login here, maybe another person (if it is the same one, let them hand the key in: setuserkey)';

describe('mini-buildd import of an old home', () => {
  let folder: string;
  let old: string;
  let foreign: ForeignRepository;

  /** As a mini-buildd of before leaves it: a base of reprepro for each repository, its key in .gnupg, the rest in a database. */
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-old-'));
    old = join(folder, 'old');
    foreign = await foreignRepository(folder, {
      'trixie-acme-unstable': { holds: [{ source: 'hello', version: '2' }] },
      'trixie-acme-unstable-rollback0': { holds: [{ source: 'hello', version: '1' }] },
    });
    await mkdir(join(old, 'repositories', 'empty'), { recursive: true });
    await rename(foreign.base, join(old, 'repositories', 'acme'));
    await mkdir(join(old, '.gnupg'), { mode: 0o700 });
    const gnupg = ['--homedir', join(old, '.gnupg')];
    await execute('gpg', [...gnupg, '--batch', '--import', foreign.secretKey]);
    await execute('gpgconf', [...gnupg, '--kill', 'all']);
    const db = new DatabaseSync(join(old, 'config.sqlite'));
    const key = async (name: string) =>
      (await generateKey({ type: 'ecc', curve: 'ed25519Legacy', userIDs: [{ name }] })).publicKey;
    db.exec(`CREATE TABLE mini_buildd_remote (http TEXT, key TEXT);
      CREATE TABLE auth_user (id INTEGER, username TEXT, email TEXT, first_name TEXT, last_name TEXT, is_active INTEGER, password TEXT);
      INSERT INTO auth_user VALUES (1, 'admin', '', '', '', 1, 'secret');
      INSERT INTO auth_user VALUES (2, 'Oscar', 'oscar@example.org', 'Oscar', 'Grouch', 1, 'secret');
      INSERT INTO auth_user VALUES (3, 'bert' || char(10) || 'x', '', '', '', 1, 'secret');
      INSERT INTO auth_user VALUES (4, 'gone', '', '', '', 0, 'secret');
      INSERT INTO auth_user VALUES (5, 'oscar', 'other@example.org', '', '', 1, 'secret');
      INSERT INTO auth_user VALUES (6, 'telly', '', 'Telly', '', 1, 'secret');
      CREATE TABLE mini_buildd_uploader (id INTEGER, user_id INTEGER, key_id TEXT, key TEXT, key_long_id TEXT);
      INSERT INTO mini_buildd_uploader VALUES (10, 1, '', '', '');
      CREATE TABLE mini_buildd_uploader_may_upload_to (id INTEGER, uploader_id INTEGER, repository_id TEXT);
      INSERT INTO mini_buildd_uploader_may_upload_to VALUES (1, 20, 'acme');
      CREATE TABLE mini_buildd_source (id INTEGER, origin TEXT, codename TEXT);
      INSERT INTO mini_buildd_source VALUES (1, 'Debian', 'trixie'), (2, 'Debian', 'buster');
      CREATE TABLE mini_buildd_chroot (id INTEGER, source_id INTEGER, architecture_id TEXT);
      INSERT INTO mini_buildd_chroot VALUES (1, 1, 'amd64'), (2, 1, 'armhf'), (3, 2, 'amd64'), (4, 1, 'i386');
      CREATE TABLE mini_buildd_dirchroot (chroot_ptr_id INTEGER, union_type INTEGER);
      INSERT INTO mini_buildd_dirchroot VALUES (1, 3), (3, 3);
      CREATE TABLE mini_buildd_filechroot (chroot_ptr_id INTEGER, compression INTEGER);
      INSERT INTO mini_buildd_filechroot VALUES (2, 0);
      CREATE TABLE mini_buildd_lvmchroot (chroot_ptr_id INTEGER, volume_group TEXT);
      INSERT INTO mini_buildd_lvmchroot VALUES (4, 'auto');
      CREATE TABLE mini_buildd_looplvmchroot (lvmchroot_ptr_id INTEGER, loop_size INTEGER);
      INSERT INTO mini_buildd_looplvmchroot VALUES (4, 100);`);
    const uploader = db.prepare('INSERT INTO mini_buildd_uploader VALUES (?, ?, ?, ?, ?)');
    uploader.run(20, 2, 'AAAA', await key('oscar'), 'AAAA');
    uploader.run(30, 3, 'BBBB', await key('bert'), 'BBBB');
    uploader.run(40, 4, 'CCCC', await key('gone'), 'CCCC');
    uploader.run(50, 5, 'DDDD', await key('another'), 'DDDD');
    uploader.run(60, 6, 'EEEE', await key('telly'), 'EEEE');
    const remote = db.prepare('INSERT INTO mini_buildd_remote VALUES (?, ?)');
    remote.run('http:ernie.example.org:8066', await key('ernie'));
    remote.run('http:ERNIE.example.org:8066/', await key('ernie again'));
    remote.run('http:nowhere', 'no key');
    remote.run('http:count.example.org:8066', 'no key');
    db.close();
  });
  after(() => removeFolder(folder));

  const fresh = async (name: string) => {
    const home = join(folder, name);
    const withLog = async <Result>(act: (log: Awaited<ReturnType<typeof openEmbeddedLog>>) => Promise<Result>) => {
      const log = await openEmbeddedLog(join(home, 'log'));
      return act(log).finally(() => log.close());
    };
    await withLog(async (log) => {
      for (const event of configured)
        if (event.type !== 'RepositoryConfigured') await teller(log, async () => undefined)(commandFor(event), because);
    });
    return { home, withLog };
  };

  it('takes its repositories over with their rollbacks by the key in .gnupg, tells the rest, and changes nothing there', async () => {
    const { home, withLog } = await fresh('new');
    const untouched = await bytesBelow(old);
    const { says, isDone } = await withLog((log) => importOnHost(home, old, importAsked, log));
    assert.equal(isDone, true, says);
    assert.match(says, /--- acme\n(?:.*\n)*imported and verified: 2 versions of 1 source packages\n/);
    assert.match(says, /account: id=1 username=admin is_active=1\n/);
    assert.ok(!says.includes('secret'));
    const events = (await withLog((log) => log.readAll(undefined, 1000))).map(({ body }) => body as DaemonEvent);
    assert.ok(
      events.some((event) => event.type === 'ArchiveKeyGenerated' && event.fingerprint === foreign.fingerprint),
    );
    assert.deepEqual(await bytesBelow(old), untouched);
    assert.deepEqual((await readdir(home)).sort(), ['files', 'keys', 'log', 'people']);

    const again = await withLog((log) => importOnHost(home, old, importAsked, log));
    assert.match(again.says, /--- acme\nis there already\n/);
  });

  it('takes its uploaders, remotes and chroots over, each as far as it is readable, and trusts none of them', async () => {
    const { home, withLog } = await fresh('besides');
    const before = await withLog((log) => log.readAll(undefined, 1000));
    const dry = await withLog((log) => importOnHost(home, old, { ...importAsked, dryRun: true }, log));
    assert.match(dry.says, /--- would be taken over besides\n/);
    assert.deepEqual(await withLog((log) => log.readAll(undefined, 1000)), before);
    assert.deepEqual(await readdir(home), ['log']);

    const { says } = await withLog((log) => importOnHost(home, old, importAsked, log));
    assert.deepEqual(besides(says), besides(dry.says));
    assert.deepEqual(besides(says), [
      'uploader Oscar: key FPR waits to be approved (there for acme); the account waits, too: user activate oscar',
      'uploader bert x: not taken over: strange-login: nobody can have such a login here (let them register anew)',
      `uploader oscar: ${taken}`,
      'uploader telly: key FPR waits to be approved; the account waits, too: user activate telly, and, as no mail reaches it, user password telly',
      'remote http:ernie.example.org:8066: key FPR; nothing is exchanged before it is activated: remote activate ernie.example.org:8066',
      'remote http:ERNIE.example.org:8066/: not taken over: another-key: it is here already with the key FPR, and the old home has FPR (ask its administrator; if the latter is its own: remote remove ernie.example.org:8066, and then remote add ernie.example.org:8066 --fingerprint FPR)',
      'remote http:nowhere: not taken over: strange-remote: it is at no HOST:PORT (add it by hand: remote add)',
      'remote http:count.example.org:8066: not taken over: not-one-key: the text is not one armored block of a public key, with nothing around it (compare keys, and add it by hand: remote add)',
      'chroot trixie:amd64: is there already',
      'chroot trixie:armhf: file, prepared when the daemon runs',
      'chroot buster:amd64: not taken over: unknown-codename: the codename is not set up here (set it up: mini-buildd setup --vendors, or the form of chroots)',
      'chroot trixie:i386: not taken over: strange-chroot: there is no such kind of chroot here: looplvm (set it up: mini-buildd setup --vendors, or the form of chroots)',
    ]);
    const { world } = await withLog((log) => startProjector(log, () => undefined));
    const [oscar, ...others] = [...world.accounts.values()].filter(({ key }) => key !== undefined);
    assert.equal(others.length, 1);
    assert.equal(oscar?.status, 'registered');
    assert.equal(oscar?.uploadsTo.size, 0);
    const remote = world.remotes.get('ernie.example.org:8066' as never);
    assert.equal(remote?.configured?.url, 'http://ernie.example.org:8066');
    assert.equal(remote?.active, false);
    const people = sqlitePeople(join(home, 'people', 'people.sqlite'), Date.now);
    const { email, fullName } = (await people.byLogin('oscar' as never)) ?? assert.fail();
    people.close();
    assert.deepEqual([email, fullName], ['oscar@example.org', 'Oscar Grouch']);

    const after = await withLog((log) => log.readAll(undefined, 1000));
    const again = await withLog((log) => importOnHost(home, old, importAsked, log));
    assert.match(again.says, /uploader Oscar: is there already; the account waits, too: user activate oscar\n/);
    assert.match(again.says, /remote http:ernie\.example\.org:8066: is there already\n/);
    assert.deepEqual(await withLog((log) => log.readAll(undefined, 1000)), after);
  });

  it('gives no key to an account that is here already, and goes on with the rest', async () => {
    const { home, withLog } = await fresh('met');
    const people = sqlitePeople(join(home, 'people', 'people.sqlite'), Date.now);
    const adding = { login: 'oscar', email: '', name: '', role: 'admin' } as const;
    await withLog((log) => addUserOnHost(adding, 'a long password' as never, log, people, false));
    people.close();
    for (const dryRun of [true, false]) {
      const { says, isDone } = await withLog((log) => importOnHost(home, old, { ...importAsked, dryRun }, log));
      assert.equal(isDone, true, says);
      assert.deepEqual(
        besides(says).filter((row) => row.startsWith('uploader ') && !row.includes('bert')),
        [
          `uploader Oscar: ${taken}`,
          `uploader oscar: ${taken}`,
          'uploader telly: key FPR waits to be approved; the account waits, too: user activate telly, and, as no mail reaches it, user password telly',
        ],
      );
    }
    const { world } = await withLog((log) => startProjector(log, () => undefined));
    const admins = [...world.accounts.values()].filter(({ role }) => role === 'admin');
    assert.deepEqual(
      admins.map(({ key }) => key),
      [undefined],
    );
  });

  it('finishes with uploaders where it was broken off', async () => {
    const { home, withLog } = await fresh('cut');
    const cut = (log: EventLog): EventLog => ({
      ...log,
      append: async (...args) =>
        JSON.stringify(args).includes('UploaderKeySubmitted')
          ? Promise.reject(new Error('the power failed'))
          : log.append(...args),
    });
    await assert.rejects(
      withLog((log) => importOnHost(home, old, importAsked, cut(log))),
      /the power failed/,
    );
    const { says } = await withLog((log) => importOnHost(home, old, importAsked, log));
    assert.match(says, /uploader Oscar: key \S+ waits to be approved/);
  });

  it('says what it cannot read', async () => {
    const { home, withLog } = await fresh('other');
    await rm(join(old, '.gnupg'), { recursive: true });
    await writeFile(join(old, 'config.sqlite'), 'no database at all, but long enough to be looked at as one');
    const given = { ...importAsked, keyring: foreign.keyring, dryRun: true };
    const { says, isDone } = await withLog((log) => importOnHost(home, old, given, log));
    assert.equal(isDone, true, says);
    assert.match(says, /^not readable: the archive key in \.gnupg: /);
    assert.match(says, /\nnot readable: config\.sqlite: /);

    const without = await withLog((log) => importOnHost(home, old, importAsked, log));
    assert.equal(without.isDone, false);
    assert.match(without.says, /^not readable: the archive key in \.gnupg: /);
    assert.match(without.says, /\n--- acme\nno-keyring: .*\nNothing was imported\n.*not readable: config\.sqlite: /);
  });
});
