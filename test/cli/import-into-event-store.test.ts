import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { isAlive } from '../../src/adapters/http/is-alive.ts';
import { readLease, takeLease } from '../../src/app/lease/hold-lease.ts';
import { teller } from '../../src/app/tell.ts';
import { importOnHost } from '../../src/cli/host-import.ts';
import { refuseHalfImported } from '../../src/cli/import-journal.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { because } from '../support/accounts-at-work.ts';
import { storedEvents } from '../support/eventstore-server/stored-events.ts';
import { startEventStoreServer } from '../support/eventstore-server.ts';
import { commandFor, configured } from '../support/fixed-examples.ts';
import { type ForeignRepository, foreignRepository } from '../support/foreign-repository.ts';
import { importAsked } from '../support/import-asked.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { freePort } from '../system/support/programs.ts';

const program = resolve(import.meta.dirname, '../../src/cli/mini-buildd.ts');
const suites = {
  'trixie-acme-unstable': { holds: [{ source: 'hello', version: '2.0-1' }] },
  'trixie-acme-unstable-rollback0': { holds: [{ source: 'hello', version: '1.0-1' }] },
};

let foreign: ForeignRepository;
let folderOfAll: string;
before(async () => {
  folderOfAll = await mkdtemp(join(tmpdir(), 'mini-buildd-foreign-'));
  foreign = await foreignRepository(folderOfAll, suites);
});
after(() => removeFolder(folderOfAll));

const setUp = async (log: EventLog): Promise<void> => {
  const tell = teller(log, async () => undefined);
  for (const event of configured) if (event.type !== 'RepositoryConfigured') await tell(commandFor(event), because);
};

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** An instance that is set up on an event store, with its home. `heard` is told of every event that the store is to take. */
const place = async (test: TestContext, heard: (type: string) => void = () => undefined) => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-import-'));
  const events = storedEvents(Date.now);
  const append: typeof events.append = (...given) => {
    for (const { type } of given[2]) heard(type);
    return events.append(...given);
  };
  const store = await startEventStoreServer({ events: { ...events, append } });
  const log = await openEventStoreLog(store.connectionString);
  test.after(async () => {
    await log.close();
    await store.stop();
    await removeFolder(home);
  });
  await setUp(log);
  const port = await freePort();
  const node = `127.0.0.1:${port}`;
  const env = {
    MINI_BUILDD_HOME: home,
    MINI_BUILDD_LOG: store.connectionString,
    MINI_BUILDD_HTTP: node,
    MINI_BUILDD_NODE: node,
    MINI_BUILDD_HOSTNAME: 'buildd.example.org',
    MINI_BUILDD_TAKE_OVER_AFTER: '1',
  };
  const running = new Set<ChildProcess>();
  const imports = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    new Promise((done) => {
      const given = [program, 'import', ...args];
      const child = spawn(process.execPath, given, { env: { ...process.env, ...env, ...more } });
      running.add(child);
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
      child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
      child.once('close', (code) =>
        done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
      );
    });
  return {
    home,
    node,
    log,
    imports,
    ordinary: (): Promise<Ran> => imports([foreign.base, '--keyring', foreign.keyring]),
    signal: (signal: NodeJS.Signals) => {
      for (const child of running) child.kill(signal);
    },
    all: () => log.readAll(undefined, 10_000),
    holder: async () => (await readLease(log)).holder,
  };
};

/** What was said, without who holds the archive and what chance chose. */
const deeds = async ({ readAll }: Pick<EventLog, 'readAll'>): Promise<readonly string[]> =>
  (await readAll(undefined, 10_000))
    .filter(({ body }) => !body.type.startsWith('ArchiveLease'))
    .map(({ body }) =>
      JSON.stringify(body).replace(/"[0-9A-HJKMNP-TV-Z]{26}"|"[^"]*\/mini-buildd-foreign-[^"]*"/g, '"…"'),
    );

const embedded = async (test: TestContext): Promise<readonly string[]> => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-import-'));
  test.after(() => removeFolder(home));
  const log = await openEmbeddedLog(join(home, 'log'));
  await setUp(log);
  const { isDone } = await importOnHost(home, foreign.base, { ...importAsked, keyring: foreign.keyring }, log);
  assert.ok(isDone);
  const said = await deeds(log);
  await log.close();
  return said;
};

describe('mini-buildd import into an event store', () => {
  it('says there what it says in an embedded log, and gives the archive back', async (test) => {
    const { ordinary, log, holder, all, node } = await place(test);
    const { code, out, err } = await ordinary();
    assert.equal(code, 0, `${out}${err}`);
    assert.match(out, /imported and verified: 2 versions of 1 source packages\n$/);
    assert.deepEqual(await deeds(log), await embedded(test));
    const types = (await all()).map(({ body }) => body.type);
    assert.equal(types.at(-1), 'ArchiveLeaseReleased');
    assert.ok(types.indexOf('ArchiveLeaseTaken') < types.indexOf('PackageInstalled'));
    assert.equal(await holder(), undefined);
    assert.equal((await readLease(log)).last, node);
  });

  it('holds the archive from before it reads to its end, and lives to whoever would take over', async (test) => {
    const { imports, holder, node } = await place(test);
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      const look = async (): Promise<void> => {
        if (seen.length === 0) seen.push((await holder())?.node, await isAlive(node));
        response.end(await readFile(join(foreign.base, path)));
      };
      look().catch(() => response.writeHead(404).end());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    test.after(() => server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { code, out, err } = await imports([
      ...[address, '--suites', Object.keys(suites).join(',')],
      ...['--keyring', foreign.keyring],
    ]);
    assert.equal(code, 0, `${out}${err}`);
    assert.deepEqual(seen, [node, true]);
  });

  it('looks and says in a dry run, also beside a daemon, and writes nothing', async (test) => {
    const { imports, log, home } = await place(test);
    const alive = await living(test);
    assert.ok(await takeLease(log, await readLease(log), lease(alive)));
    const before = (await log.readAll(undefined, 10_000)).length;
    const { code, out, err } = await imports([foreign.base, '--keyring', foreign.keyring, '--dry-run']);
    assert.equal(code, 0, `${out}${err}`);
    assert.match(out, /2 versions of 1 source packages would be imported\n$/);
    assert.equal((await log.readAll(undefined, 10_000)).length, before);
    assert.deepEqual(await readdir(home), []);
  });

  it('is refused while a daemon holds the archive and lives, or waits for it on this machine', async (test) => {
    const { ordinary, log, home, all, node } = await place(test);
    const alive = await living(test);
    const held = await takeLease(log, await readLease(log), lease(alive));
    const before = await all();
    const refused = await ordinary();
    assert.equal(refused.code, 1, refused.out);
    assert.match(refused.err, /daemon-runs: the daemon at \S+ holds the archive, and lives \(stop the daemon, /);
    await held?.release();
    await living(test, Number(node.split(':')[1]));
    assert.match((await ordinary()).err, /daemon-runs: something listens already where that of \S+ would/);
    assert.equal((await all()).length, before.length + 1);
    assert.deepEqual(await readdir(home), []);
  });

  it('takes the archive from a daemon that does not answer, as its standby would', async (test) => {
    const { ordinary, log } = await place(test);
    assert.ok(await takeLease(log, await readLease(log), lease('127.0.0.1:1')));
    const { code, out, err } = await ordinary();
    assert.equal(code, 0, `${out}${err}`);
    assert.match(err, /127\.0\.0\.1:1 holds the archive, and has not answered for \d+ s/);
  });

  it('is refused where the archive lies on the disk of another node', async (test) => {
    const { imports, log } = await place(test);
    const held = await takeLease(log, await readLease(log), lease('ernie:8066'));
    await held?.release();
    const asked = [foreign.base, '--keyring', foreign.keyring];
    const refused = await imports(asked, { MINI_BUILDD_STANDBY: 'required' });
    assert.equal(refused.code, 1);
    assert.match(refused.err, /archive-elsewhere: the archive lies on the disk of ernie:8066, and this is /);
    assert.equal((await imports(asked)).code, 0, 'where both see one folder it lies here, too');
  });

  it('is finished by the next run where it was killed, and no daemon starts before', async (test) => {
    let left = 0;
    const at = await place(test, (type) => {
      if (type !== 'PackageRestored' && type !== 'PackageInstalled') return;
      left += 1;
      if (left === 1) at.signal('SIGKILL');
    });
    const killed = await at.ordinary();
    assert.equal(killed.code, null, `${killed.out}${killed.err}`);
    assert.throws(() => refuseHalfImported(at.home), /broken off: run mini-buildd import again/);
    assert.equal((await at.holder())?.node, at.node);
    const finished = await at.ordinary();
    assert.equal(finished.code, 0, `${finished.out}${finished.err}`);
    assert.match(finished.out, /that was broken off is finished: 2 versions/);
    assert.deepEqual(await deeds(at.log), await embedded(test));
    assert.equal(await at.holder(), undefined);
    refuseHalfImported(at.home);
  });

  it('stops where another node has taken over, and says no more', async (test) => {
    let taken = false;
    const at = await place(test, (type) => {
      if (type !== 'RepositoryConfigured' || taken) return;
      taken = true;
      // It goes on when that has come about, however slow we are.
      at.signal('SIGSTOP');
      taking = readLease(at.log)
        .then((seen) => takeLease(at.log, seen, lease('ernie:8066')))
        .finally(() => at.signal('SIGCONT'));
    });
    let taking: Promise<unknown> = Promise.resolve();
    const base = join(at.home, 'foreign');
    await cp(foreign.base, base, { recursive: true });
    const lost = await at.imports([base, '--keyring', foreign.keyring]);
    await taking;
    assert.equal(lost.code, 1, lost.out);
    assert.match(lost.err, /This node held the archive until ernie:8066 took over/);
    const after = (await at.all()).map(({ body }) => body.type);
    assert.ok(!after.includes('RepositoryImported'));
    assert.equal((await at.holder())?.node, 'ernie:8066');
  });
});

const lease = (node: string) =>
  ({ type: 'ArchiveLeaseTaken', node, builder: 'buildd.example.org', because: 'nobody held it' }) as const;

/** A daemon that says that it lives. */
const living = async (test: TestContext, port = 0): Promise<string> => {
  const server = createServer((_, response) => response.end('ok\n'));
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  test.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};
