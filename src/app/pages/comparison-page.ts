import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { suitesOf } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId, Version } from '../../domain/debian/names.ts';
import { compareVersions } from '../../domain/debian/version.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { NotServed } from '../../ports/snapshots.ts';
import type { World } from '../../projections/world.ts';
import type { PastStatesByTime } from '../snapshots/snapshots.ts';
import { distributionAt } from './distribution-at.ts';
import { pageOf } from './listing.ts';
import { whenOf } from './when.ts';

type Side = { readonly distribution: DistributionName; readonly at: string | undefined };

/** How a source package differs: another version, or only here or there. */
type Kind = 'differs' | 'only-one' | 'only-other';

type Asked = {
  readonly repository: RepositoryId;
  readonly one: Side;
  readonly other: Side;
  /** Only these; all without it. */
  readonly kind: Kind | undefined;
  readonly page: number;
  readonly from: string;
};

/** Two distributions of one repository, or one at two times; `undefined` when it does not have them. */
export const comparisonPage =
  (world: World, past: Pick<PastStatesByTime, 'publication' | 'state'>) =>
  async (asked: Asked): Promise<Either<NotServed, Comparison> | undefined> => {
    const known = distributionsOf(world, asked.repository);
    if (!known.includes(asked.one.distribution) || !known.includes(asked.other.distribution)) return undefined;
    const { repository, from } = asked;
    const one = await distributionAt(world, past, { repository, from, ...asked.one });
    if (isLeft(one)) return one;
    const other = await distributionAt(world, past, { repository, from, ...asked.other });
    if (isLeft(other)) return other;
    const all = differencesBetween(one.right.holds, other.right.holds);
    const count = (kind: Kind) => all.filter((each) => each.kind === kind).length;
    const list = pageOf(asked.kind === undefined ? all : all.filter(({ kind }) => kind === asked.kind), asked.page);
    return right({
      repository: repository as string,
      distributions: known as readonly string[],
      one: { distribution: asked.one.distribution as string, ...whenOf(world, repository, one.right.publication) },
      other: {
        distribution: asked.other.distribution as string,
        ...whenOf(world, repository, other.right.publication),
      },
      kind: asked.kind,
      counts: { differs: count('differs'), 'only-one': count('only-one'), 'only-other': count('only-other') },
      same: one.right.holds.length - count('differs') - count('only-one'),
      ...list,
      items: list.items.map(rowOf),
    });
  };

type Comparison = {
  readonly repository: string;
  /** What can be compared. */
  readonly distributions: readonly string[];
  readonly one: { readonly distribution: string } & ReturnType<typeof whenOf>;
  readonly other: { readonly distribution: string } & ReturnType<typeof whenOf>;
  readonly kind: Kind | undefined;
  readonly counts: Readonly<Record<Kind, number>>;
  /** Source packages in the same version here and there. */
  readonly same: number;
} & ReturnType<typeof pageOf<ReturnType<typeof rowOf>>>;

/** Suites and their rollbacks, of every codename. */
const distributionsOf = ({ configuration }: World, id: RepositoryId): readonly DistributionName[] => {
  const repository = configuration.repositories.get(id);
  const targets = repository === undefined ? [] : suitesOf(configuration, repository);
  return targets.flatMap(({ name, suite }) => [
    name,
    ...Array.from({ length: suite.rollbacks }, (_, rollback) =>
      distributionName({ ...parseDistribution(name), rollback }),
    ),
  ]);
};

/** What stands in one of two lists by name and not so in the other, by name. */
const differencesBetween = (one: readonly HeldVersion[], other: readonly HeldVersion[]): readonly Difference[] => {
  const found: Difference[] = [];
  for (let [here, there] = [0, 0]; here < one.length || there < other.length; ) {
    const [left, right] = [one[here], other[there]];
    if (right === undefined || (left !== undefined && left.source < right.source)) {
      found.push({ kind: 'only-one', left, right: undefined });
      here += 1;
    } else if (left === undefined || right.source < left.source) {
      found.push({ kind: 'only-other', left: undefined, right });
      there += 1;
    } else {
      if (left.version !== right.version) found.push({ kind: 'differs', left, right });
      here += 1;
      there += 1;
    }
  }
  return found;
};

type Difference = {
  readonly kind: Kind;
  readonly left: HeldVersion | undefined;
  readonly right: HeldVersion | undefined;
};

/** `newer` says on which side the higher version stands. */
const rowOf = ({ kind, left, right }: Difference) => ({
  source: (left ?? right)?.source as string,
  kind,
  one: left?.version as string | undefined,
  other: right?.version as string | undefined,
  newer: newer(left?.version, right?.version),
});

const newer = (one: Version | undefined, other: Version | undefined): 'one' | 'other' | undefined => {
  const compared = one === undefined || other === undefined ? 0 : compareVersions(one, other);
  return compared === 0 ? undefined : compared > 0 ? 'one' : 'other';
};
