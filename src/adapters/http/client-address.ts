import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Proxies that may say for whom they ask. */
export type Proxies = { readonly has: (address: string) => boolean };

export const noProxies: Proxies = { has: () => false };

/** Of addresses and networks: `127.0.0.1`, `10.0.0.0/8`, `2001:db8::/64`. Throws, naming it, for what is neither. */
export const proxiesAmong = (written: readonly string[]): Proxies => {
  const list = new BlockList();
  for (const each of written) {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(each) ?? [];
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0 || Number(bits ?? 0) > (family === 'ipv6' ? 128 : 32)) {
      throw new Error(`"${each}" is neither an address nor a network such as 10.0.0.0/8`);
    }
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') };
};

const behindProxies = new WeakMap<IncomingMessage, string>();

/**
 * Notes for whom a proxy of ours asks: the last address in `X-Forwarded-For` that is not one of our proxies. What stands before it
 * anybody may have written there.
 */
export const noteClient = (req: IncomingMessage, proxies: Proxies): void => {
  const said = req.headers['x-forwarded-for'];
  if (said === undefined || !proxies.has(peer(req))) return;
  const hops = (Array.isArray(said) ? said.join() : said).split(',').map((hop) => hop.trim());
  const client = hops.findLast((hop) => !proxies.has(hop));
  if (client !== undefined && isIP(client) !== 0) behindProxies.set(req, client);
};

/** Who asks, as far as it can be known: limits count by it. */
export const addressOf = (req: IncomingMessage): string => behindProxies.get(req) ?? peer(req);

const peer = ({ socket }: IncomingMessage): string => plain(socket.remoteAddress ?? '');

/** One spelling for those who reach an IPv6 socket by IPv4. */
export const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');
