import { createHash } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Uploaders } from './adapters/http/bringers.ts';
import { type Proxies, proxiesAmong } from './adapters/http/client-address.ts';
import type { HttpEndpoint } from './adapters/http/listening.ts';
import type { SmtpServer } from './adapters/smtp/smtp-mailer.ts';
import type { CertificateFiles } from './adapters/tls/certificate-files.ts';
import type { StandbyNeed } from './app/standby/seat.ts';
import { decodeOrThrow } from './domain/codec.ts';
import { BuilderTag } from './domain/configuration/events.ts';
import { WebAddress, webAddress } from './domain/configuration/web-address.ts';
import { Architecture } from './domain/debian/names.ts';
import { reasonOf } from './domain/reason.ts';

/** Where one instance lives and listens. */
export type Settings = {
  readonly home: string;
  /** Name of this instance's chroots and build folders on this machine; another home has another one. */
  readonly instance: string;
  /** At least one of them speaks plain HTTP: builds on this machine read from it what we publish. */
  readonly http: HttpEndpoints;
  /** What we prove our name with where TLS is spoken. */
  readonly certificate: CertificateFiles | undefined;
  /** Whose uploads by HTTP are taken. */
  readonly uploaders: Uploaders;
  /** Proxies in front of us, which say for whom they ask. */
  readonly proxies: Proxies;
  /** Where everybody outside reaches our pages and repositories. */
  readonly url: WebAddress;
  readonly ftp: Endpoint;
  /** Whether FTP from elsewhere has to come by TLS; where there is a certificate it may in any case. */
  readonly isFtpTlsRequired: boolean;
  /** First and last port of passive transfers. */
  readonly passivePorts: { readonly from: number; readonly to: number };
  /** `embedded:`, or the `esdb://` address of an event store or a cluster of them. */
  readonly log: string;
  /** File with `USER:PASSWORD` for the event store. */
  readonly logLogin: string | undefined;
  /** Socket of the root helper. */
  readonly helper: string;
  readonly hostname: string;
  /** `HOST:PORT` under which other daemons on the same log ask whether this one lives. */
  readonly node: string;
  /** Seconds of silence after which the archive of another daemon on the same log is taken over. */
  readonly takeOverAfter: number;
  /** Whether this archive has a standby with a disk of its own, and does without it; undefined: both see one folder. */
  readonly standby: StandbyNeed | undefined;
  readonly builds: number;
  /** What this builder is good for, as repositories may ask for it. */
  readonly tags: readonly BuilderTag[];
  /** How long a remote may be silent before its builds go elsewhere. */
  readonly leaseSeconds: number;
  /** The program that wakes a remote. */
  readonly wake: string | undefined;
  /** How long a node may be silent before its builds go elsewhere. */
  readonly nodeLeaseSeconds: number;
  readonly roles: ReadonlySet<Role>;
  /** For which chroots are made on this machine; undefined: where the archive is, for all that are configured, and at a node for its own. */
  readonly architectures: readonly Architecture[] | undefined;
  /** How much of what it fetched a web replica keeps. */
  readonly cacheGiB: number;
  /** Where a node or a web replica reaches the archive; undefined: at whoever holds it by the log. */
  readonly archive: WebAddress | undefined;
  /** File with `NAME:SECRET` of a node or a web replica. */
  readonly nodeLogin: string | undefined;
  /** Who takes our mail; undefined: we send none. */
  readonly smtp: SmtpServer | undefined;
  /** File that names an identity provider; undefined: people log in by password alone. */
  readonly signOn: string | undefined;
  /** `HOST:PORT` of webhooks that may be at private addresses. */
  readonly webhookHosts: ReadonlySet<string>;
};

/** What a daemon does for its instance: keeps the archive and everything that has to do with it, builds, or serves who reads. */
const everyRole = ['archive', 'builder', 'web'] as const;
type Role = (typeof everyRole)[number];

/** `host` undefined: all interfaces, both families. */
export type Endpoint = { readonly host: string | undefined; readonly port: number };

/** Reads the environment (see the manual for each name). Throws, naming the variable, when one makes no sense. */
export const settingsFrom = (environment: Readonly<Record<string, string | undefined>>): Settings => {
  const home = resolve(environment.MINI_BUILDD_HOME ?? '/var/lib/mini-buildd');
  const http = httpEndpoints('MINI_BUILDD_HTTP', environment.MINI_BUILDD_HTTP ?? '8066');
  const host = environment.MINI_BUILDD_HOSTNAME ?? hostname();
  const does = roles('MINI_BUILDD_ROLES', environment.MINI_BUILDD_ROLES);
  const isFtpTlsRequired = required('MINI_BUILDD_FTP_TLS', environment.MINI_BUILDD_FTP_TLS);
  return {
    home,
    instance: environment.MINI_BUILDD_INSTANCE ?? createHash('sha256').update(home).digest('hex').slice(0, 8),
    http,
    certificate: certificateFor(isFtpTlsRequired, http, does, environment),
    uploaders: uploaders('MINI_BUILDD_HTTP_UPLOADS', environment.MINI_BUILDD_HTTP_UPLOADS),
    proxies: proxies('MINI_BUILDD_PROXIES', environment.MINI_BUILDD_PROXIES ?? ''),
    url: publicAddress('MINI_BUILDD_URL', environment.MINI_BUILDD_URL, http[0], host),
    ftp: endpoint('MINI_BUILDD_FTP', environment.MINI_BUILDD_FTP ?? '8067'),
    isFtpTlsRequired,
    passivePorts: ports('MINI_BUILDD_FTP_PASSIVE', environment.MINI_BUILDD_FTP_PASSIVE ?? '32768-33023'),
    log: environment.MINI_BUILDD_LOG ?? 'embedded:',
    logLogin: environment.MINI_BUILDD_LOG_LOGIN,
    helper: environment.MINI_BUILDD_HELPER ?? resolve(home, 'run', 'root-helper.sock'),
    hostname: host,
    node: node('MINI_BUILDD_NODE', environment.MINI_BUILDD_NODE ?? `${hostname()}:${plain(http).port}`),
    takeOverAfter: count('MINI_BUILDD_TAKE_OVER_AFTER', environment.MINI_BUILDD_TAKE_OVER_AFTER, 30),
    standby: standby('MINI_BUILDD_STANDBY', environment.MINI_BUILDD_STANDBY),
    builds: count('MINI_BUILDD_BUILDS', environment.MINI_BUILDD_BUILDS, availableParallelism()),
    tags: tags('MINI_BUILDD_TAGS', environment.MINI_BUILDD_TAGS ?? ''),
    leaseSeconds: count('MINI_BUILDD_REMOTE_LEASE', environment.MINI_BUILDD_REMOTE_LEASE, 600),
    wake: wholePath('MINI_BUILDD_WAKE', environment.MINI_BUILDD_WAKE),
    nodeLeaseSeconds: count('MINI_BUILDD_NODE_LEASE', environment.MINI_BUILDD_NODE_LEASE, 60),
    roles: does,
    architectures: architectures('MINI_BUILDD_ARCHITECTURES', environment.MINI_BUILDD_ARCHITECTURES),
    archive: address('MINI_BUILDD_ARCHIVE', environment.MINI_BUILDD_ARCHIVE),
    nodeLogin: environment.MINI_BUILDD_NODE_LOGIN,
    cacheGiB: count('MINI_BUILDD_CACHE', environment.MINI_BUILDD_CACHE, 10),
    smtp: smtpServer('MINI_BUILDD_SMTP', environment.MINI_BUILDD_SMTP ?? 'localhost:25'),
    signOn: wholePath('MINI_BUILDD_OIDC', environment.MINI_BUILDD_OIDC, 'file'),
    webhookHosts: hosts('MINI_BUILDD_WEBHOOK_HOSTS', environment.MINI_BUILDD_WEBHOOK_HOSTS ?? ''),
  };
};

/** The first is the one that addresses are made from. */
export type HttpEndpoints = readonly [HttpEndpoint, ...HttpEndpoint[]];

const plain = (http: HttpEndpoints): HttpEndpoint => http.find(({ isTls }) => !isTls) ?? http[0];

/** Where builds on this machine reach what we publish. */
export const ownUrl = ({ http }: Pick<Settings, 'http'>): string => {
  const { host = '', port } = plain(http);
  return `http://${host === '' || host === '::' || host === '0.0.0.0' ? '127.0.0.1' : bracketed(host)}:${port}`;
};

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Where the store of personal data is. */
export const peopleFile = ({ home }: Pick<Settings, 'home'>): string => join(home, 'people', 'people.sqlite');

const endpoint = (name: string, value: string): Endpoint => {
  const [, host, given] = /^(?:([^/]*):)?(\d{1,5})$/.exec(value) ?? [];
  if (given === undefined || Number(given) > 65_535) throw new Error(`${name} is HOST:PORT, not "${value}"`);
  return {
    host: host === undefined || host === '' ? undefined : host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(given),
  };
};

const httpEndpoints = (name: string, value: string): HttpEndpoints => {
  const [first, ...others] = value.split(',').map((each) => {
    const [, scheme, rest = ''] = /^(?:(https?):\/\/)?(.*)$/.exec(each.trim()) ?? [];
    return { ...endpoint(name, rest.replace(/\/$/, '')), isTls: scheme === 'https' };
  });
  if (first === undefined || [first, ...others].every(({ isTls }) => isTls)) {
    throw new Error(
      `${name} speaks TLS only, and builds on this machine read what we publish without: add 127.0.0.1:8066 to it`,
    );
  }
  return [first, ...others];
};

const certificateFor = (
  isFtpTlsRequired: boolean,
  http: HttpEndpoints,
  does: ReadonlySet<Role>,
  environment: Readonly<Record<string, string | undefined>>,
): CertificateFiles | undefined => {
  const { MINI_BUILDD_TLS_CERTIFICATE: certificate, MINI_BUILDD_TLS_KEY: key } = environment;
  const isHttps = http.some(({ isTls }) => isTls);
  const clients = wholePath('MINI_BUILDD_TLS_CLIENT_CA', environment.MINI_BUILDD_TLS_CLIENT_CA, 'file');
  if (clients !== undefined && !isHttps)
    throw new Error(
      'MINI_BUILDD_TLS_CLIENT_CA says whose certificates clients show by https, and MINI_BUILDD_HTTP speaks none: give it an https:// endpoint, or leave certificates to the proxy that speaks TLS',
    );
  if (certificate !== undefined && key !== undefined)
    return {
      certificate: resolve(certificate),
      key: resolve(key),
      // Who only passes uploads on could not say whose certificate it saw.
      ...(clients !== undefined && does.has('archive') && { clients }),
    };
  if (certificate === undefined && key === undefined && !isHttps && !isFtpTlsRequired) return undefined;
  throw new Error('TLS needs both MINI_BUILDD_TLS_CERTIFICATE and MINI_BUILDD_TLS_KEY: files in PEM format');
};

const required = (name: string, value: string | undefined): boolean => {
  if (value === undefined || value === '' || value === 'offered') return false;
  if (value === 'required') return true;
  throw new Error(`${name} is offered or required, not "${value}"`);
};

const uploaders = (name: string, value: string | undefined): Uploaders => {
  if (value === undefined || value === '' || value === 'anybody') return 'anybody';
  if (value === 'known') return value;
  throw new Error(`${name} is anybody or known, not "${value}"`);
};

const standby = (name: string, value: string | undefined): StandbyNeed | undefined => {
  if (value === undefined || value === '' || value === 'required' || value === 'preferred') return value || undefined;
  throw new Error(`${name} is required or preferred, not "${value}"`);
};

const tags = (name: string, value: string): readonly BuilderTag[] =>
  value
    .split(/[,\s]+/)
    .filter((word) => word !== '')
    .map((word) => decodeOrThrow(BuilderTag, word, name));

const wholePath = (name: string, value: string | undefined, what = 'program'): string | undefined => {
  if (value === undefined || value === '') return undefined;
  if (!isAbsolute(value)) throw new Error(`${name} is the whole path of a ${what}, not "${value}"`);
  return value;
};

/** A path behind a proxy is not possible: `/repositories/` and `/mini_buildd/` are at the root everywhere. */
const publicAddress = (name: string, value: string | undefined, first: HttpEndpoint, hostname: string): WebAddress => {
  const written =
    value?.replace(/\/$/, '') ?? `${first.isTls ? 'https' : 'http'}://${bracketed(hostname)}:${first.port}`;
  if (!WebAddress.is(written) || !URL.canParse(written)) {
    throw new Error(`${name} is https://HOST or http://HOST:PORT without a path, not "${written}"`);
  }
  return webAddress(written);
};

const address = (name: string, value: string | undefined): WebAddress | undefined => {
  if (value === undefined) return undefined;
  const written = value.replace(/\/$/, '');
  if (!WebAddress.is(written) || !URL.canParse(written)) {
    throw new Error(`${name} is https://HOST or http://HOST:PORT without a path, not "${value}"`);
  }
  return webAddress(written);
};

const roles = (name: string, value: string | undefined): ReadonlySet<Role> => {
  const given = (value ?? everyRole.join()).split(',').map((each) => each.trim());
  const odd = given.find((each) => !everyRole.some((role) => role === each));
  if (odd !== undefined) throw new Error(`${name} is one or more of ${everyRole.join(',')}, and "${odd}" is none`);
  if (!given.includes('archive') && given.includes('web') && given.includes('builder'))
    throw new Error(
      `${name}: a builder node and a web replica are two daemons, each with a home and a port of its own`,
    );
  return new Set(given as readonly Role[]);
};

const architectures = (name: string, value: string | undefined): readonly Architecture[] | undefined => {
  const given = value?.split(',').map((each) => each.trim());
  const odd = given?.find((each) => !Architecture.is(each));
  if (odd !== undefined) throw new Error(`${name} is ARCHITECTURE,ARCHITECTURE…, and "${odd}" is none`);
  return given as readonly Architecture[] | undefined;
};

const proxies = (name: string, value: string): Proxies => {
  try {
    return proxiesAmong(value.split(',').filter((each) => each !== ''));
  } catch (error) {
    throw new Error(`${name}: ${reasonOf(error)}`);
  }
};

const ports = (name: string, value: string): Settings['passivePorts'] => {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(value) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last) || Number(last) > 65_535) {
    throw new Error(`${name} is FIRST-LAST, not "${value}"`);
  }
  return { from: Number(first), to: Number(last) };
};

const node = (name: string, value: string): string => {
  if (!/^(?:\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i.test(value)) throw new Error(`${name} is HOST:PORT, not "${value}"`);
  return value;
};

const count = (name: string, value: string | undefined, usual: number): number => {
  if (value === undefined) return usual;
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new Error(`${name} is a whole number from 1 on, not "${value}"`);
  return Number(value);
};

const hosts = (name: string, value: string): ReadonlySet<string> => {
  const all = value.split(',').filter((each) => each !== '');
  const odd = all.find((each) => !/^(?:\[[\da-f:.]+\]|[a-z\d.-]+):\d{1,5}$/.test(each));
  if (odd !== undefined) throw new Error(`${name} is HOST:PORT,HOST:PORT…, in small letters, and "${odd}" is not one`);
  return new Set(all);
};

/** A value that makes no sense is not repeated: it may hold a password. */
const smtpServer = (name: string, value: string): SmtpServer | undefined => {
  if (value === 'none') return undefined;
  const [, tls, user, password, host, port] =
    /^(?:smtp(s?):\/\/)?(?:([^:@/]+):([^@/]*)@)?(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i.exec(value) ?? [];
  if (host === undefined || Number(port ?? 25) > 65_535 || /%(?![\da-f]{2})/i.test(`${user}${password}`)) {
    throw new Error(`${name} is smtp://[USER:PASSWORD@]HOST[:PORT], smtps://… or none, and not what was given`);
  }
  const isTls = tls === 's' || tls === 'S';
  return {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: port === undefined ? (isTls ? 465 : 25) : Number(port),
    isTls,
    login:
      user === undefined ? undefined : { user: decodeURIComponent(user), password: decodeURIComponent(password ?? '') },
  };
};
