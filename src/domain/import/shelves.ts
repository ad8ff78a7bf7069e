import { type DistributionName, distributionName, parseDistribution } from '../debian/distribution.ts';
import type { SourceName, Version } from '../debian/names.ts';
import { compareVersions } from '../debian/version.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { FoundVersion } from './version-table.ts';

/** What becomes of lower versions where a suite holds several of one source. */
export type Older = 'refuse' | 'rollbacks' | 'leave-out';

/** Who holds a slot of a suite, and held it before, oldest first. */
export type Shelf = {
  readonly distribution: DistributionName;
  readonly source: SourceName;
  readonly occupants: readonly Version[];
  readonly isPresent: boolean;
};

type Standing = {
  readonly suite: string;
  readonly distribution: DistributionName;
  readonly versions: readonly FoundVersion[];
};

type Refused = { readonly suite: string; readonly about: string; readonly because: Refusal };
type Rules = { readonly older: Older; readonly closeGaps: boolean };

/** A level is the suite itself (0), or a rollback distribution of it (1 and more). */
type Level = { readonly suite: string; readonly versions: readonly FoundVersion[] };

/** The slots of all suites, each with its rollbacks. What cannot stand as it stood is refused. */
export const shelvesOf = (standing: readonly Standing[], rules: Rules, refused: Refused[]): readonly Shelf[] => {
  const bases = Map.groupBy(standing, ({ distribution }) => baseOf(distribution));
  return [...bases]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([distribution, suites]) => {
      const levels = new Map<number, Standing>(suites.map((each) => [levelOf(each.distribution), each]));
      const claims = new Map<number, ReadonlyMap<SourceName, readonly FoundVersion[]>>();
      for (const [level, each] of levels)
        claims.set(
          level,
          Map.groupBy(withoutRivals(each, refused), ({ source }) => source.source),
        );
      const sources = new Set([...claims.values()].flatMap((held) => [...held.keys()]));
      return [...sources].flatMap((source) => {
        const own = [...levels]
          .sort(([one], [other]) => one - other)
          .map(([level, { suite }]) => ({
            level,
            suite,
            versions: claims.get(level)?.get(source) ?? [],
          }));
        return shelfOf(distribution, source, own, rules, refused) ?? [];
      });
    });
};

export const baseOf = (name: DistributionName): DistributionName =>
  distributionName({ ...parseDistribution(name), rollback: undefined });

const levelOf = (name: DistributionName): number => (parseDistribution(name).rollback ?? -1) + 1;

const shelfOf = (
  distribution: DistributionName,
  source: SourceName,
  levels: readonly (Level & { readonly level: number })[],
  { older, closeGaps }: Rules,
  refused: Refused[],
): Shelf | undefined => {
  const newestFirst: Version[] = [];
  let [isPresent, next] = [false, 1];
  for (const { level, suite, versions } of levels) {
    const [first, ...lower] = versions
      .map((each) => each.source.version)
      .toSorted((one, other) => compareVersions(other, one));
    if (first === undefined) continue;
    if (level > next && !closeGaps) {
      for (const version of [first, ...lower])
        refused.push({ suite, about: `${source} ${version}`, because: gap(distribution, next - 1) });
      break;
    }
    next = level + 1;
    isPresent ||= level === 0;
    newestFirst.push(first, ...(older === 'rollbacks' ? lower : []));
    if (older === 'refuse')
      for (const version of lower) refused.push({ suite, about: `${source} ${version}`, because: several(first) });
  }
  return newestFirst.length === 0 ? undefined : { distribution, source, occupants: newestFirst.reverse(), isPresent };
};

const gap = (distribution: DistributionName, empty: number): Refusal =>
  refusal(
    'rollback-gap',
    `${distribution}-rollback${empty} has no version of it, and rollbacks here have no gaps`,
    'let older versions move up: --close-gaps, or leave them out: --skip-refused',
  );

const several = (higher: Version): Refusal =>
  refusal(
    'several-versions',
    `the suite holds ${higher}, too, and a suite here holds one version of a source`,
    'say what becomes of lower versions: --older rollbacks or --older leave-out',
  );

/** Of two sources with the same binary package in one distribution the one with the lower version of it cannot be shown. */
const withoutRivals = ({ suite, versions }: Standing, refused: Refused[]): ReadonlySet<FoundVersion> => {
  const held = new Set(versions);
  const owners = new Map<string, { readonly by: FoundVersion; readonly version: Version }>();
  for (const by of versions) {
    for (const { package: name, version } of by.binaries.values()) {
      const other = owners.get(name);
      const isHigher = other === undefined || compareVersions(version, other.version) > 0;
      if (isHigher) owners.set(name, { by, version });
      if (other === undefined || other.by.source.source === by.source.source) continue;
      const loser = isHigher ? other.by : by;
      if (!held.delete(loser)) continue;
      const winner = isHigher ? by : other.by;
      refused.push({
        suite,
        about: `${loser.source.source} ${loser.source.version}`,
        because: refusal(
          'binary-of-other-source',
          `the suite has the binary package ${name} from the source ${winner.source.source}, too, in a higher version`,
          `remove one of the two there, or leave it out: --skip-refused`,
        ),
      });
    }
  }
  return held;
};
