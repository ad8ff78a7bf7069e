import { isIP, SocketAddress } from 'node:net';

/** An IPv4 address that came in by an IPv6 socket, without its wrapping; any other as it is. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');

/** Whether what a client wrote (PORT, EPRT) is the address he connects from, however he spells it. */
export const sameAddress = (written: string, peer: string): boolean => {
  const family = isIP(written);
  if (family === 0) return false;
  const { address } = new SocketAddress({ address: written, family: family === 4 ? 'ipv4' : 'ipv6' });
  return plainAddress(address) === peer.replace(/%.*$/, '');
};

/** Of an address without wrapping. */
export const isLoopback = (address: string): boolean => address === '::1' || /^127(?:\.\d+){3}$/.test(address);

/** Who counts as one visitor: an IPv4 address, or the /64 that one IPv6 customer has to himself. */
export const visitor = (address: string): string => {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(0, missing)).fill('0'), ...last];
  return `${groups.slice(0, 4).join(':')}::/64`;
};
