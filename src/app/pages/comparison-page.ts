import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { siblingOf, type Target } from '../../domain/configuration/configuration.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { NotServed } from '../../ports/snapshots.ts';
import type { World } from '../../projections/world.ts';
import {
  type Asked,
  compared,
  type Difference,
  distributionsOf,
  type Kind,
  type Pasts,
  rememberedDifferences,
  rowOf,
} from './compared.ts';
import { comparedLength, pageOf } from './listing.ts';
import { targetOf } from './target-of.ts';
import { whenOf } from './when.ts';
import { whyItStays } from './why-it-stays.ts';

type AskedPage = Asked & {
  /** Only these; all without it. */
  readonly kind: Kind | undefined;
  readonly page: number;
};

/** Two distributions of one repository, or one at two times; `undefined` when it does not have them. */
export const comparisonPage = (world: World, past: Pasts) => {
  const between = rememberedDifferences();
  return async ({ kind, page, ...asked }: AskedPage): Promise<Either<NotServed, Comparison> | undefined> => {
    const found = await compared(world, past, asked, between);
    if (found === undefined || isLeft(found)) return found;
    const { one, other, differences: all, same } = found.right;
    const { repository, name } = asked;
    const onward = migrationBetween(world, asked);
    const count = (of: Kind) => all.reduce((sum, each) => sum + Number(each.kind === of), 0);
    const list = pageOf(kind === undefined ? all : all.filter((each) => each.kind === kind), page, comparedLength);
    return right({
      repository: repository as string,
      distributions: [
        ...new Set<string>([...distributionsOf(world, repository), asked.one.distribution, asked.other.distribution]),
      ],
      one: { distribution: asked.one.distribution as string, ...whenOf(world, repository, one.publication) },
      other: { distribution: asked.other.distribution as string, ...whenOf(world, repository, other.publication) },
      kind,
      name,
      migration: onward && { from: onward.target.name as string, to: onward.to as string },
      counts: {
        differs: count('differs'),
        packages: count('packages'),
        'only-one': count('only-one'),
        'only-other': count('only-other'),
      },
      same,
      ...list,
      items: list.items.map((each) => ({ ...rowOf(each), migrates: migrates(world, onward, each) })),
    });
  };
};

type Onward = { readonly target: Target; readonly to: DistributionName; readonly side: 'left' | 'right' };

/** The way from one to the other, where packages migrate so now: nothing is done to the past. */
const migrationBetween = (world: World, { repository, one, other }: Asked): Onward | undefined => {
  if (one.at !== undefined || other.at !== undefined) return undefined;
  const way = (from: DistributionName, to: DistributionName, side: Onward['side']): Onward | undefined => {
    const target = targetOf(world.configuration, repository, from);
    const next = target?.suite.migratesTo;
    return target?.name === from && next != null && siblingOf(target, next) === to ? { target, to, side } : undefined;
  };
  const names = [one.distribution, other.distribution] as const;
  return way(...names, 'left') ?? way(names[1], names[0], 'right');
};

const migrates = (world: World, onward: Onward | undefined, difference: Difference): boolean => {
  if (onward === undefined) return false;
  const held = difference[onward.side];
  return held !== undefined && whyItStays(onward.target, held, world) === undefined;
};

type Comparison = {
  readonly repository: string;
  /** What can be compared. */
  readonly distributions: readonly string[];
  readonly one: { readonly distribution: string } & ReturnType<typeof whenOf>;
  readonly other: { readonly distribution: string } & ReturnType<typeof whenOf>;
  readonly kind: Kind | undefined;
  /** What was looked for in their names. */
  readonly name: string;
  /** Which way packages migrate between them. */
  readonly migration: { readonly from: string; readonly to: string } | undefined;
  readonly counts: Readonly<Record<Kind, number>>;
  /** Source packages that are the same here and there. */
  readonly same: number;
} & ReturnType<typeof pageOf<ReturnType<typeof rowOf> & { readonly migrates: boolean }>>;
