import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { secretKeysIn } from '../../../src/adapters/import-source/gnupg-home.ts';
import { removeFolder } from '../../support/remove-folder.ts';

it('The secret keys of an old home are read however long the path of the new one is, and lie nowhere else', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'gnupg-'));
  test.after(() => removeFolder(folder));
  const [gnupg, home] = [join(folder, 'old'), join(folder, 'x'.repeat(120))];
  await mkdir(gnupg, { mode: 0o700 });
  await mkdir(home);
  const at = ['--homedir', gnupg, '--batch', '--passphrase', ''];
  execFileSync('gpg', [...at, '--quick-gen-key', 'it@example.org', 'ed25519', 'sign'], { stdio: 'pipe' });
  execFileSync('gpgconf', ['--homedir', gnupg, '--kill', 'all']);
  const before = process.env.TMPDIR;
  test.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  process.env.TMPDIR = join(folder, 't');
  await mkdir(process.env.TMPDIR);
  assert.match(await secretKeysIn(gnupg, join(home, 'cache', 'import')), /^-----BEGIN PGP PRIVATE KEY BLOCK-----/);
  assert.deepEqual(await readdir(home), []);
  assert.deepEqual(await readdir(tmpdir()), []);
});
