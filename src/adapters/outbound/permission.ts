import { isAbsolute, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';

/** A place that may be looked at: a file in one of these folders, or a URL, at any address only where the configuration names it. */
export type Place =
  | { readonly kind: 'file'; readonly path: string; readonly folders: readonly string[] }
  | { readonly kind: 'url'; readonly url: URL; readonly anyAddress: boolean };

/**
 * What may be fetched. Where the configuration names places (beginnings of URLs, folders), those and nothing else, whatever addresses they
 * have; where it names none, whatever is at a public address.
 */
export const permitted = (address: string, allowed: readonly string[]): Either<Refusal, Place> => {
  if (address.startsWith('/') || address.startsWith('file:')) return permittedFile(address, allowed);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    const fact = `${shown(address)} is neither an address of http or https nor an absolute path`;
    return left(refusal('bad-address', fact, 'give the URL of a .dsc, or the path of one on this host'));
  }
  if (url.username !== '' || url.password !== '') {
    const fact = 'the address holds a name or password, and addresses are kept on record';
    return left(refusal('bad-address', fact, 'use an address that needs none'));
  }
  if (allowed.length === 0) return right({ kind: 'url', url, anyAddress: false });
  return allowed.some((beginning) => isBelow(url, beginning))
    ? right({ kind: 'url', url, anyAddress: true })
    : left(notAllowed(address));
};

const permittedFile = (address: string, allowed: readonly string[]): Either<Refusal, Place> => {
  const path = pathOf(address);
  const folders = allowed.filter(isAbsolute);
  if (path === undefined) return left(refusal('bad-address', `${shown(address)} is no path`, 'give an absolute path'));
  return folders.some((folder) => isInside(path, folder))
    ? right({ kind: 'file', path, folders })
    : left(notAllowed(address));
};

const pathOf = (address: string): string | undefined => {
  if (address.includes('\0')) return undefined;
  if (!address.startsWith('file:')) return normalize(address);
  try {
    return fileURLToPath(address);
  } catch {
    return undefined;
  }
};

/** Whether a normal path is in a folder or below it. */
export const isInside = (path: string, folder: string): boolean => path.startsWith(`${folder.replace(/\/+$/, '')}/`);

/** Same scheme, host and port, and the path within: `/debian` covers `/debian/pool`, and not `/debian-other`. */
const isBelow = (url: URL, beginning: string): boolean => {
  if (!URL.canParse(beginning)) return false;
  const { origin, pathname } = new URL(beginning);
  return url.origin === origin && (url.pathname === pathname || isInside(url.pathname, pathname));
};

const notAllowed = (address: string): Refusal =>
  refusal(
    'address-not-allowed',
    `${shown(address)} is not below any place that this instance fetches from`,
    'ask an administrator to add it to portextFrom of the instance',
  );

const shown = (address: string): string => JSON.stringify(address.slice(0, 200));
