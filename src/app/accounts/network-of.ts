/**
 * What counts as one place that somebody comes from: an IPv4 address; of an IPv6 address the first 64 bits, since who has one has all
 * that begin with them (RFC 6177).
 */
export const networkOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [first = '', rest] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const groups = first === '' ? [] : first.split(':');
  const after = rest === undefined || rest === '' ? [] : rest.split(':');
  const zeros = Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0');
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
};
