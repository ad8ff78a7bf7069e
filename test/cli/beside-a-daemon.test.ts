import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { silentHelper } from '../../ops/bench/silent-helper.ts';
import { LastBackup } from '../../src/domain/backup/last.ts';
import { decodeOrThrow } from '../../src/domain/codec.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { sealedHome } from '../support/sealed-home.ts';
import { attempt, eventually } from '../system/support/programs.ts';

const program = resolve(import.meta.dirname, '../../src/cli/mini-buildd.ts');

type Journal = { readonly msg: string; readonly about?: string; readonly http?: readonly number[] };

/** A daemon in a process of its own, which serves a home with some files. */
const daemon = async (test: TestContext) => {
  const { home, remove } = await sealedHome(8, 100_000);
  const aside = await mkdtemp(join(tmpdir(), 'mini-buildd-beside-'));
  const helper = await silentHelper(join(home, 'helper.sock'));
  const env = {
    ...process.env,
    MINI_BUILDD_HOME: home,
    MINI_BUILDD_HTTP: '127.0.0.1:0',
    MINI_BUILDD_FTP: '127.0.0.1:0',
    MINI_BUILDD_HOSTNAME: 'localhost',
    MINI_BUILDD_HELPER: join(home, 'helper.sock'),
  };
  const served = spawn(process.execPath, [program, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  test.after(async () => {
    await ended(served, 'SIGTERM');
    helper.close();
    remove();
    await removeFolder(aside);
  });
  const journal: Journal[] = [];
  createInterface(served.stdout).on('line', (line) => journal.push(JSON.parse(line) as Journal));
  const ready = await eventually('the daemon to be ready', 180, () => journal.find(({ msg }) => msg === 'ready'));
  const url = `http://127.0.0.1:${ready.http?.[0]}`;
  return {
    home,
    aside,
    env,
    works: join(home, 'cache', 'host-works'),
    page: async (): Promise<string> => (await fetch(`${url}/mini_buildd/`)).text(),
    status: async (): Promise<string> => (await fetch(`${url}/mini_buildd/api/status?output=plain`)).text(),
    said: (pattern: RegExp) => journal.find(({ about, msg }) => about === 'mini-buildd backup' && pattern.test(msg)),
  };
};

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill(signal);
  await closed;
};

describe('mini-buildd backup beside a running daemon', () => {
  it('is seen in page, tool and journal while it runs, not any more once it is killed, and remembered once it was taken', async (test) => {
    const { home, aside, env, works, page, status, said } = await daemon(test);
    // Nobody reads what it writes: it stands still in the middle.
    const backup = spawn(process.execPath, [program, 'backup', '-'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    test.after(() => ended(backup, 'SIGKILL'));
    const line = /^Under way: mini-buildd backup: on the host.*\(for (\d+) s\)$/m;
    const underWay = (least: number) =>
      eventually('the backup to be told of', 180, async () => {
        const seconds = line.exec(await status())?.[1];
        return seconds !== undefined && Number(seconds) >= least ? seconds : undefined;
      });
    await underWay(2);
    assert.match(await page(), /on the host<\/span> <b>mini-buildd backup<\/b>/);
    await ended(backup, 'SIGKILL');
    await eventually('the backup to be forgotten', 180, async () => (line.test(await status()) ? undefined : true));
    assert.doesNotMatch(await page(), /mini-buildd backup/);
    await eventually('the journal to have it', 60, () => said(/^on the host was broken off after \d+\.\d s$/));
    assert.deepEqual(await readdir(works), []);

    const { code, out, err } = await attempt(process.execPath, [program, 'backup', join(aside, 'backups')], { env });
    assert.equal(code, 0, err);
    const last = decodeOrThrow(
      LastBackup,
      JSON.parse(await readFile(join(home, 'last-backup.json'), 'utf8')),
      'the last backup',
    );
    assert.match(
      out,
      new RegExp(`^backup of ${last.taken}: ${last.events} events, ${last.files} files, ${last.bytes} bytes\n`),
    );
    assert.equal(last.missing, 0);
    await eventually('no work to be left', 180, async () => (/Under way/.test(await status()) ? undefined : true));
  });
});
