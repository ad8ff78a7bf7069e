import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { sqlitePeople } from '../../src/adapters/people/sqlite-people.ts';
import { startProjector } from '../../src/app/projector.ts';
import { sealMaker } from '../../src/app/seals/make-seal.ts';
import { teller } from '../../src/app/tell.ts';
import { faultInWords } from '../../src/cli/fault-in-words.ts';
import { backUpOnHost, restoreOnHost } from '../../src/cli/host-backup.ts';
import { importOnHost } from '../../src/cli/host-import.ts';
import { isHalfImported } from '../../src/cli/import-journal.ts';
import { verifyLog } from '../../src/cli/verify-log.ts';
import type { Person } from '../../src/domain/account/person.ts';
import { type Settings, settingsFrom } from '../../src/settings.ts';
import { because } from '../support/accounts-at-work.ts';
import { commandFor, configured } from '../support/fixed-examples.ts';
import { type ForeignRepository, foreignRepository } from '../support/foreign-repository.ts';
import { importAsked } from '../support/import-asked.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { type SealedHome, sealedHome } from '../support/sealed-home.ts';
import { large, type SmallDisk, smallDisk } from './support/small-disk.ts';

const grover = { account: '00000000000000a1', login: 'grover', fullName: 'Grover', email: 'grover@example.org' };

/** Nothing of its log, seals and files is wrong, and as much is there. */
const isWhole = async (settings: Settings): Promise<void> => {
  let said = '';
  const say = (text: string): void => {
    said += text;
  };
  assert.equal(await verifyLog(settings, { json: false }, say), 0, said);
};

const fullThen = (error: unknown, where: string): void =>
  assert.match(faultInWords(error), /^no-room: .*make room(?: there and run it again|, and import again)/s, where);

/**
 * Does it on a disk of one block more each time, until there is enough of them: each time before it must say that the disk is full, and be finished by being done again
 * on a larger one. Gives how often it was full.
 */
const untilItFits = async (
  sizeOf: (n: number) => string,
  act: (disk: SmallDisk) => Promise<void>,
  whenFull: (disk: SmallDisk) => Promise<void>,
  isDone: (disk: SmallDisk) => Promise<void>,
): Promise<number> => {
  for (let n = 2; n < 1000; n += 1) {
    const disk = await smallDisk(sizeOf(n));
    try {
      const fault = await act(disk).then(
        () => undefined,
        (error: unknown) => error ?? 'nothing said',
      );
      if (fault === undefined) {
        await isDone(disk);
        return n - 2;
      }
      fullThen(fault, sizeOf(n));
      await whenFull(disk);
      await disk.grow();
      await act(disk);
      await isDone(disk);
    } finally {
      await disk.remove();
    }
  }
  return assert.fail('it never fitted');
};

const blocks = (n: number): string => `nr_blocks=${n},nr_inodes=100000`;
const inodes = (n: number): string => `nr_blocks=100000,nr_inodes=${n}`;

describe('A disk that is full', () => {
  let lived: SealedHome;
  let aside: string;

  before(async () => {
    lived = await sealedHome(3, 9000);
    aside = await mkdtemp(join(tmpdir(), 'mini-buildd-full-'));
    const people = sqlitePeople(join(lived.home, 'people', 'people.sqlite'), Date.now, { memory: 64, passes: 1 });
    await people.add({ ...grover, password: 'a furry blue password' } as unknown as Person & { password: never });
    people.close();
  });
  after(async () => {
    lived.remove();
    await removeFolder(aside);
  });

  for (const [what, size] of [
    ['blocks', blocks],
    ['inodes', inodes],
  ] as const)
    it(`of ${what} leaves no half backup, wherever it is full, and the same command finishes it`, async () => {
      const times = await untilItFits(
        size,
        async ({ path }) => assert.equal((await backUpOnHost(lived.settings, path, {})).isWhole, true),
        async ({ path }) => assert.deepEqual(await readdir(join(path, 'backups')).catch(() => []), []),
        async ({ path }) => {
          assert.deepEqual(await readdir(join(path, 'incomplete')), []);
          const target = settingsFrom({ MINI_BUILDD_HOME: join(aside, 'never') });
          const read = await restoreOnHost(target, path, { seen: [], dryRun: true });
          assert.equal(read.isWhole, true, read.says);
        },
      );
      assert.ok(times > 10, `full ${times} times`);
    });

  it('where the home is does not hinder its backup', async () => {
    const disk = await smallDisk();
    try {
      const home = join(disk.path, 'home');
      await cp(lived.home, home, { recursive: true });
      await disk.leave(0);
      const taken = await backUpOnHost(settingsFrom({ MINI_BUILDD_HOME: home }), join(aside, 'of-full'), {});
      assert.equal(taken.isWhole, true);
      assert.deepEqual(
        (await readdir(join(home, 'people'))).filter((name) => name.endsWith('.new')),
        [],
      );
    } finally {
      await disk.remove();
    }
  });

  it('breaks a restore off, wherever it is full, and the same command finishes it', async () => {
    const folder = join(aside, 'backups');
    await backUpOnHost(lived.settings, folder, {});
    const settings = ({ path }: SmallDisk) => settingsFrom({ MINI_BUILDD_HOME: join(path, 'home') });
    const times = await untilItFits(
      blocks,
      async (disk) =>
        assert.equal((await restoreOnHost(settings(disk), folder, { seen: [], dryRun: false })).isWhole, true),
      async (disk) => {
        const { home } = settings(disk);
        if (existsSync(join(home, 'log'))) assert.ok(existsSync(join(home, 'restoring')), 'no daemon would start');
      },
      (disk) => isWhole(settings(disk)),
    );
    assert.ok(times > 30, `full ${times} times`);
  });
});

describe('A disk that is full while a repository moves in', () => {
  const unstable = 'trixie-acme-unstable';
  let made: ForeignRepository;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-full-'));
    made = await foreignRepository(folder, {
      [unstable]: { holds: [{ source: 'hello', version: '2.0-1' }] },
      [`${unstable}-rollback0`]: { holds: [{ source: 'hello', version: '1.0-1' }] },
    });
    await withLog(join(folder, 'home'), async (log) => {
      const tell = teller(log, async () => undefined);
      for (const event of configured) if (event.type !== 'RepositoryConfigured') await tell(commandFor(event), because);
    });
  });
  after(() => removeFolder(folder));

  type Log = Awaited<ReturnType<typeof openEmbeddedLog>>;
  const withLog = async <A>(home: string, act: (log: Log) => Promise<A>): Promise<A> => {
    const log = await openEmbeddedLog(join(home, 'log'));
    return act(log).finally(() => log.close());
  };
  const imports = async (home: string): Promise<void> => {
    const options = { ...importAsked, keyring: made.keyring, key: made.secretKey };
    const { says, isDone } = await withLog(home, (log) => importOnHost(home, made.base, options, log));
    if (!isDone) throw new Error(says);
  };
  const deeds = (home: string): Promise<readonly string[]> =>
    withLog(home, async (log) => (await log.readAll(undefined, 1000)).map(({ body }) => String(body.type)));

  it('breaks the import off, wherever it is full, with nothing that a daemon would publish, and the same command finishes it', async () => {
    const whole = join(folder, 'whole');
    await cp(join(folder, 'home'), whole, { recursive: true });
    await imports(whole);
    const wanted = await deeds(whole);
    const before = await deeds(join(folder, 'home'));
    let full = 0;
    for (let n = 0; ; n += 1) {
      const disk = await smallDisk(large);
      try {
        const home = join(disk.path, 'home');
        await cp(join(folder, 'home'), home, { recursive: true });
        await disk.leave(n);
        const fault = await imports(home).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (fault !== undefined) {
          full += 1;
          fullThen(fault, `${n} blocks left`);
          await disk.grow();
          assert.ok(isHalfImported(home) || (await deeds(home)).length === before.length, `${n} blocks left`);
          await imports(home);
        }
        assert.deepEqual(await deeds(home), wanted, `${n} blocks left`);
        assert.ok(!isHalfImported(home));
        await isWhole(settingsFrom({ MINI_BUILDD_HOME: home }));
        if (fault === undefined) break;
      } finally {
        await disk.remove();
      }
    }
    assert.ok(full > 20, `full ${full} times`);
  });
});

describe('A log whose disk is full', () => {
  it('is not opened, and not taken for a damaged one either, and opens as soon as there is room', async () => {
    const lived = await sealedHome();
    let full = 0;
    for (let n = 0; n < 12; n += 1) {
      const disk = await smallDisk();
      try {
        const folder = join(disk.path, 'log');
        await cp(join(lived.home, 'log'), folder, { recursive: true });
        await disk.leave(n);
        const opens = async () => {
          const log = await openEmbeddedLog(folder);
          const [{ status }, events] = [log.state(), await log.readAll(undefined, 100)];
          await log.close();
          assert.deepEqual([status, events.length], ['writable', 7], `${n} blocks left`);
        };
        const fault = await opens().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (fault !== undefined) fullThen(fault, `${n} blocks left`);
        full += fault === undefined ? 0 : 1;
        await disk.grow();
        await opens();
      } finally {
        await disk.remove();
      }
    }
    lived.remove();
    assert.ok(full > 1 && full < 12, `full ${full} times`);
  });

  it('takes nothing, also no seal, and goes on as soon as there is room, however much was left', async () => {
    const lived = await sealedHome();
    const disk = await smallDisk();
    try {
      const home = join(disk.path, 'home');
      await cp(lived.home, home, { recursive: true });
      const log = await openEmbeddedLog(join(home, 'log'));
      const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: Date.now });
      const tell = teller(log, async () => undefined);
      let [full, sealed] = [0, 0];
      const seals = async (): Promise<void> => {
        const { world } = await startProjector(log, () => undefined);
        await sealMaker({ world, log, keyring, tell, now: Date.now })('at-once');
      };
      for (let left = 0; left < 12; left += 1) {
        await disk.leave(left);
        for (let n = 0; n < 12; n += 1) {
          const stopped = { type: 'EngineStopped', reason: `${left} blocks ${'x'.repeat(3000)} ${n}` } as const;
          for (const event of [stopped, { type: 'EngineStarted' } as const])
            await tell(commandFor(event), because).catch((error) => {
              full += 1;
              fullThen(error, `${left} blocks left`);
            });
        }
        await seals().catch((error) => fullThen(error, 'a seal'));
        assert.equal(log.state().status, 'writable', `${left} blocks left`);
        await disk.grow();
        await seals();
        sealed += 1;
      }
      await log.close();
      assert.ok(full > 12 && sealed === 12, `full ${full} times`);
      await isWhole(settingsFrom({ MINI_BUILDD_HOME: home }));
    } finally {
      await disk.remove();
      lived.remove();
    }
  });
});
