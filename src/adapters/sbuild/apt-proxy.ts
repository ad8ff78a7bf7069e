import { open } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';

/** The way out of one build's network. */
export type AptProxy = { readonly close: () => Promise<void> };

/** The host's own proxy for apt, such as `http://proxy.example.org:3128`; `undefined` when it has none. */
export type Upstream = { readonly http: string | undefined; readonly https: string | undefined };

/**
 * Listens at `folder/apt` for apt in a build: an HTTP proxy that gets and asks for the head of what lies on `hosts` (`HOST:PORT`
 * each), tunnels to those among them that are asked for with https, and refuses everything else with a sentence that apt
 * prints. Uses the host's own proxy where it has one, though not for this machine itself.
 */
export const aptProxy = async (folder: string, hosts: readonly string[], upstream: Upstream): Promise<AptProxy> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const reachable = new Set(hosts);
  const open: Set<Duplex> = new Set();
  const server = createServer((incoming, answer) => {
    const refused = refusal(incoming.method ?? '', incoming.url ?? '', reachable);
    if (refused !== undefined) refuse(answer, refused.status, refused.fact);
    else fetchFor(incoming, answer, agent, upstream.http);
  });
  server.on('connect', (incoming, client, first) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    if (first.length > 0) client.unshift(first);
    tunnel(incoming.url ?? '', client, reachable, upstream.https);
  });
  server.on('clientError', (_, client) => client.destroy());
  const release = await listenIn(folder, server);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      for (const client of open) client.destroy();
      agent.destroy();
      await closed;
      await release();
    },
  };
};

/** A socket's path has at most 107 bytes, and a build's folder may have more: so it is named through the open folder. */
const listenIn = async (folder: string, server: Server): Promise<() => Promise<void>> => {
  const handle = await open(folder, 'r');
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(`/proc/self/fd/${handle.fd}/apt`, resolve);
    });
  } catch (error) {
    await handle.close();
    throw error;
  }
  return () => handle.close();
};

type Refused = { readonly status: number; readonly fact: string };

const refusal = (method: string, target: string, reachable: ReadonlySet<string>): Refused | undefined => {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, fact: `${method} is not for fetching packages` };
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url?.protocol !== 'http:' || url.username !== '' || url.password !== '') {
    return { status: 400, fact: 'a proxy is asked for a whole http: address' };
  }
  return reachable.has(hostAndPort(url)) ? undefined : { status: 403, fact: notReachable(hostAndPort(url)) };
};

const notReachable = (place: string): string => `${place} is not among the sources of this build`;

const hostAndPort = (url: URL): string => `${url.hostname}:${url.port === '' ? 80 : url.port}`;

const refuse = (answer: ServerResponse, status: number, fact: string): void => {
  if (answer.headersSent) return void answer.destroy();
  answer.writeHead(status, fact.replace(/[^\x20-\x7E]/g, '?'), { 'Content-Type': 'text/plain' });
  answer.end(`${fact}\n`);
};

const passedOn = ['user-agent', 'accept', 'range', 'if-range', 'if-modified-since', 'cache-control'];
const passedBack = ['content-type', 'content-length', 'content-range', 'last-modified', 'etag', 'date', 'location'];

const idleMs = 60_000;

const fetchFor = (incoming: IncomingMessage, answer: ServerResponse, agent: Agent, proxy: string | undefined): void => {
  const url = new URL(incoming.url ?? '');
  const through = proxy === undefined || isThisMachine(url.hostname) ? undefined : new URL(proxy);
  const to = through ?? url;
  const asked = request({
    agent,
    method: incoming.method ?? 'GET',
    host: unbracketed(to.hostname),
    port: to.port === '' ? 80 : to.port,
    path: through === undefined ? `${url.pathname}${url.search}` : url.href,
    headers: { ...only(passedOn, incoming.headers), ...credentials(through), Host: url.host },
    timeout: idleMs,
  });
  asked.on('timeout', () => asked.destroy(new Error(`${hostAndPort(to)} is silent`)));
  asked.on('error', (error) => refuse(answer, 502, `${hostAndPort(url)}: ${error.message}`));
  asked.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, only(passedBack, response.headers));
    pipeline(response, answer, () => {});
  });
  answer.on('close', () => asked.destroy());
  asked.end();
};

const only = (names: readonly string[], headers: IncomingMessage['headers']): Record<string, string | string[]> =>
  Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));

const credentials = (proxy: URL | undefined): Record<string, string> =>
  proxy === undefined || proxy.username === ''
    ? {}
    : {
        'Proxy-Authorization': `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}`,
      };

const isThisMachine = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);

const unbracketed = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** apt leaves out the brackets around an address of IPv6 here (apt 2.6). */
const bracketed = (place: string): string => place.replace(/^([\da-f]*:[\da-f:.]*):(\d+)$/i, '[$1]:$2');

/** CONNECT: bytes both ways, unread. */
const tunnel = (asked: string, client: Duplex, reachable: ReadonlySet<string>, proxy: string | undefined): void => {
  const place = bracketed(asked);
  const url = URL.canParse(`http://${place}`) ? new URL(`http://${place}`) : undefined;
  if (url === undefined || !reachable.has(hostAndPort(url))) {
    client.end(`HTTP/1.1 403 ${notReachable(place).replace(/[^\x20-\x7E]/g, '?')}\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  const through = proxy === undefined || isThisMachine(url.hostname) ? undefined : new URL(proxy);
  const to = through ?? url;
  const server: Socket = connect({ host: unbracketed(to.hostname), port: Number(to.port === '' ? 80 : to.port) });
  server.setTimeout(idleMs, () => server.destroy());
  server.once('connect', () => {
    // A proxy in front answers the same request itself.
    if (through === undefined) client.write('HTTP/1.1 200 Connected\r\n\r\n');
    else server.write(connectRequest(place, through));
    pipeline(client, server, () => {});
    pipeline(server, client, () => {});
  });
  server.once('error', () => client.end('HTTP/1.1 502 Not reachable\r\nContent-Length: 0\r\n\r\n'));
  client.once('close', () => server.destroy());
};

const connectRequest = (place: string, proxy: URL): string =>
  [
    `CONNECT ${place} HTTP/1.1`,
    `Host: ${place}`,
    ...Object.entries(credentials(proxy)).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');
