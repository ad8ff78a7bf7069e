import * as t from 'io-ts';
import { text } from '../codec.ts';

/** Name of a source package (Policy §5.6.1). */
export const SourceName = text(
  'SourceName',
  /^[a-z0-9][a-z0-9+.-]{1,127}$/,
  'lower case letters, digits, "+", "-" and ".", two characters or more, beginning with a letter or digit (Policy §5.6.1)',
);
export type SourceName = t.TypeOf<typeof SourceName>;

/** Name of a binary package (Policy §5.6.1): same alphabet as a source's. */
export const BinaryName = text(
  'BinaryName',
  /^[a-z0-9][a-z0-9+.-]{1,127}$/,
  'lower case letters, digits, "+", "-" and ".", two characters or more, beginning with a letter or digit (Policy §5.6.1)',
);
export type BinaryName = t.TypeOf<typeof BinaryName>;

/**
 * `[epoch:]upstream[-revision]` (Policy §5.6.12). Order: `version.ts`; `1.0` and `0:1.0` differ as text and are the same
 * version. An empty revision (`1.0-`) is refused as dpkg refuses it, a colon in the upstream part as Policy does.
 */
export const Version = text(
  'Version',
  /^(?=.{1,200}$)(?:\d{1,9}:)?\d(?:[A-Za-z0-9.+~-]*[A-Za-z0-9.+~])?$/,
  '[epoch:]upstream[-revision] of letters, digits, ".", "+", "~", "-", upstream beginning with a digit (Policy §5.6.12)',
);
export type Version = t.TypeOf<typeof Version>;

/** A Debian architecture a binary can have: `amd64`, or `all`. */
export const Architecture = text(
  'Architecture',
  /^[a-z0-9][a-z0-9-]{1,31}$/,
  'a Debian architecture such as amd64, or all (Policy §11.1)',
);
export type Architecture = t.TypeOf<typeof Architecture>;

/** Base distribution: `bookworm`. */
export const Codename = text('Codename', /^[a-z][a-z0-9]{1,31}$/, 'lower case letters and digits');
export type Codename = t.TypeOf<typeof Codename>;

/** Identity of one of our repositories: `test`. */
export const RepositoryId = text('RepositoryId', /^[a-z0-9]{1,32}$/, 'lower case letters and digits');
export type RepositoryId = t.TypeOf<typeof RepositoryId>;

/** A suite of a layout: `unstable`. */
export const SuiteName = text('SuiteName', /^[a-z][a-z0-9]{1,31}$/, 'lower case letters and digits');
export type SuiteName = t.TypeOf<typeof SuiteName>;

/** Archive area (Policy §2.2): `main`. */
export const Component = text('Component', /^[a-z][a-z0-9-]{1,31}$/, 'an archive area such as main (Policy §2.2)');
export type Component = t.TypeOf<typeof Component>;

/** SHA-256 in lower case hexadecimal. */
export const Sha256 = text('Sha256', /^[0-9a-f]{64}$/, '64 hexadecimal digits');
export type Sha256 = t.TypeOf<typeof Sha256>;

/** OpenPGP fingerprint, upper case hexadecimal. */
export const Fingerprint = text('Fingerprint', /^[0-9A-F]{40}$/, '40 hexadecimal digits');
export type Fingerprint = t.TypeOf<typeof Fingerprint>;

/**
 * Name of a file that Debian's tools exchange: one path segment that no shell, option parser or
 * file system reads in a second way. Never `.`, `..`, hidden, or beginning with `-`.
 */
export const FileName = text(
  'FileName',
  /^[A-Za-z0-9][A-Za-z0-9+.~_:-]{0,254}$/,
  'one name of at most 255 letters, digits, "+", ".", "~", "_", ":" and "-", beginning with a letter or digit',
);
export type FileName = t.TypeOf<typeof FileName>;

/** A file in the file store, under the name it had in Debian's world. Size in bytes. */
export const StoredFile = t.strict({ name: FileName, size: t.number, sha256: Sha256 }, 'StoredFile');
export type StoredFile = t.TypeOf<typeof StoredFile>;
