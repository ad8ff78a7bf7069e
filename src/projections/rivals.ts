import { compareVersions } from '../domain/debian/version.ts';
import type { HeldBinary, HeldVersion } from '../ports/archive.ts';
import { atOnce, eachInSlices, type Sliced } from './slices.ts';

/**
 * A rollback distribution without the binary packages that another source has there in a higher version. Suites have one source for
 * each name, but a name may pass from source to source, and what each held before it ages by itself. Of two packages of one name apt
 * would take the higher version, and an index of reprepro holds one.
 */
export const withoutRivals = (holds: readonly HeldVersion[]): readonly HeldVersion[] =>
  atOnce(withoutRivalsInSlices(holds));

export function* withoutRivalsInSlices(holds: readonly HeldVersion[]): Sliced<readonly HeldVersion[]> {
  const firsts = new Map<string, Claim>();
  const outdone = new Map<HeldVersion, Set<string>>();
  yield* eachInSlices(holds, (held) => {
    for (const binary of held.binaries) {
      const claim = { held, binary };
      const other = firsts.get(binary.package);
      const isFirst = other === undefined || other.held === held || precedes(claim, other);
      if (isFirst) firsts.set(binary.package, claim);
      if (other === undefined || other.held === held) continue;
      const { held: loser } = isFirst ? other : claim;
      outdone.set(loser, (outdone.get(loser) ?? new Set()).add(binary.package));
    }
  });
  return outdone.size === 0 ? holds : holds.map((held) => without(held, outdone.get(held)));
}

type Claim = { readonly held: HeldVersion; readonly binary: HeldBinary };

/** By version; of equal ones, by the name of the source, so that it is always the same. */
const precedes = (one: Claim, other: Claim): boolean => {
  const order = compareVersions(one.binary.version, other.binary.version);
  return order === 0 ? one.held.source < other.held.source : order > 0;
};

/** The publisher knows versions by identity: what is left of one is the same object every time. */
const without = (held: HeldVersion, packages: ReadonlySet<string> | undefined): HeldVersion => {
  if (packages === undefined) return held;
  const names = [...packages].sort().join(' ');
  const known = remains.get(held);
  if (known?.names === names) return known.left;
  const left = { ...held, binaries: held.binaries.filter((binary) => !packages.has(binary.package)) };
  remains.set(held, { names, left });
  return left;
};

const remains = new WeakMap<HeldVersion, { readonly names: string; readonly left: HeldVersion }>();
