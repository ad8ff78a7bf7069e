import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What gpgv says of a file: whether it vouches for a signature, and the text. */
export type GpgvVerdict = { readonly good: boolean; readonly text: string };

/** A folder with a keyring of real gpg. `close` ends its agent and removes it. */
export type GnupgHome = {
  readonly folder: string;
  /** Runs gpg with these arguments, `input` on its stdin. */
  readonly gpg: (args: readonly string[], input?: string) => string;
  /** Makes a key by `--quick-generate-key` and returns its fingerprint. */
  readonly makeKey: (name: string, algorithm: string, extra?: readonly string[], expires?: string) => string;
  readonly clearsign: (key: string, text: string, extra?: readonly string[]) => string;
  /** Writes the public keys to a file and returns its path. */
  readonly exportRing: (keys: readonly string[], extra?: readonly string[]) => string;
  readonly gpgv: (ring: string, file: string, detached?: string) => GpgvVerdict;
  /** Whose signatures it finds valid (primary keys), with keys that may be some of those that signed. */
  readonly validSignatures: (ring: string, file: string, detached?: string) => readonly string[];
  readonly close: () => void;
};

export const gnupgHome = (): GnupgHome => {
  const folder = mkdtempSync(join(tmpdir(), 'gpg-'));
  const env = { ...process.env, GNUPGHOME: folder, LC_ALL: 'C.UTF-8' };
  let files = 0;
  const gpg = (args: readonly string[], input = ''): string =>
    execFileSync(
      'gpg',
      ['--batch', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
      {
        env,
        input,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
  const fresh = (content: string): string => {
    files += 1;
    const path = join(folder, `file-${files}`);
    writeFileSync(path, content);
    return path;
  };
  return {
    folder,
    gpg,
    makeKey: (name, algorithm, extra = [], expires = 'never') => {
      const usage = /^(?:default|dsa|rsa|ed|nist|brain)/.test(algorithm) ? 'sign' : 'default';
      gpg([...extra, '--quick-generate-key', `${name} <${name}@example.org>`, algorithm, usage, expires]);
      const listing = gpg(['--with-colons', '--list-keys', `=${name} <${name}@example.org>`]);
      return /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1] ?? '';
    },
    clearsign: (key, text, extra = []) => gpg([...extra, '--local-user', `${key}!`, '--clearsign'], text),
    exportRing: (keys, extra = []) => {
      const path = fresh('');
      gpg([...extra, '--yes', '--output', path, '--export', ...keys]);
      return path;
    },
    validSignatures: (ring, file, detached) => {
      const files = detached === undefined ? [fresh(file)] : [fresh(detached), fresh(file)];
      const args = ['--keyring', ring, '--status-fd', '1', '--output', fresh('')];
      const { stdout } = spawnSync('gpgv', [...args, ...files], { env, encoding: 'utf8' });
      return [...stdout.matchAll(/^\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40})$/gm)].map(([, each = '']) => each);
    },
    gpgv: (ring, file, detached) => {
      const output = fresh('');
      const args = ['--keyring', ring, '--status-fd', '1'];
      const signed = fresh(file);
      const { stdout, status } = spawnSync(
        'gpgv',
        detached === undefined ? [...args, '--output', output, signed] : [...args, fresh(detached), signed],
        { env, encoding: 'utf8' },
      );
      const good = status === 0 && /^\[GNUPG:\] GOODSIG /m.test(stdout) && !/^\[GNUPG:\] (?:BAD|ERR)SIG /m.test(stdout);
      return { good, text: readFileSync(output, 'utf8') };
    },
    close: () => {
      spawnSync('gpgconf', ['--kill', 'all'], { env });
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
