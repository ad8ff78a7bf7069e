import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { CallFailed } from '../../ports/webhooks.ts';

/** Whether an address is one of the public network: not this host's, not a private network's, not multicast or reserved. */
export const isPublic = (address: string): boolean =>
  isIP(address) !== 0 && ipaddr.parse(address).range() === 'unicast';

/**
 * Resolves names to public addresses only. The addresses that were looked at are those that are connected to, so a name that
 * resolves to something else a moment later gains nothing.
 */
export const publicLookup =
  (resolve: LookupFunction = lookup): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublic(address))) {
        return callback(new CallFailed(`${hostname} is at an address that is not public`), []);
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
