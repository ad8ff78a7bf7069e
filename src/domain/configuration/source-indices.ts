import type { Architecture, Sha256 } from '../debian/names.ts';
import type { SourceConfigured } from './events.ts';

/** An index that a `Release` vouches for, below the suite's folder. */
export type SourceIndex = {
  readonly path: string;
  readonly packing: '.xz' | '.gz' | '';
  readonly size: number;
  readonly sha256: Sha256;
};

/** Those of binary packages for an architecture, `all` included where its packages stand apart. */
export const binaryIndices = (
  source: SourceConfigured,
  release: string,
  architecture: Architecture,
): readonly SourceIndex[] => {
  const isApart = !/^No-Support-for-Architecture-all:.*\bPackages\b/m.test(release);
  const folders = [architecture, ...(isApart ? ['all'] : [])].map((each) => `binary-${each}/Packages`);
  return indices(source, release, source.suite.endsWith('/') ? ['Packages'] : folders);
};

/** Those of source packages. */
export const sourceIndices = (source: SourceConfigured, release: string): readonly SourceIndex[] =>
  indices(source, release, source.suite.endsWith('/') ? ['Sources'] : ['source/Sources']);

/** Whether the suite is one from which apt takes nothing by itself: backports, experimental. */
export const isNotAutomatic = (release: string): boolean => /^NotAutomatic: *yes *$/m.test(release);

/**
 * Where an index is asked for: by its hash, where the archive has it so, it is there also while a mirror is brought up to date
 * (DebianRepository/Format, Acquire-By-Hash).
 */
export const addressOf = ({ path, sha256 }: SourceIndex, release: string): string =>
  /^Acquire-By-Hash: *yes *$/m.test(release)
    ? `${path.slice(0, path.lastIndexOf('/') + 1)}by-hash/SHA256/${sha256}`
    : path;

const packings = ['.xz', '.gz', ''] as const;

/** Of each the smallest form that is there. Old security archives wrote a prefix before their components, in one place or the other. */
const indices = (
  { components, removeFromComponents: prefix, suite }: SourceConfigured,
  release: string,
  names: readonly string[],
): readonly SourceIndex[] => {
  const below = suite.endsWith('/')
    ? ['']
    : [...new Set(components.flatMap((each) => [`${each}/`, `${prefix}${each}/`]))];
  const listed = listedIn(release);
  return below
    .flatMap((folder) => names.map((name) => `${folder}${name}`))
    .flatMap((plain) => {
      const packing = packings.find((each) => listed.has(`${plain}${each}`));
      const found = packing === undefined ? undefined : listed.get(`${plain}${packing}`);
      return packing === undefined || found === undefined ? [] : [{ path: `${plain}${packing}`, packing, ...found }];
    });
};

/** By path. Of all lists in a `Release` only that by SHA-256 has digests of this length. */
const listedIn = (release: string): ReadonlyMap<string, Pick<SourceIndex, 'size' | 'sha256'>> =>
  new Map(
    [
      ...release.matchAll(
        /^ ([0-9a-f]{64})[ \t]+(\d{1,12})[ \t]+(\S+(?:Packages|Sources)(?:\.xz|\.gz)?|(?:Packages|Sources)(?:\.xz|\.gz)?)$/gm,
      ),
    ].map(([, sha256, size, path = '']) => [path, { sha256: sha256 as Sha256, size: Number(size) }]),
  );
