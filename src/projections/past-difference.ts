import type { DistributionName } from '../domain/debian/distribution.ts';
import type { SourceName, Version } from '../domain/debian/names.ts';
import type { PastDistribution } from './past.ts';

type State = ReadonlyMap<DistributionName, PastDistribution>;

/** What became of source packages in one distribution. */
export type Difference = {
  readonly distribution: DistributionName;
  readonly added: readonly { readonly source: SourceName; readonly version: Version }[];
  readonly removed: readonly { readonly source: SourceName; readonly version: Version }[];
  readonly changed: readonly { readonly source: SourceName; readonly from: Version; readonly to: Version }[];
};

/** Distribution by distribution, from one state to another; those in which nothing changed are left out. */
export const differences = (one: State, other: State): readonly Difference[] =>
  [...new Set([...one.keys(), ...other.keys()])].flatMap((distribution) => {
    const [before, after] = [versionsIn(one, distribution), versionsIn(other, distribution)];
    const added = [...after].flatMap(([source, version]) => (before.has(source) ? [] : [{ source, version }]));
    const removed = [...before].flatMap(([source, version]) => (after.has(source) ? [] : [{ source, version }]));
    const changed = [...before].flatMap(([source, from]) => {
      const to = after.get(source);
      return to === undefined || to === from ? [] : [{ source, from, to }];
    });
    return added.length + removed.length + changed.length === 0 ? [] : [{ distribution, added, removed, changed }];
  });

const versionsIn = (state: State, name: DistributionName): ReadonlyMap<SourceName, Version> =>
  new Map(state.get(name)?.distribution.holds.map(({ source, version }) => [source, version]));
