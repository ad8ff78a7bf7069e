import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { type AddressInfo, isIPv4, type ListenOptions, type Socket } from 'node:net';
import type { Certificate, CertificatePair } from '../../ports/certificate.ts';
import { type Proxies, plain } from './client-address.ts';
import { countsWhile } from './client-certificate.ts';
import { type Holders, holders } from './holders.ts';
import type { Limits } from './limits.ts';

export type HttpEndpoint = {
  /** `undefined`: all interfaces, both families. */
  readonly host: string | undefined;
  /** 0 takes any free one. */
  readonly port: number;
  readonly isTls: boolean;
};

export type Listening = {
  /** In the order of the endpoints. */
  readonly ports: readonly number[];
  /** Takes no new request, lets answers under way end for a while, then closes every connection. */
  readonly close: () => Promise<void>;
};

/** Answers at every endpoint alike. Rejects, and listens nowhere, when one of them cannot be had or speaks TLS without a certificate. */
export const listenAt = async (
  endpoints: readonly HttpEndpoint[],
  certificate: Certificate | undefined,
  limits: Limits,
  { proxies, respond }: { readonly proxies: Proxies; readonly respond: RequestListener },
): Promise<Listening> => {
  const bounds = { all: Number.POSITIVE_INFINITY, each: limits.connectionsPerAddress };
  const guests = holders(bounds, limits.speaksForMany);
  const open: { readonly server: Server; readonly forget: () => void }[] = [];
  const close = async (): Promise<void> => {
    for (const { forget } of open) forget();
    await Promise.all(open.map(({ server }) => closed(server)));
  };
  try {
    for (const endpoint of endpoints) {
      const { server, forget } = endpoint.isTls ? secure(certificate, limits, respond) : bare(limits, respond);
      guard(server, limits, proxies, guests);
      await listening(server, { port: endpoint.port, ...familyOf(endpoint, endpoints) });
      open.push({ server, forget });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ports: open.map(({ server }) => (server.address() as AddressInfo).port), close };
};

const bare = (limits: Limits, respond: RequestListener) => ({
  server: createServer(serverOptions(limits), respond),
  forget: () => undefined,
});

const secure = (certificate: Certificate | undefined, limits: Limits, respond: RequestListener) => {
  if (certificate === undefined) throw new Error('TLS cannot be spoken without a certificate');
  const bounds = { ...serverOptions(limits), handshakeTimeout: limits.headers };
  const present = certificate.present();
  const asks = present.clients !== undefined && { requestCert: true, rejectUnauthorized: false };
  const server = createSecureServer({ ...bounds, ...asks, ...contextOf(present) }, respond);
  // Who speaks no TLS, or none that we do, is nobody's fault: his connection ends.
  server.on('tlsClientError', (_error, socket) => void socket.destroy());
  // Who was let in by an authority that is none any more has to come again; and who is busy, after this answer.
  const authorities = authoritiesOf(server);
  let { clients } = present;
  const renew = (pair: CertificatePair): void => {
    server.setSecureContext(contextOf(pair));
    if (pair.clients !== clients) authorities.change();
    clients = pair.clients;
    server.closeIdleConnections();
  };
  return { server, forget: certificate.onRenewal(renew) };
};

/** By which authorities connections began: those that shook hands meanwhile by those of before. */
const authoritiesOf = (server: SecureServer) => {
  const begun = new Map<string, number>();
  const answers = new Set<ServerResponse>();
  let changes = 0;
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    begun.set(peer, changes);
    socket.once('close', () => begun.delete(peer));
  });
  server.on('secureConnection', (socket) => {
    const peer = peerOf(socket);
    countsWhile(socket, () => begun.get(peer) === changes);
  });
  server.prependListener('request', (_, answer) => {
    answers.add(answer);
    answer.once('close', () => answers.delete(answer));
  });
  return {
    change: (): void => {
      changes += 1;
      for (const answer of answers) if (!answer.headersSent) answer.setHeader('Connection', 'close');
    },
  };
};

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

const contextOf = ({ cert, key, clients }: CertificatePair) => ({
  cert,
  key,
  ...(clients !== undefined && { ca: clients }),
});

const serverOptions = (limits: Limits) => ({
  maxHeaderSize: limits.headerBytes,
  headersTimeout: limits.headers,
  // For each request by `boundBody`.
  requestTimeout: 0,
  keepAliveTimeout: limits.keepAlive,
  connectionsCheckingInterval: Math.min(5000, limits.headers),
  noDelay: true,
});

/** Node's parser refuses what is malformed or smuggled (400), too long (431) or too slow (408); we bound how many connections there are. */
const guard = (server: Server, limits: Limits, proxies: Proxies, guests: Holders): void => {
  server.maxConnections = limits.connections;
  server.timeout = limits.idle;
  server.on('drop', () => server.closeIdleConnections());
  server.on('connection', (socket: Socket) => {
    const address = plain(socket.remoteAddress ?? '');
    if (proxies.has(address)) return;
    if (guests.take(address)) socket.once('close', () => guests.giveBack(address));
    else socket.destroy();
  });
};

/**
 * Every address of both families, or of IPv4 where there is no other; but of IPv6 alone where the same port is listened at by IPv4: the kernel
 * would give us one of them only.
 */
const familyOf = ({ host, port }: HttpEndpoint, all: readonly HttpEndpoint[]): ListenOptions => {
  if (host !== undefined && host !== '::') return { host };
  const isShared = port !== 0 && all.some((other) => other.port === port && isIPv4(other.host ?? ''));
  return isShared ? { host: '::', ipv6Only: true } : {};
};

const listening = (server: Server, where: ListenOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** Milliseconds that answers under way get to end. */
const grace = 2000;

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
