import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { suitesOf } from '../../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../../domain/debian/names.ts';
import { compareVersions } from '../../domain/debian/version.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { NotServed } from '../../ports/snapshots.ts';
import type { World } from '../../projections/world.ts';
import type { PastStatesByTime } from '../snapshots/snapshots.ts';
import { distributionAt } from './distribution-at.ts';
import { order, pageOf } from './listing.ts';
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
    const rows = differencesBetween(one.right.holds, other.right.holds);
    const count = (kind: Kind) => rows.filter((row) => row.kind === kind).length;
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
      ...pageOf(
        rows.filter(({ kind }) => asked.kind === undefined || kind === asked.kind),
        asked.page,
      ),
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
} & ReturnType<typeof pageOf<ReturnType<typeof differencesBetween>[number]>>;

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

/** By name. `newer` says on which side the higher version stands. */
const differencesBetween = (one: readonly HeldVersion[], other: readonly HeldVersion[]) => {
  const [here, there] = [versionsOf(one), versionsOf(other)];
  return [...new Set([...here.keys(), ...there.keys()])].sort(order).flatMap((source) => {
    const [left, right] = [here.get(source), there.get(source)];
    if (left === right) return [];
    const kind: Kind = right === undefined ? 'only-one' : left === undefined ? 'only-other' : 'differs';
    return [
      {
        source: source as string,
        kind,
        one: left as string | undefined,
        other: right as string | undefined,
        newer: newer(left, right),
      },
    ];
  });
};

const newer = (one: Version | undefined, other: Version | undefined): 'one' | 'other' | undefined => {
  const compared = one === undefined || other === undefined ? 0 : compareVersions(one, other);
  return compared === 0 ? undefined : compared > 0 ? 'one' : 'other';
};

const versionsOf = (holds: readonly HeldVersion[]): ReadonlyMap<SourceName, Version> =>
  new Map(holds.map(({ source, version }) => [source, version]));
