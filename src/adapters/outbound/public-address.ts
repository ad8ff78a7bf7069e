import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether an IP address is one of the public network: not the host's own, not of a private network, not multicast, not reserved for anything. */
export const isPublicAddress = (address: string): boolean => {
  try {
    return ipaddr.parse(address).range() === 'unicast';
  } catch {
    return false;
  }
};

export class PrivateAddress extends Error {}

/**
 * Resolves names to public addresses only. The very addresses that were looked at are connected to, so a name that resolves to
 * something else a moment later gains nothing.
 */
export const publicLookup =
  (resolve: LookupFunction = lookup): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const addresses = Array.isArray(found) ? found : [];
      const hidden = addresses.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses;
      if (hidden !== undefined || first === undefined) {
        return callback(new PrivateAddress(`${hostname} is at ${hidden?.address ?? 'no address'}`), []);
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
