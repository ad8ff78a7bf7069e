import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { archiveFolder } from '../../../src/adapters/reprepro/archive-folder.ts';
import { oneByOne, singleChanges } from '../../../src/adapters/reprepro/disk.ts';
import { removeStaleLock, takeLockHere } from '../../../src/adapters/reprepro/stale-lock.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { test } from './workshop.ts';

const disk = oneByOne(singleChanges);
const permit = async (): Promise<void> => undefined;

describe("reprepro's lock", () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'stale-lock-'));
    await mkdir(join(home, test, 'db'), { recursive: true });
    await writeFile(archiveFolder(home, test).lock, '');
  });
  afterEach(() => removeFolder(home));

  /** A process named reprepro that has a file below `base` open. */
  const pretender = async (base: string) => {
    const script =
      "process.title='reprepro';require('fs').openSync(process.argv[1],'w');console.log('ready');setInterval(()=>{},1e6)";
    const child = spawn(process.execPath, ['-e', script, join(base, 'open')], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return { pid: child.pid, end: () => child.kill('SIGKILL') && once(child, 'exit') };
  };

  it('is removed when no reprepro is behind it', async () => {
    await removeStaleLock(archiveFolder(home, test), disk, permit);
    assert.equal(existsSync(archiveFolder(home, test).lock), false);
  });

  it('stays while a reprepro works there, and the refusal names its process', async () => {
    const folder = archiveFolder(home, test);
    const other = await pretender(folder.base);
    try {
      await assert.rejects(
        removeStaleLock(folder, disk, permit, { wait: 0 }),
        new RegExp(`archive-busy: .*process ${other.pid} `),
      );
      assert.ok(existsSync(folder.lock));
    } finally {
      await other.end();
    }
    await removeStaleLock(folder, disk, permit);
    assert.equal(existsSync(folder.lock), false);
  });

  /** Another daemon that tells reprepro something and does not end: its standard input stays open. Gives the daemon, once reprepro has its lock. */
  const formerDaemon = async (base: string) => {
    await mkdir(join(base, 'conf'), { recursive: true });
    await writeFile(
      join(base, 'conf/distributions'),
      'Codename: trixie-test-unstable\nArchitectures: amd64 source\nComponents: main\n',
    );
    await rm(archiveFolder(home, test).lock);
    const script =
      "const c=require('child_process').spawn('reprepro',['--basedir',process.argv[1],'_detect'],{stdio:['pipe','ignore','inherit']});console.log(c.pid);setInterval(()=>c,1e6)";
    const former = spawn(process.execPath, ['-e', script, base], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(former.stdout, 'data');
    for (let n = 0; n < 600 && !existsSync(archiveFolder(home, test).lock); n += 1) await pause(100);
    assert.ok(existsSync(archiveFolder(home, test).lock), 'reprepro has taken its lock');
    former.kill('SIGSTOP');
    return { reprepro: Number(said), end: () => former.kill('SIGKILL') };
  };

  it('does not outlive the daemon that held the archive before, and was stopped while it told reprepro something', async () => {
    const folder = archiveFolder(home, test);
    const former = await formerDaemon(folder.base);
    try {
      await removeStaleLock(folder, disk, permit, { wait: 300 });
      assert.equal(existsSync(folder.lock), false);
    } finally {
      former.end();
    }
  });

  it('stays, and so does the reprepro of the other daemon, when that holds the archive by the time it would be ended', async () => {
    const folder = archiveFolder(home, test);
    const former = await formerDaemon(folder.base);
    try {
      let asked = 0;
      const lost = async (): Promise<void> => {
        asked += 1;
        if (asked > 1) throw new Error('another node has taken over');
      };
      await assert.rejects(removeStaleLock(folder, disk, lost, { wait: 300 }), /another node has taken over/);
      assert.ok(existsSync(folder.lock));
      assert.ok(process.kill(former.reprepro, 0), 'it lives');
    } finally {
      former.end();
      process.kill(former.reprepro, 'SIGKILL');
    }
  });

  it('of another user stays, though no process is seen: a machine may show none of theirs', async () => {
    const folder = archiveFolder(home, test);
    const uid = (process.getuid?.() ?? 0) + 1;
    await assert.rejects(
      removeStaleLock(folder, disk, permit, { wait: 0, uid }),
      /archive-busy: .*lockfile belongs to/,
    );
    assert.ok(existsSync(folder.lock));
  });

  it('that was taken on another host is waited for until what ran there has ended, and goes only while we hold the archive', async () => {
    const folder = archiveFolder(home, test);
    await takeLockHere(folder, disk);
    const host = 'another machine';
    const lost = async (): Promise<void> => Promise.reject(new Error('another node has taken over'));
    await assert.rejects(removeStaleLock(folder, disk, lost, { host, waitElsewhere: 0 }), /has taken over/);
    assert.ok(existsSync(folder.lock));
    const waitElsewhere = 1_000;
    const began = performance.now();
    await removeStaleLock(folder, disk, permit, { host, waitElsewhere });
    assert.ok(performance.now() - began >= waitElsewhere);
    assert.equal(existsSync(folder.lock), false);
  });

  it('that was taken on another host is waited for no longer than it is there', async () => {
    const folder = archiveFolder(home, test);
    await takeLockHere(folder, disk);
    const waited = removeStaleLock(folder, disk, permit, { host: 'another machine', waitElsewhere: 3_600_000 });
    await rm(folder.lock);
    await waited;
  });

  it('is that of this host once it was said to be taken here', async () => {
    const folder = archiveFolder(home, test);
    await writeFile(folder.holder, 'another machine 0123\n');
    await takeLockHere(folder, disk);
    await removeStaleLock(folder, disk, permit);
    assert.equal(existsSync(folder.lock), false);
  });

  it('does not mind a reprepro that works elsewhere', async () => {
    const elsewhere = await pretender(home);
    try {
      await removeStaleLock(archiveFolder(home, test), disk, permit, { wait: 0 });
      assert.equal(existsSync(archiveFolder(home, test).lock), false);
    } finally {
      await elsewhere.end();
    }
  });
});
