import { readFile } from 'node:fs/promises';
import type { DesktopKeyring } from './desktop-keyring.ts';
import { netrcEntry } from './netrc.ts';
import type { Target } from './target.ts';

/** Where secrets may stand; never on the command line, which everybody on the machine can read. */
export type Secrets = {
  /** `MINI_BUILDD_PASSWORD` */
  readonly password: string | undefined;
  /** `MINI_BUILDD_TOKEN` */
  readonly token: string | undefined;
  readonly keyring: DesktopKeyring;
  /** Path of netrc(5). */
  readonly netrc: string;
  /** Asks without echo; `undefined` where nobody sits in front. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
};

export type Authorization = {
  /** Value of the header. */
  readonly header: string;
  /** Typed just now: to be kept when it turns out to be right. */
  readonly typed: { readonly name: string; readonly password: string } | undefined;
};

type Whom = Pick<Target, 'user' | 'address'>;

/**
 * Who we are, or `undefined`. Who names a user means their password: of the environment, the desktop's keyring, netrc, or typed. Without
 * a user a token in the environment wins over what netrc says of the host. A token may also stand where a password is expected.
 */
export const authorization = async (target: Whom, secrets: Secrets): Promise<Authorization | undefined> => {
  const { user, address } = target;
  if (user !== undefined && secrets.password) return known(user, secrets.password);
  if (secrets.token) return { header: `Bearer ${secrets.token}`, typed: undefined };
  const name = `${user}@${address}`;
  const kept = user === undefined ? undefined : await secrets.keyring.lookup(name);
  if (user !== undefined && kept !== undefined) return known(user, kept);
  const noted = await inNetrc(target, secrets.netrc);
  if (noted !== undefined || user === undefined) return noted;
  const password = (await secrets.ask?.(`Password of ${name}: `)) ?? '';
  return password === '' ? undefined : { ...known(user, password), typed: { name, password } };
};

const inNetrc = async ({ user, address }: Whom, netrc: string): Promise<Authorization | undefined> => {
  const machines = [address, address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')];
  const entry = netrcEntry(await readFile(netrc, 'utf8').catch(() => ''), machines, user);
  const login = user ?? entry?.login;
  return entry === undefined || login === undefined ? undefined : known(login, entry.password);
};

const known = (login: string, secret: string): Authorization => ({
  header: secret.startsWith('mbd_')
    ? `Bearer ${secret}`
    : `Basic ${Buffer.from(`${login}:${secret}`, 'utf8').toString('base64')}`,
  typed: undefined,
});
