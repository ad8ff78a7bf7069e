import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { tellLastBackup } from '../../../src/adapters/host-works/last-backup.ts';
import { ourselves } from '../../../src/adapters/host-works/processes.ts';
import { seenWorks } from '../../../src/adapters/host-works/seen-works.ts';
import { tellDaemon } from '../../../src/adapters/host-works/told-work.ts';
import type { LastBackup } from '../../../src/domain/backup/last.ts';
import type { Instant } from '../../../src/domain/codec.ts';
import type { SeenWork } from '../../../src/ports/host-works.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { eventually } from '../../system/support/programs.ts';

const tolds = resolve(import.meta.dirname, '../../../src/adapters/host-works/told-work.ts');

/** A home that a daemon serves, and what it hears: what is under way, and how much of what was before was broken off. */
const served = async (test: TestContext) => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-host-works-'));
  const seen = await seenWorks(home, { interval: 3_600_000 });
  test.after(async () => {
    seen.close();
    await removeFolder(home);
  });
  let heard: readonly SeenWork[] = [];
  let ended = 0;
  seen.watch((alive, brokenOff) => {
    heard = alive;
    ended = brokenOff.size;
  });
  const look = async () => {
    await seen.look();
    return { works: heard.map(({ verb, says }) => `${verb}: ${says}`), brokenOff: ended };
  };
  return { home, folder: join(home, 'cache', 'host-works'), seen, look };
};

/** Another process that has something to do in `home`, once it has said so. */
const atWork = async (test: TestContext, home: string) => {
  const text = `import { tellDaemon } from ${JSON.stringify(tolds)};
    let n = 0;
    const work = tellDaemon(${JSON.stringify(home)}, 'log verify', () => (n += 1000));
    work.say('3 events');
    console.log('said');
    setInterval(() => undefined, 1000);`;
  const process_ = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  test.after(() => process_.kill('SIGKILL'));
  await once(process_.stdout, 'data');
  return process_;
};

/** As a program writes that lives. */
const fine = () => ({ verb: 'backup', says: '3 files', startedAt: Date.now(), process: ourselves() });

const backup: LastBackup = { taken: '2026-11-26T03:00:00.000Z' as Instant, events: 9, files: 4, bytes: 80, missing: 0 };

describe('What host programs say of themselves', () => {
  it('is seen from their beginning to their end, what is new once a second', async (test) => {
    const { home, look, folder } = await served(test);
    let now = 1_000_000;
    const work = tellDaemon(home, 'backup', () => now);
    assert.deepEqual(await look(), { works: ['backup: null'], brokenOff: 0 });
    work.say('1 files');
    assert.deepEqual((await look()).works, ['backup: null']);
    now += 1000;
    work.say('\u001B[2K2 files\u202E');
    assert.deepEqual((await look()).works, ['backup: \uFFFD[2K2 files\uFFFD']);
    now += 1000;
    work.say('3'.repeat(5000));
    assert.deepEqual((await look()).works, [`backup: ${'3'.repeat(200)}`]);
    work.done();
    assert.deepEqual(await look(), { works: [], brokenOff: 0 });
    assert.deepEqual(await readdir(folder), []);
  });

  it('is forgotten when they are killed, also where nobody has asked after them yet', async (test) => {
    const { home, look, folder } = await served(test);
    const child = await atWork(test, home);
    assert.deepEqual(await look(), { works: ['log verify: 3 events'], brokenOff: 0 });
    const closed = once(child, 'close');
    // Its parent has not fetched it at first: it is dead all the same.
    execFileSync('kill', ['-KILL', String(child.pid)]);
    await eventually('it is forgotten', 30, async () => (await look()).works.length === 0 || undefined);
    await closed;
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(await look(), { works: [], brokenOff: 0 });
  });

  it('is forgotten when another process has the number of theirs', async (test) => {
    const { folder, look } = await served(test);
    const us = ourselves();
    assert.ok(us !== undefined);
    await writeFile(
      join(folder, '1.json'),
      JSON.stringify({ ...fine(), process: { ...us, startedAt: us.startedAt - 1 } }),
    );
    assert.deepEqual(await look(), { works: [], brokenOff: 1 });
  });

  it('goes on being seen by the next life of the daemon, and what an earlier one left is swept', async (test) => {
    const { home, folder } = await served(test);
    await writeFile(join(folder, 'left.json.new'), '{');
    const child = await atWork(test, home);
    const next = await seenWorks(home, { interval: 3_600_000 });
    next.close();
    assert.deepEqual(await readdir(folder), []);
    child.kill('SIGKILL');
  });

  it('harms no work where there is no daemon, no folder or no right', async (test) => {
    const home = await mkdtemp(join(tmpdir(), 'mini-buildd-host-works-'));
    test.after(() => removeFolder(home));
    const work = tellDaemon(home, 'backup');
    work.say('1 files');
    work.done();
    assert.deepEqual(await readdir(home), []);
  });

  it('is made a place for again where somebody has removed the cache', async (test) => {
    const { home, look } = await served(test);
    await rm(join(home, 'cache'), { recursive: true });
    await look();
    tellDaemon(home, 'backup').say('1 files');
    assert.deepEqual((await look()).works, ['backup: null']);
  });

  const bad: Readonly<Record<string, (path: string) => Promise<unknown> | unknown>> = {
    'is no JSON': (path) => writeFile(path, '{"verb":'),
    'is empty': (path) => writeFile(path, ''),
    'is huge': (path) => writeFile(path, `${JSON.stringify(fine())}${' '.repeat(5000)}`),
    'is a list': (path) => writeFile(path, JSON.stringify([fine()])),
    'names another verb': (path) => writeFile(path, JSON.stringify({ ...fine(), verb: 'rm -rf' })),
    'has a control character': (path) => writeFile(path, JSON.stringify({ ...fine(), says: 'a\u0007b' })),
    'has a second line': (path) => writeFile(path, JSON.stringify({ ...fine(), says: 'a\nUnder way: b' })),
    'turns text around': (path) => writeFile(path, JSON.stringify({ ...fine(), says: 'a\u202Eb' })),
    'has a long line': (path) => writeFile(path, JSON.stringify({ ...fine(), says: 'a'.repeat(201) })),
    'began at no time': (path) => writeFile(path, JSON.stringify({ ...fine(), startedAt: -1 })),
    'has no process': (path) => writeFile(path, JSON.stringify({ ...fine(), process: null })),
    'is a link': async (path) => {
      await writeFile(`${path}.elsewhere`, JSON.stringify(fine()));
      await symlink(`${path}.elsewhere`, path);
    },
    'is a pipe': (path) => execFileSync('mkfifo', [path]),
    'is a folder': (path) => execFileSync('mkdir', [path]),
    'is not there any more': (path) => symlink('/nonexistent', path),
  };
  for (const [what, make] of Object.entries(bad))
    it(`counts for nothing where it ${what}`, async (test) => {
      const { folder, look } = await served(test);
      await make(join(folder, 'bad.json'));
      await writeFile(join(folder, 'fine.json'), JSON.stringify(fine()));
      assert.deepEqual(await look(), { works: ['backup: 3 files'], brokenOff: 0 });
    });

  it('counts for nothing where another user wrote it', { skip: process.geteuid?.() !== 0 }, async (test) => {
    const { folder, look, home, seen } = await served(test);
    await writeFile(join(folder, 'other.json'), JSON.stringify(fine()));
    await tellLastBackup(home, backup);
    assert.equal((await look()).works.length, 1);
    assert.deepEqual(seen.lastBackup(), backup);
    for (const path of [join(folder, 'other.json'), join(home, 'last-backup.json')]) await chown(path, 65534, 65534);
    assert.equal((await look()).works.length, 0);
    assert.equal(seen.lastBackup(), undefined);
  });

  it('is read of some files only, however many somebody puts there', async (test) => {
    const { folder, look } = await served(test);
    for (let n = 0; n < 60; n += 1) await writeFile(join(folder, `${n}.json`), JSON.stringify(fine()));
    assert.equal((await look()).works.length, 50);
  });
});

describe('The last backup', () => {
  it('is known of a home that was ever backed up', async (test) => {
    const { home, seen, look } = await served(test);
    assert.equal(seen.lastBackup(), undefined);
    await tellLastBackup(home, backup);
    await look();
    assert.deepEqual(seen.lastBackup(), backup);
    const next = await seenWorks(home, { interval: 3_600_000 });
    next.close();
    assert.deepEqual(next.lastBackup(), backup);
  });

  it('counts for nothing where it was at no time', async (test) => {
    const { home, seen, look } = await served(test);
    await tellLastBackup(home, { ...backup, taken: '2026-13-41T99:99:99.999Z' as Instant });
    await look();
    assert.equal(seen.lastBackup(), undefined);
    await rename(join(home, 'last-backup.json'), join(home, 'aside'));
    assert.match(await readFile(join(home, 'aside'), 'utf8'), /2026-13-41/);
  });
});
