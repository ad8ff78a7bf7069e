import { binaryType } from '../../domain/archive/pool-path.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { HeldVersion, PublishedDistribution } from '../../ports/archive.ts';

/**
 * What a distribution holds, a row for each place in an index: `TYPE|COMPONENT|ARCHITECTURE|PACKAGE`. An arch-indep
 * package stands in the index of every architecture. `digest` names the bytes: of the package, or of all files of a source.
 */
export type Row = { readonly source: string; readonly digest: string };
export type Contents = ReadonlyMap<string, Row>;

/** For `reprepro --list-format`: fields between unit separators, rows between record separators. */
export const listFormat = ['$type', '$component', '$architecture', 'package', '$source', 'sha256', 'checksums-sha256']
  .map((name) => `\${${name}}`)
  .join('\x1f')
  .concat('\x1e');

export const parseContents = (listed: string): Contents =>
  new Map(
    listed
      .split('\x1e')
      .slice(0, -1)
      .map((row) => {
        const [type, component, architecture, name, source = '', sha256 = '', sums = ''] = row.split('\x1f');
        const digest = type === 'dsc' ? sourceDigest(sums.split('\n').map((sum) => sum.trim().slice(0, 64))) : sha256;
        return [`${type}|${component}|${architecture}|${name}`, { source, digest }];
      }),
  );

export const wantedContents = (distribution: PublishedDistribution): Contents =>
  new Map(distribution.holds.flatMap((held) => rowsOf(held, distribution)));

export const rowsOf = (
  held: HeldVersion,
  { architectures }: PublishedDistribution,
): readonly (readonly [string, Row])[] => [
  [
    `dsc|${held.component}|source|${held.source}`,
    { source: held.source, digest: sourceDigest([held.dsc, ...held.sources].map(({ sha256 }) => sha256)) },
  ],
  ...held.binaries.flatMap((binary) =>
    (binary.architecture === 'all' ? architectures : [binary.architecture]).map(
      (architecture) =>
        [
          `${binaryType(binary)}|${binary.component}|${architecture}|${binary.package}`,
          { source: held.source, digest: binary.file.sha256 },
        ] as const,
    ),
  ),
];

/**
 * Sources to take out, and those to put in after that, so that `present` becomes `wanted`. A source goes or comes whole;
 * what comes replaces what has its place, so that only those go that would leave something in a place that is to be empty.
 */
export const difference = (
  present: Contents,
  wanted: Contents,
): { readonly out: ReadonlySet<string>; readonly in: ReadonlySet<string> } => {
  const differs = (one: Contents, other: Contents) =>
    [...one].filter(
      ([place, row]) => row.digest !== other.get(place)?.digest || row.source !== other.get(place)?.source,
    );
  const [lost, missed] = [differs(present, wanted), differs(wanted, present)];
  const touched = new Set([...lost, ...missed].map(([, { source }]) => source));
  const arriving = [...wanted.values()].map(({ source }) => source).filter((source) => touched.has(source));
  const leaving = lost.filter(([place]) => !wanted.has(place)).map(([, { source }]) => source);
  return { out: new Set(leaving), in: new Set(arriving) };
};

/** A few places where the two differ, for a person. */
export const describeDifference = (name: DistributionName, present: Contents, wanted: Contents): string => {
  const places = new Set([...present.keys(), ...wanted.keys()]);
  const facts = [...places].flatMap((place) => {
    const [is, should] = [present.get(place), wanted.get(place)];
    if (is?.digest === should?.digest && is?.source === should?.source) return [];
    return `${place} is ${is?.digest.slice(0, 12) ?? 'absent'}, should be ${should?.digest.slice(0, 12) ?? 'absent'}`;
  });
  return `${name}: ${facts.slice(0, 5).join('; ')}${facts.length > 5 ? ` and ${facts.length - 5} more` : ''}`;
};

const sourceDigest = (sums: readonly string[]): string => sums.toSorted().join(' ');
