import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { teller } from '../../src/app/tell.ts';
import { importOnHost } from '../../src/cli/host-import.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { because } from '../support/accounts-at-work.ts';
import { commandFor, configured } from '../support/fixed-examples.ts';
import { type ForeignRepository, foreignRepository } from '../support/foreign-repository.ts';
import { importAsked } from '../support/import-asked.ts';

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
    db.exec(`CREATE TABLE mini_buildd_remote (http TEXT, key_fingerprint TEXT);
      INSERT INTO mini_buildd_remote VALUES ('http:ernie.example.org:8066', 'AAAA' || char(10) || 'B');
      CREATE TABLE auth_user (id INTEGER, username TEXT, password TEXT); INSERT INTO auth_user VALUES (1, 'admin', 'secret');`);
    db.close();
  });
  after(() => rm(folder, { recursive: true, force: true }));

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
    assert.match(says, /remote: http=http:ernie\.example\.org:8066 key_fingerprint=AAAA B\n/);
    assert.match(says, /account: id=1 username=admin\n/);
    assert.ok(!says.includes('secret'));
    const events = (await withLog((log) => log.readAll(undefined, 1000))).map(({ body }) => body as DaemonEvent);
    assert.ok(
      events.some((event) => event.type === 'ArchiveKeyGenerated' && event.fingerprint === foreign.fingerprint),
    );
    assert.deepEqual(await bytesBelow(old), untouched);
    assert.deepEqual((await readdir(home)).sort(), ['files', 'keys', 'log']);

    const again = await withLog((log) => importOnHost(home, old, importAsked, log));
    assert.match(again.says, /--- acme\nis there already\n/);
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
