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
import { removeStaleLock } from '../../../src/adapters/reprepro/stale-lock.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { test } from './workshop.ts';

const disk = oneByOne(singleChanges);

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
    await removeStaleLock(archiveFolder(home, test), disk);
    assert.equal(existsSync(archiveFolder(home, test).lock), false);
  });

  it('stays while a reprepro works there, and the refusal names its process', async () => {
    const folder = archiveFolder(home, test);
    const other = await pretender(folder.base);
    try {
      await assert.rejects(removeStaleLock(folder, disk, 0), new RegExp(`archive-busy: .*process ${other.pid} `));
      assert.ok(existsSync(folder.lock));
    } finally {
      await other.end();
    }
    await removeStaleLock(folder, disk);
    assert.equal(existsSync(folder.lock), false);
  });

  it('does not outlive the daemon that held the archive before, and was stopped while it told reprepro something', async () => {
    const folder = archiveFolder(home, test);
    await mkdir(join(folder.base, 'conf'), { recursive: true });
    await writeFile(
      join(folder.base, 'conf/distributions'),
      'Codename: trixie-test-unstable\nArchitectures: amd64 source\nComponents: main\n',
    );
    await rm(folder.lock);
    // Its standard input stays open: it waits for the rest of what it is told.
    const script =
      "const c=require('child_process').spawn('reprepro',['--basedir',process.argv[1],'_detect'],{stdio:['pipe','ignore','inherit']});setInterval(()=>c,1e6)";
    const former = spawn(process.execPath, ['-e', script, folder.base], { stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      for (let n = 0; n < 600 && !existsSync(folder.lock); n += 1) await pause(100);
      assert.ok(existsSync(folder.lock), 'reprepro has taken its lock');
      former.kill('SIGSTOP');
      await removeStaleLock(folder, disk, 300);
      assert.equal(existsSync(folder.lock), false);
    } finally {
      former.kill('SIGKILL');
    }
  });

  it('does not mind a reprepro that works elsewhere', async () => {
    const elsewhere = await pretender(home);
    try {
      await removeStaleLock(archiveFolder(home, test), disk, 0);
      assert.equal(existsSync(archiveFolder(home, test).lock), false);
    } finally {
      await elsewhere.end();
    }
  });
});
