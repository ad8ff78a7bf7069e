import { execFile } from 'node:child_process';
import { cp, lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The secret keys in a folder of gpg, armored. Its files are copied before gpg sees them, since it writes where it reads; the copy is for nobody
 * else, and is gone afterwards. Rejects where gpg gives none.
 */
export const secretKeysIn = async (gnupg: string): Promise<string> => {
  const copy = await mkdtemp(join(tmpdir(), 'gnupg-'));
  const at = ['--homedir', copy];
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
  try {
    await cp(gnupg, copy, { recursive: true, filter: isPlain });
    const { stdout } = await execute('gpg', [...at, '--batch', '--armor', '--export-secret-keys'], { env });
    if (stdout === '') throw new Error(`${gnupg} holds no secret key`);
    return stdout;
  } finally {
    await execute('gpgconf', [...at, '--kill', 'all'], { env }).catch(() => undefined);
    await rm(copy, { recursive: true, force: true });
  }
};

/** Sockets of an agent lie there, too, and links of whoever set it up. */
const isPlain = async (path: string): Promise<boolean> => {
  const stats = await lstat(path);
  return stats.isFile() || stats.isDirectory();
};
