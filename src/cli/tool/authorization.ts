import { readFile } from 'node:fs/promises';
import { netrcEntry } from './netrc.ts';
import type { Target } from './target.ts';

/** Where secrets may stand; never on the command line, which everybody on the machine can read. */
export type Secrets = {
  /** `MINI_BUILDD_PASSWORD` */
  readonly password: string | undefined;
  /** `MINI_BUILDD_TOKEN` */
  readonly token: string | undefined;
  /** Path of netrc(5). */
  readonly netrc: string;
};

/**
 * The header that says who we are, or `undefined`. Who names a user means their password; else a token in the environment wins over
 * what netrc says of the host. A token may also stand where a password is expected.
 */
export const authorization = async (
  { user, address }: Target,
  { password, token, netrc }: Secrets,
): Promise<string | undefined> => {
  if (user !== undefined && password) return header(user, password);
  if (token) return `Bearer ${token}`;
  const machines = [address, address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')];
  const entry = netrcEntry(await readFile(netrc, 'utf8').catch(() => ''), machines, user);
  const login = user ?? entry?.login;
  return entry === undefined || login === undefined ? undefined : header(login, entry.password);
};

const header = (login: string, secret: string): string =>
  secret.startsWith('mbd_')
    ? `Bearer ${secret}`
    : `Basic ${Buffer.from(`${login}:${secret}`, 'utf8').toString('base64')}`;
