import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createFile, isAside, replaceFile } from '../../src/disk/new-file.ts';
import { removeFolder } from '../support/remove-folder.ts';

const folderOf = async (test: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-disk-'));
  test.after(() => removeFolder(folder));
  return folder;
};

const moduleUrl = new URL('../../src/disk/new-file.ts', import.meta.url).href;

/** Of a process that writes half of `path` and is killed. */
const killedInTheMiddle = (verb: 'createFile' | 'replaceFile', path: string): NodeJS.Signals | null =>
  spawnSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { ${verb} } from '${moduleUrl}';
     async function* halves() { yield Buffer.from('half'); process.kill(process.pid, 'SIGKILL'); await new Promise(() => undefined); }
     setInterval(() => undefined, 1000);
     await ${verb}(${JSON.stringify(path)}, halves(), 0o600);`,
  ]).signal;

async function* fullDisk(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('ENOSPC');
}

describe('A file that is put in place', () => {
  it('replaces the old one, with just its mode whatever the umask', async (test) => {
    const path = join(await folderOf(test), 'tell');
    await writeFile(path, 'old', { mode: 0o600 });
    await replaceFile(path, 'new', 0o777);
    assert.equal(await readFile(path, 'utf8'), 'new');
    assert.equal((await stat(path)).mode & 0o777, 0o777);
  });

  it('leaves the old one and nothing beside it where it cannot be written', async (test) => {
    const folder = await folderOf(test);
    await writeFile(join(folder, 'key'), 'old');
    await assert.rejects(replaceFile(join(folder, 'key'), fullDisk(), 0o600), /ENOSPC/);
    await assert.rejects(createFile(join(folder, 'other'), fullDisk(), 0o600), /ENOSPC/);
    assert.deepEqual(await readdir(folder), ['key']);
    assert.equal(await readFile(join(folder, 'key'), 'utf8'), 'old');
  });

  it('leaves the old one, or none, where its writer is killed in the middle, and what is beside it is known as such', async (test) => {
    const folder = await folderOf(test);
    await writeFile(join(folder, 'key'), 'old');
    assert.equal(killedInTheMiddle('replaceFile', join(folder, 'key')), 'SIGKILL');
    assert.equal(killedInTheMiddle('createFile', join(folder, 'other')), 'SIGKILL');
    const names = await readdir(folder);
    assert.equal(names.length, 3);
    assert.deepEqual(
      names.filter((name) => !isAside(name)),
      ['key'],
    );
    assert.equal(await readFile(join(folder, 'key'), 'utf8'), 'old');
  });

  it('is made once where several make it at once', async (test) => {
    const folder = await folderOf(test);
    const made = await Promise.all(['a', 'b', 'c'].map((text) => createFile(join(folder, 'key'), text, 0o600)));
    assert.equal(made.filter((isNew) => isNew).length, 1);
    assert.deepEqual(await readdir(folder), ['key']);
    assert.equal(await readFile(join(folder, 'key'), 'utf8'), ['a', 'b', 'c'][made.indexOf(true)]);
    assert.equal(await createFile(join(folder, 'key'), 'late', 0o600), false);
  });
});
