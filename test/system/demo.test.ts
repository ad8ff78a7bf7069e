import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEmbeddedLogReadOnly } from '../../src/adapters/embedded-log/embedded-log.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { attempt, eventually, freePort, type Ran } from './support/programs.ts';
import { leaveTemplate } from './support/template.ts';

describe('ops/start', () => {
  let folder: string;
  let home: string;
  let instance: string;
  let ports: NodeJS.ProcessEnv;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-demo-'));
    await chmod(folder, 0o755);
    home = join(folder, 'home');
    instance = createHash('sha256').update(home).digest('hex').slice(0, 8);
    ports = {
      MINI_BUILDD_HTTP: `127.0.0.1:${await freePort()}`,
      MINI_BUILDD_FTP: `127.0.0.1:${await freePort()}`,
      MINI_BUILDD_HOSTNAME: '127.0.0.1',
    };
  });
  after(async () => {
    await leaveTemplate(instance);
    await removeFolder(folder);
    for (const kind of ['chroots', 'builds']) {
      await removeFolder(`/var/lib/mini-buildd/${kind}/${instance}`);
    }
  });

  const start = (at: string, ...args: readonly string[]): Promise<Ran> =>
    attempt(join(import.meta.dirname, '../../ops/start'), args, { env: { ...ports, MINI_BUILDD_HOME: at } });

  const demo = async (): Promise<string> => {
    const { code, out, err } = await start(home, '--demo', '--once');
    assert.equal(code, 0, `${out}\n${err}`);
    const [, version = ''] = /^apt fetched: mini-buildd-sample (\S+)$/m.exec(out) ?? [];
    assert.notEqual(version, '', out);
    return version;
  };

  const leavesNoProcess = async (): Promise<void> => {
    let left: readonly string[] = [];
    await eventually('its processes to end', 120, async () => {
      left = await processesOf(home, instance);
      return left.length === 0 || undefined;
    }).catch(() => assert.deepEqual(left, []));
  };

  it('shows the way from dput to apt, twice with one chroot, and leaves no process behind', async () => {
    const first = await demo();
    await leavesNoProcess();
    const second = await demo();
    assert.ok(second > first, `${second} comes after ${first}`);
    await leavesNoProcess();
    assert.equal((await typesIn(home)).filter((type) => type === 'ChrootPrepared').length, 1);
  });

  it('refuses by name a folder that the service users cannot enter', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { code, err } = await start(join(closed, 'home'));
    assert.notEqual(code, 0);
    assert.match(err, new RegExp(`^the user mini-buildd cannot enter ${closed}: .* chmod o\\+x ${closed}$`, 'm'));
  });

  it('says how it is used', async () => {
    const { code, err } = await start(home, '--no-such-thing');
    assert.equal(code, 2);
    assert.match(err, /ops\/start --demo/);
  });
});

/** Whatever was started for the instance: it has the home in its environment, or a folder or a name of the instance in its arguments. */
const processesOf = async (home: string, instance: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const command = (await read('cmdline')).replaceAll('\0', ' ');
    const isOurs = (await read('environ')).includes(`MINI_BUILDD_HOME=${home}\0`) || command.includes(instance);
    if (isOurs) found.push(command);
  }
  return found;
};

const typesIn = async (home: string): Promise<readonly string[]> => {
  const log = await openEmbeddedLogReadOnly(join(home, 'log'));
  const events = await log.readAll(undefined, 1000);
  await log.close();
  return events.map(({ body }) => body.type);
};
