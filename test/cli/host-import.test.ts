import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { repreproArchive } from '../../src/adapters/reprepro/reprepro-archive.ts';
import { startProjector } from '../../src/app/projector.ts';
import { teller } from '../../src/app/tell.ts';
import { type ImportOptions, importOnHost } from '../../src/cli/host-import.ts';
import { refuseHalfImported } from '../../src/cli/import-journal.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { EventLog, RecordedEvent } from '../../src/ports/event-log.ts';
import { isOccupied, slotsOf } from '../../src/projections/contents.ts';
import { publicationOf } from '../../src/projections/publication-of.ts';
import { publishedContents } from '../adapters/reprepro/published.ts';
import { because } from '../support/accounts-at-work.ts';
import { acme, commandFor, configured } from '../support/fixed-examples.ts';
import { type ForeignRepository, type ForeignSuite, foreignRepository } from '../support/foreign-repository.ts';
import { importAsked } from '../support/import-asked.ts';
import { removeFolder } from '../support/remove-folder.ts';

const hello = (version: string) => ({ source: 'hello', version });
const unstable = 'trixie-acme-unstable';
const testing = 'trixie-acme-testing';
const automatic = ['NotAutomatic: yes', 'ButAutomaticUpgrades: yes'];

const suites: Readonly<Record<string, ForeignSuite>> = {
  [unstable]: { holds: [hello('2.0-1'), { source: 'libfoo', version: '1:0.1' }], fields: automatic },
  [`${unstable}-rollback0`]: { holds: [hello('1.1-1')], fields: ['NotAutomatic: yes'] },
  [`${unstable}-rollback1`]: { holds: [hello('1.0-1')], fields: ['NotAutomatic: yes'] },
  [testing]: { holds: [hello('1.0-1')], fields: automatic },
  // Removed there: nothing but its rollback is left.
  [`${testing}-rollback0`]: { holds: [{ source: 'libfoo', version: '1:0.1' }], fields: ['NotAutomatic: yes'] },
};

type Log = Awaited<ReturnType<typeof openEmbeddedLog>>;

let made: ForeignRepository;
let folderOfAll: string;

before(async () => {
  folderOfAll = await mkdtemp(join(tmpdir(), 'mini-buildd-foreign-'));
  made = await foreignRepository(folderOfAll, suites);
});
after(() => removeFolder(folderOfAll));

/** A fresh instance, and a repository of somebody else. */
const place = async (test: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-import-'));
  test.after(() => removeFolder(folder));
  const [home, base] = [join(folder, 'home'), join(folder, 'foreign')];
  await cp(made.base, base, { recursive: true });
  const withLog = async <Result>(act: (log: Log) => Promise<Result>): Promise<Result> => {
    const log = await openEmbeddedLog(join(home, 'log'));
    return act(log).finally(() => log.close());
  };
  await withLog(async (log) => {
    const tell = teller(log, async () => undefined);
    for (const event of configured) if (event.type !== 'RepositoryConfigured') await tell(commandFor(event), because);
  });
  const options = { ...importAsked, keyring: made.keyring };
  return {
    home,
    base,
    withLog,
    options,
    imports: (given: Partial<ImportOptions> = {}, from = base) =>
      withLog((log) => importOnHost(home, from, { ...options, ...given }, log)),
    events: () => withLog((log) => log.readAll(undefined, 10_000)),
    /** Publishes what is on record, and gives where. */
    published: () =>
      withLog(async (log) => {
        const { world } = await startProjector(log, () => undefined);
        const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now });
        const files = fileStore(join(home, 'files'));
        const archive = repreproArchive({ home: join(home, 'repositories'), files, keyring });
        const wanted = publicationOf(world, acme, instant(Date.now()));
        assert.ok(wanted);
        await archive.publish({ ...wanted, signers: [made.fingerprint] }, () => undefined);
        return archive.root(acme);
      }),
  };
};

const said = (events: readonly RecordedEvent[]): readonly DaemonEvent[] =>
  events.map(({ body }) => body as DaemonEvent);

/** What an import said, without what chance chose. */
const deeds = (events: readonly RecordedEvent[]): readonly string[] =>
  said(events).map((body) =>
    JSON.stringify(body).replace(/"[0-9A-HJKMNP-TV-Z]{26}"|"[^"]*\/mini-buildd-import-[^"]*"/g, '"…"'),
  );

/** The file of the pool that ends so. */
const inPool = async (base: string, end: string): Promise<string> => {
  const found = (await readdir(join(base, 'pool'), { recursive: true })).find((path) => path.endsWith(end));
  return join(base, 'pool', found ?? assert.fail(end));
};

const digest = (by: 'md5' | 'sha256', text: string): string => createHash(by).update(text).digest('hex');

/** A suite with several versions of hello, as aptly makes them; nobody vouches for it. */
const severalVersions = async (base: string, versions: readonly string[]): Promise<void> => {
  const suite = join(base, 'dists', unstable);
  await mkdir(join(suite, 'main', 'source'), { recursive: true });
  await mkdir(join(base, 'pool'));
  const entries: string[] = [];
  for (const version of versions) {
    const [name, text] = [`hello_${version}.dsc`, `hello ${version}`];
    await writeFile(join(base, 'pool', name), text);
    const listed = (by: 'md5' | 'sha256') => `\n ${digest(by, text)} ${text.length} ${name}\n`;
    entries.push(
      `Package: hello\nVersion: ${version}\nDirectory: pool\nFiles:${listed('md5')}Checksums-Sha256:${listed('sha256')}`,
    );
  }
  const index = entries.join('\n');
  await writeFile(join(suite, 'main', 'source', 'Sources'), index);
  const line = `${digest('sha256', index)} ${index.length} main/source/Sources`;
  await writeFile(join(suite, 'Release'), `Codename: ${unstable}\nSHA256:\n ${line}\n`);
};

/** Gives `folder` over HTTP; `before` hears each path that is asked for. */
const served = async (test: TestContext, folder: string, before: (path: string) => Promise<void>): Promise<string> => {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    before(path)
      .then(() => readFile(join(folder, path)))
      .then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

describe('mini-buildd import', () => {
  it('takes a repository of reprepro over, with its rollbacks and its key, and apt sees the same', async (test) => {
    const { imports, published, events, base } = await place(test);
    const { says, isDone } = await imports({ key: made.secretKey });
    assert.equal(isDone, true, says);
    assert.match(says, /imported and verified: 4 versions of 2 source packages\n/);
    const root = await published();
    for (const name of Object.keys(suites))
      assert.deepEqual(
        await publishedContents(root, name as never),
        await publishedContents(base, name as never),
        name,
      );
    const all = said(await events());
    const record = all.at(-1);
    assert.ok(record?.type === 'RepositoryImported');
    assert.equal(record.suites.length, 5);
    assert.ok(all.some((event) => event.type === 'ArchiveKeyGenerated' && event.fingerprint === made.fingerprint));
  });

  it('says in a dry run what would become of it, and leaves nothing behind', async (test) => {
    const { imports, events, home } = await place(test);
    const before = await events();
    const { says, isDone } = await imports({ dryRun: true });
    assert.equal(isDone, true, says);
    assert.match(says, /trixie-acme-unstable: 2 sources, 8 entries of binaries, signed, of 20/);
    assert.match(says, /repository acme/);
    assert.match(says, /4 versions of 2 source packages would be imported\n$/);
    assert.deepEqual(await events(), before);
    assert.deepEqual(await readdir(home), ['log']);
  });

  it('refuses what is damaged or missing by its name, and leaves out that alone where it is told to', async (test) => {
    const { imports, events, base, published } = await place(test);
    const before = await events();
    await truncate(await inPool(base, 'hello_1.1-1_arm64.deb'), 100);
    await rm(await inPool(base, 'libfoo-doc_0.1_all.deb'));
    const { says, isDone } = await imports();
    assert.equal(isDone, false);
    assert.match(says, /refused: trixie-acme-unstable-rollback0: hello 1\.1-1: damaged-file: \S+ has 100 bytes/);
    assert.match(says, /refused: trixie-acme-unstable: libfoo 1:0\.1: absent-file: /);
    assert.match(says, /rollback-gap: trixie-acme-unstable-rollback0 has no version of it/);
    assert.match(says, /Nothing was imported: 4 entries are refused; --skip-refused leaves them out\n$/);
    assert.deepEqual(await events(), before);

    const left = await imports({ skipRefused: true, closeGaps: true, key: made.secretKey });
    assert.equal(left.isDone, true, left.says);
    assert.match(left.says, /imported and verified: 2 versions of 1 source packages\n/);
    const root = await published();
    assert.deepEqual(
      (await publishedContents(root, `${unstable}-rollback0` as never))?.filter((line) => line.startsWith('source')),
      ['source hello 1.0-1'],
    );
  });

  it('reads what takes the place of a damaged version, too, before anything is on record', async (test) => {
    const { imports, home } = await place(test);
    const base = join(home, 'aptly');
    await severalVersions(base, ['1', '2', '3']);
    for (const version of ['2', '3']) await truncate(join(base, 'pool', `hello_${version}.dsc`), 1);
    const { says, isDone } = await imports({ unsigned: true, older: 'leave-out', skipRefused: true }, base);
    assert.equal(isDone, true, says);
    assert.match(says, /hello 2: damaged-file: (?:.*\n)*.*hello 3: damaged-file: /);
    assert.match(says, /imported and verified: 1 versions of 1 source packages\n/);
    refuseHalfImported(home);
  });

  it('is finished by the next run where it was broken off, whatever became of the source, and no daemon starts before', async (test) => {
    const whole = await place(test);
    await whole.imports();
    const { home, base, withLog, options, imports, events } = await place(test);
    let left = 3;
    const failing = (log: Log): EventLog => ({
      ...log,
      append: async (...args) => {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('the power failed')) : log.append(...args);
      },
    });
    await assert.rejects(
      withLog((log) => importOnHost(home, base, options, failing(log))),
      /the power failed/,
    );
    assert.throws(() => refuseHalfImported(home), /broken off: run mini-buildd import again/);
    await rm(base, { recursive: true });
    assert.match((await imports()).says, /that was broken off is finished: 4 versions/);
    assert.deepEqual(deeds(await events()), deeds(await whole.events()));
    refuseHalfImported(home);
  });

  /** An import that the power fails after so many appends. */
  const brokenOff = async (test: TestContext, appends: number, given: Partial<ImportOptions> = {}) => {
    const at = await place(test);
    let left = appends;
    const failing = (log: Log): EventLog => ({
      ...log,
      append: async (...args) => {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('the power failed')) : log.append(...args);
      },
    });
    const importing = at.withLog((log) => importOnHost(at.home, at.base, { ...at.options, ...given }, failing(log)));
    await assert.rejects(importing, /the power failed/);
    return { ...at, keys: () => readdir(join(at.home, 'keys')).catch(() => []) };
  };

  it('has no secret key in keys/ that is not on record, wherever it is broken off', async (test) => {
    const given = { key: made.secretKey };
    const { home, imports, keys } = await brokenOff(test, 0, given);
    assert.deepEqual(await keys(), []);
    assert.equal((await stat(join(home, 'importing'))).mode & 0o777, 0o600);
    await writeFile(join(home, 'importing.0123456789ab.new'), 'half of it');
    await mkdir(join(home, 'cache', 'import', 'gnupg-abc'), { recursive: true });
    const finished = await imports(given);
    assert.match(finished.says, /that was broken off is finished: .*\n$/);
    assert.equal(finished.isDone, true);
    assert.deepEqual(await keys(), ['archive-key.asc']);
    assert.deepEqual(
      (await readdir(home)).filter((name) => name.startsWith('import')),
      [],
    );
    assert.deepEqual(await readdir(join(home, 'cache', 'import')), []);
  });

  it('is given up where it was broken off, wherever that was, and leaves nothing that apt would see', async (test) => {
    for (const appends of [0, 2, 3]) {
      const { home, imports, events, withLog, keys } = await brokenOff(test, appends, { key: made.secretKey });
      const asked = { abandon: true } as const;
      const before = await events();
      assert.match((await imports({ ...asked, dryRun: true })).says, /would be given up\n$/);
      assert.deepEqual(await events(), before);
      const { says, isDone } = await withLog((log) => importOnHost(home, undefined, { ...importAsked, ...asked }, log));
      assert.equal(isDone, true, says);
      assert.match(says, /into acme is given up: /);
      refuseHalfImported(home);
      const { world } = await withLog((log) => startProjector(log, () => undefined));
      for (const name of [unstable, testing])
        assert.deepEqual(slotsOf(world.contents, name as never).filter(isOccupied), [], name);
      const isOnRecord = world.configuration.archiveKeys.some(({ fingerprint }) => fingerprint === made.fingerprint);
      assert.equal((await keys()).length, Number(isOnRecord));
      assert.equal(said(await events()).at(-1)?.type, 'ImportAbandoned');
      assert.match((await imports(asked)).says, /^no-import: no import was broken off here/);
      const again = await imports(appends === 3 ? { repository: 'other' } : {});
      assert.equal(again.isDone, true, again.says);
    }
  });

  it('that is finished in place of another one says so, and that this one is not done', async (test) => {
    const { home, base, imports } = await brokenOff(test, 1);
    const done = async (asked: Partial<ImportOptions>, from = base) => {
      const { says, isDone } = await imports(asked, from);
      const words = isDone
        ? /^the import .*finished.*\n$/
        : /finished.*\n\/\S+ was not looked at beside that: import it again\n$/;
      assert.match(says, words);
      return isDone;
    };
    const dryRun = true;
    assert.equal(await done({ dryRun, repository: 'acme', suites: unstable }), true);
    assert.equal(await done({ dryRun }, `${base}/`), true);
    assert.equal(await done({ dryRun, repository: 'other' }), false);
    assert.equal(await done({ dryRun, suites: `${unstable},trixie-acme-stable` }), false);
    assert.equal(await done({}, join(base, 'elsewhere')), false);
    refuseHalfImported(home);
  });

  it('that is being given up is not finished any more', async (test) => {
    const { home, imports, withLog } = await brokenOff(test, 3);
    let left = 1;
    const failing = (log: Log): EventLog => ({
      ...log,
      append: async (...args) => {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('the power failed again')) : log.append(...args);
      },
    });
    await assert.rejects(
      withLog((log) => importOnHost(home, undefined, { ...importAsked, abandon: true }, failing(log))),
      /the power failed again/,
    );
    assert.throws(() => refuseHalfImported(home), /broken off/);
    const asked = [await imports({ dryRun: true }), await imports()];
    for (const { says, isDone } of asked) {
      assert.match(says, /into acme .*given up.*\n\/\S+ was not looked at beside that: import it again\n$/);
      assert.equal(isDone, false);
    }
    refuseHalfImported(home);
  });

  it('refuses a package whose index calls it another one', async (test) => {
    const { imports, base } = await place(test);
    const folder = join(base, 'dists', unstable);
    const index = join(folder, 'main', 'binary-amd64', 'Packages');
    const text = gunzipSync(await readFile(`${index}.gz`)).toString();
    const other = gzipSync(
      text.replace(/^(Package: hello\n)((?:.+\n)*?)Version: 2\.0-1$/m, '$1Source: hello (2.0-1)\n$2Version: 2.0-1+b9'),
    );
    await writeFile(`${index}.gz`, other);
    const [release, name] = [await readFile(join(folder, 'Release'), 'utf8'), 'main/binary-amd64/Packages'];
    const lines = release
      .split('\n')
      .filter((line) => !line.endsWith(` ${name}`))
      .map((line) =>
        / [0-9a-f]{64} \d+ main\/binary-amd64\/Packages\.gz$/.test(line)
          ? ` ${createHash('sha256').update(other).digest('hex')} ${other.length} ${name}.gz`
          : line,
      );
    await writeFile(join(folder, 'Release'), lines.join('\n'));
    await rm(join(folder, 'InRelease'));
    await rm(index, { force: true });
    assert.match(
      (await imports({ unsigned: true, dryRun: true })).says,
      /hello 2\.0-1: other-control: pool\/\S+ is hello 2\.0-1 amd64 by its own control file, and its index says hello 2\.0-1\+b9 amd64/,
    );
  });

  it('refuses what nobody vouches for, or another key than was named, unless it is told to', async (test) => {
    const { imports, base, home } = await place(test);
    assert.match((await imports({ keyring: undefined as never })).says, /^no-keyring: nothing says whose signature/);
    const stranger = openpgpKeyring({ keysFolder: join(home, 'stranger'), now: Date.now });
    await writeFile(join(home, 'stranger.asc'), (await stranger.newArchiveKey([])).publicKey);
    assert.match(
      (await imports({ keyring: join(home, 'stranger.asc') })).says,
      /unknown-key.*\n(?:.*\n)*Nothing was imported\n/,
    );
    for (const suite of Object.keys(suites))
      for (const name of ['InRelease', 'Release.gpg']) await rm(join(base, 'dists', suite, name));
    assert.match((await imports()).says, /^unsigned: trixie-acme-testing has neither InRelease nor Release\.gpg/);
    assert.equal((await imports({ unsigned: true, dryRun: true })).isDone, true);
  });

  it('refuses indices that are not what their Release says', async (test) => {
    const { imports, base } = await place(test);
    await truncate(join(base, 'dists', unstable, 'main', 'source', 'Sources.gz'), 20);
    assert.match(
      (await imports()).says,
      /^damaged-index: dists\/trixie-acme-unstable\/main\/source\/Sources\.gz has SHA-256/,
    );
  });

  it('reads nothing that a link leads to outside, and no suite twice that has two names', async (test) => {
    const { imports, base, home } = await place(test);
    const pool = await inPool(base, 'hello_2.0-1_amd64.deb');
    await cp(pool, join(home, 'secret'));
    await rm(pool);
    await symlink(join(home, 'secret'), pool);
    await symlink(unstable, join(base, 'dists', 'unstable'));
    assert.match(
      (await imports()).says,
      /hello 2\.0-1: unsafe-filename: \S+ is a link that leads out of the repository/,
    );
  });

  it('refuses a repository that is in use, a codename that is not set up, and architectures that it lacks', async (test) => {
    const { imports, withLog } = await place(test);
    const map = [`${testing}=bookworm-acme-testing`, `${testing}-rollback0=bookworm-acme-testing-rollback0`];
    assert.match((await imports({ map })).says, /unknown-distribution: .*no codename "bookworm"/);
    assert.equal((await imports()).isDone, true);
    assert.match((await imports()).says, /^repository-in-use: acme has packages of its own here/);
    assert.equal((await imports({ repository: 'other', dryRun: true })).isDone, true);
    await withLog(async (log) => {
      const trixie = configured.find((event) => event.type === 'DistributionConfigured') ?? assert.fail();
      const architectures = trixie.architectures.slice(0, 1);
      await teller(log, async () => undefined)({ command: 'Configure', event: { ...trixie, architectures } }, because);
    });
    assert.match(
      (await imports({ repository: 'other' })).says,
      /unknown-architecture: trixie-acme-unstable has packages of architecture arm64/,
    );
  });

  it('imports from a web server the suites that are named, unless they change meanwhile', async (test) => {
    const { imports, base } = await place(test);
    let asked = 0;
    let change = true;
    const address = await served(test, base, async (path) => {
      asked += Number(path.endsWith('.deb'));
      if (!change || asked !== 3) return;
      change = false;
      const place = join(base, 'dists', testing);
      const other = await openpgpKeyring({ keysFolder: join(folderOfAll, 'foreign-keys'), now: Date.now }).signRelease(
        (await readFile(join(place, 'Release'), 'utf8')).replace(/^Date: .*$/m, 'Date: Thu, 01 Jan 2026 00:00:00 UTC'),
        Date.now(),
        [made.fingerprint],
      );
      await writeFile(join(place, 'InRelease'), other.inRelease);
    });
    assert.match((await imports({}, address)).says, /^unknown-suite: a web server does not say which suites there are/);
    const names = Object.keys(suites).join(',');
    assert.match(
      (await imports({ suites: names }, address)).says,
      /^changed-meanwhile: trixie-acme-testing was published anew/,
    );
    const { says, isDone } = await imports({ suites: names }, address);
    assert.equal(isDone, true, says);
  });
});
