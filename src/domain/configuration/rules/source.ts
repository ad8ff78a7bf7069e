import type { Refusal } from '../../refusal.ts';
import type { SourceConfigured } from '../events.ts';
import { isOneLine, isPath, quoted, unless } from './rule.ts';

/** What is wrong with a source by itself. Apt reads all of this (sources.list(5), apt_preferences(5)), so nothing may read in two ways. */
export const sourceFaults = (source: SourceConfigured): readonly Refusal[] => {
  const { id, origin, suite, uris, components, keys, pin, removeFromComponents, checkHours } = source;
  const about = `source ${id}`;
  return [
    ...unless(uris.length > 0, 'source-without-archive', `${about} names no archive`, 'give at least one of uris'),
    ...uris.flatMap((uri) => archiveFaults(about, uri)),
    ...unless(
      isOneLine(origin, 60) && /^[^,\s](?:[^,]*[^,\s])?$/.test(origin),
      'malformed-origin',
      `${about}: the origin is "${origin.slice(0, 80)}"`,
      'write it as the Release file of the archive does, such as Debian',
    ),
    ...unless(
      /^[A-Za-z0-9][A-Za-z0-9._+-]*(?:\/[A-Za-z0-9._+-]+)*\/?$/.test(suite) && suite.length <= 100,
      'malformed-suite',
      `${about}: the suite is "${suite.slice(0, 80)}"`,
      'write what follows the URI in an apt source, such as trixie-updates',
    ),
    ...unless(
      components.length > 0 || suite.endsWith('/'),
      'source-without-components',
      `${about} names no component`,
      'name some, such as main; only a flat archive, whose suite ends in "/", has none',
    ),
    ...pinFaults(about, pin),
    ...unless(
      /^[A-Za-z0-9./_-]{0,40}$/.test(removeFromComponents),
      'malformed-prefix',
      `${about}: "${removeFromComponents.slice(0, 60)}" cannot be a prefix of components`,
      'write what stands before them, such as updates/',
    ),
    ...keyFaults(about, keys),
    ...unless(
      checkHours >= 1 && checkHours <= 168,
      'malformed-interval',
      `${about} is to be looked at every ${checkHours} hours`,
      'give a number of hours from 1 to 168',
    ),
  ];
};

const archiveFaults = (about: string, uri: string): readonly Refusal[] => {
  const url = URL.canParse(uri) && isOneLine(uri, 512) && !/\s/.test(uri) ? new URL(uri) : undefined;
  const isWeb = url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '';
  return [
    ...unless(
      isWeb && /[^/]\/$/.test(uri),
      'malformed-archive',
      `${about}: "${uri.slice(0, 120)}" is no address of an archive`,
      'write http:// or https:// and end it in exactly one "/"',
    ),
    ...unless(
      url === undefined || (url.username === '' && url.password === ''),
      'secret-in-archive',
      `${about}: the address of an archive holds a login, and what is configured is never forgotten`,
      'give the login to a proxy in front of it, or to apt (apt_auth.conf(5))',
    ),
  ];
};

const pinned = ['Codename', 'Suite', 'Archive', 'Version', 'Label'];

const pinFaults = (about: string, pin: SourceConfigured['pin']): readonly Refusal[] => [
  ...unless(
    !Object.hasOwn(pin, 'Origin'),
    'origin-protected',
    `${about}: the pin names an Origin`,
    'the origin of a source has a field of its own: leave it out of the pin',
  ),
  ...Object.entries(pin).flatMap(([field, value]) => [
    ...unless(
      field === 'Origin' || pinned.includes(field),
      'unknown-pin',
      `${about}: nothing is pinned by "${field.slice(0, 40)}"`,
      `pin by ${pinned.join(', ')}`,
    ),
    ...unless(
      isOneLine(value, 100) && /^[^,\s](?:[^,]*[^,\s])?$/.test(value),
      'malformed-pin',
      `${about}: the ${field.slice(0, 40)} is "${value.slice(0, 80)}"`,
      'write it as the Release file does; a comma would end it',
    ),
  ]),
];

/** An event holds less than 64 kB; what is larger belongs into a keyring file. */
const mostOfKeys = 48_000;

const keyFaults = (about: string, keys: string): readonly Refusal[] => {
  if (keys.startsWith('/')) {
    return unless(isPath(keys), 'malformed-keyring', `${about}: the keyring is ${quoted([keys])}`, 'give a plain path');
  }
  return [
    ...unless(
      /^\s*-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*-----END PGP PUBLIC KEY BLOCK-----\s*$/.test(keys),
      'source-without-keys',
      `${about} has no keys that its Release could be verified with`,
      'give the path of a keyring file, or armored public keys (gpg --armor --export)',
    ),
    ...unless(
      !keys.includes('PRIVATE KEY'),
      'private-key',
      `${about}: the keys hold a private one`,
      'give public keys only (gpg --armor --export), and make the private one anew: it was shown',
    ),
    ...unless(
      keys.length <= mostOfKeys,
      'oversized-keys',
      `${about}: the keys have ${keys.length} characters, ${mostOfKeys} fit`,
      'put them into a keyring file on the host and give its path',
    ),
  ];
};
