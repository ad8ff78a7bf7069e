import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { NotServed } from '../../ports/snapshots.ts';
import type { World } from '../../projections/world.ts';
import {
  type Asked,
  compared,
  distributionsOf,
  type Kind,
  type Pasts,
  rememberedDifferences,
  rowOf,
} from './compared.ts';
import { pageOf } from './listing.ts';
import { whenOf } from './when.ts';

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
    const { repository } = asked;
    const count = (of: Kind) => all.reduce((sum, each) => sum + Number(each.kind === of), 0);
    const list = pageOf(kind === undefined ? all : all.filter((each) => each.kind === kind), page);
    return right({
      repository: repository as string,
      distributions: distributionsOf(world, repository) as readonly string[],
      one: { distribution: asked.one.distribution as string, ...whenOf(world, repository, one.publication) },
      other: { distribution: asked.other.distribution as string, ...whenOf(world, repository, other.publication) },
      kind,
      counts: { differs: count('differs'), 'only-one': count('only-one'), 'only-other': count('only-other') },
      same,
      ...list,
      items: list.items.map(rowOf),
    });
  };
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
