/** What a connection string says; paths as they were written. */
export type ConnectionSettings = {
  readonly hosts: readonly [Endpoint, ...(readonly Endpoint[])];
  /** The one host is a name behind which nodes of a cluster stand: any of them says who leads. */
  readonly isDiscovered: boolean;
  readonly isEncrypted: boolean;
  readonly login: Login | undefined;
  readonly authorityFile: string | undefined;
  /** Of the client itself. */
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly connectionName: string;
  /** Times and counts for the client, by its own names; what is not given is its choice. */
  readonly tuning: Partial<Record<Tuning, number>>;
};

export type Endpoint = { readonly address: string; readonly port: number };
export type Login = { readonly username: string; readonly password: string };

/**
 * Reads a connection string of EventStoreDB or KurrentDB. We read it ourselves: the client cuts passwords off at a colon, and prints the
 * whole string, password and all, when it does not know an option. Throws without repeating anything that may be a secret.
 */
export const connectionSettings = (text: string): ConnectionSettings => {
  const [, plus, login, hosts = '', query = ''] =
    /^(?:esdb|kurrentdb|kdb)(\+discover)?:\/\/(?:([^/?]*)@)?([^/?@]+)\/?(?:\?(.*))?$/.exec(text.trim()) ??
    wrong('its form');
  const options = optionsOf(query);
  const isEncrypted = flag(options, 'tls', true);
  if (!flag(options, 'tlsverifycert', true))
    wrong('tlsVerifyCert=false is not possible: name the authority by tlsCAFile');
  if ((options.get('nodepreference') ?? 'leader') !== 'leader') wrong('only the leader of a cluster is spoken to');
  const [certificateFile, keyFile] = [options.get('usercertfile'), options.get('userkeyfile')];
  if ((certificateFile === undefined) !== (keyFile === undefined))
    wrong('userCertFile and userKeyFile belong together');
  if (login !== undefined && !isEncrypted) wrong('a user and a password are only sent over TLS');
  return {
    hosts: hosts.split(',').map(endpoint) as unknown as ConnectionSettings['hosts'],
    isDiscovered: plus !== undefined,
    isEncrypted,
    login: login === undefined ? undefined : (loginOf(login, decodeURIComponent) ?? wrong('a login is USER:PASSWORD')),
    authorityFile: options.get('tlscafile'),
    certificateFile,
    keyFile,
    connectionName: options.get('connectionname') ?? 'mini-buildd',
    tuning: Object.fromEntries(
      tunings.flatMap((name) => {
        const value = options.get(name.toLowerCase());
        return value === undefined ? [] : [[name, number(name, value)]];
      }),
    ),
  };
};

/** Of `USER:PASSWORD`; the password may hold colons. */
export const loginOf = (text: string, decoded: (part: string) => string = (part) => part): Login | undefined => {
  const [, username, password] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (username === undefined || password === undefined) return undefined;
  return { username: decoded(username), password: decoded(password) };
};

const tunings = [
  'keepAliveInterval',
  'keepAliveTimeout',
  'gossipTimeout',
  'discoveryInterval',
  'maxDiscoverAttempts',
] as const;
type Tuning = (typeof tunings)[number];

const known: ReadonlySet<string> = new Set([
  ...['tls', 'tlsverifycert', 'tlscafile', 'usercertfile', 'userkeyfile', 'nodepreference', 'connectionname'],
  ...tunings.map((name) => name.toLowerCase()),
]);

/** By name in small letters, as the client takes them however they are written. */
const optionsOf = (query: string): ReadonlyMap<string, string> =>
  new Map(
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', value = ''] = pair.split('=');
        const flat = name.toLowerCase().replaceAll(/[_-]/g, '');
        if (value === '') return wrong('an option is NAME=VALUE');
        if (!known.has(flat)) return wrong(/^[a-z]{1,30}$/i.test(name) ? `there is no option ${name}` : 'an option');
        return [flat, decodeURIComponent(value)] as const;
      }),
  );

const flag = (options: ReadonlyMap<string, string>, name: string, usual: boolean): boolean => {
  const value = options.get(name) ?? String(usual);
  return value === 'true' || value === 'false' ? value === 'true' : wrong(`${name} is true or false`);
};

const number = (name: string, value: string): number =>
  /^\d{1,9}$/.test(value) ? Number(value) : wrong(`${name} is a whole number`);

const endpoint = (text: string): Endpoint => {
  const [, address, port = '2113'] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  if (address === undefined || Number(port) > 65_535) return wrong('a host is HOST or HOST:PORT');
  return { address, port: Number(port) };
};

const wrong = (fact: string): never => {
  throw new Error(
    `The event store's connection string is wrong (${fact}); write it as esdb://HOST:PORT, esdb://HOST,HOST,HOST or esdb+discover://NAME of a cluster, with ?tls=false where there is no TLS`,
  );
};
