import { execFile } from 'node:child_process';
import { cp, lstat, mkdir, mkdtemp, rm, rmdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The secret keys in a folder of gpg, armored. Its files are copied before gpg sees them, since it writes where it reads; the copy lies in `scratch`, is
 * for nobody else, and is gone afterwards, with whatever of `scratch` was not there before. Rejects where gpg gives none.
 */
export const secretKeysIn = async (gnupg: string, scratch: string): Promise<string> => {
  const made = await mkdir(scratch, { recursive: true, mode: 0o700 });
  const copy = await mkdtemp(join(scratch, 'gnupg-'));
  // The agent's socket lies below the name that gpg is given, and may have 107 characters with it: keys stay where they are, only a short name of it is elsewhere.
  const short = await mkdtemp(join(tmpdir(), 'gpg-'));
  const at = ['--homedir', join(short, 'g')];
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
  try {
    await symlink(resolve(copy), join(short, 'g'));
    await cp(gnupg, copy, { recursive: true, filter: isPlain });
    const { stdout } = await execute('gpg', [...at, '--batch', '--armor', '--export-secret-keys'], { env });
    if (stdout === '') throw new Error(`${gnupg} holds no secret key`);
    return stdout;
  } finally {
    await execute('gpgconf', [...at, '--kill', 'all'], { env }).catch(() => undefined);
    await rm(short, { recursive: true, force: true });
    await rm(copy, { recursive: true, force: true });
    if (made !== undefined)
      for (let at = scratch; at.length >= made.length; at = dirname(at)) await rmdir(at).catch(() => undefined);
  }
};

/** Sockets of an agent lie there, too, and links of whoever set it up. */
const isPlain = async (path: string): Promise<boolean> => {
  const stats = await lstat(path);
  return stats.isFile() || stats.isDirectory();
};
