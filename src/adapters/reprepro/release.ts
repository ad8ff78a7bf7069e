import type { Instant } from '../../domain/codec.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';

/** A file as a `Release` lists it. */
export type Listed = { readonly path: string; readonly size: number; readonly sha256: Sha256 };

/** What a `Release` says but for its dates: while it stays the same, the distribution has not changed. */
export const releaseBody = (distribution: PublishedDistribution, files: readonly Listed[]): readonly string[] => [
  ...(distribution.notAutomatic ? ['NotAutomatic: yes'] : []),
  ...(distribution.notAutomatic && distribution.butAutomaticUpgrades ? ['ButAutomaticUpgrades: yes'] : []),
  'Acquire-By-Hash: yes',
  `Architectures: ${distribution.architectures.join(' ')}`,
  `Components: ${distribution.components.join(' ')}`,
  `Description: ${distribution.description}`,
  'SHA256:',
  ...files.map(({ path, size, sha256 }) => ` ${sha256} ${String(size).padStart(8)} ${path}`),
];

export const releaseHead = ({ origin, label, name }: PublishedDistribution): readonly string[] => [
  `Origin: ${origin}`,
  `Label: ${label}`,
  `Suite: ${name}`,
  `Codename: ${name}`,
];

/** The whole file. SHA-256 alone: apt has known it longer than any release that is still supported. */
export const releaseText = (
  head: readonly string[],
  dates: { readonly date: Instant; readonly validUntil: Instant | null },
  body: readonly string[],
): string =>
  [
    ...head,
    `Date: ${releaseDate(dates.date)}`,
    ...(dates.validUntil === null ? [] : [`Valid-Until: ${releaseDate(dates.validUntil)}`]),
    ...body,
    '',
  ].join('\n');

/** `Sun, 22 Nov 2026 10:15:00 UTC`. */
const releaseDate = (instant: Instant): string => new Date(instant).toUTCString().replace(/GMT$/, 'UTC');
