import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { compactMoment } from '../../domain/moment.ts';
import { refusal } from '../../domain/refusal.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { NotServed } from '../../ports/snapshots.ts';
import { type FormerDistribution, formerDistribution } from '../../projections/former-distributions.ts';
import { type PastPublication, publicationAt } from '../../projections/publication-history.ts';
import type { World } from '../../projections/world.ts';
import type { PastStatesByTime } from '../snapshots/snapshots.ts';
import type { Blocks } from './blocks.ts';
import { byName, heldByName } from './held-by-name.ts';

/** What a distribution holds or held, by name of the source. `publication`: with which apt saw it so; `undefined` for now. */
export type DistributionAt = {
  readonly holds: Blocks<HeldVersion>;
  readonly publication: PastPublication | undefined;
};

export type AskedAt = {
  readonly repository: RepositoryId;
  readonly distribution: DistributionName;
  /** A time as people write it, or an event; `undefined` for now, or for the last time of one that is there no more. */
  readonly at: string | undefined;
  /** The address of who asks: the past costs something. */
  readonly from: string;
};

/** A distribution as history says it is, or as apt saw it. */
export const distributionAt = async (
  world: World,
  past: Pick<PastStatesByTime, 'publication' | 'state'>,
  { repository, distribution, at, from }: AskedAt,
): Promise<Either<NotServed, DistributionAt>> => {
  const former = formerDistribution(world.former, repository, distribution);
  if (at === undefined && former === undefined)
    return right({ holds: holdsNow(world, distribution), publication: undefined });
  const publication =
    at === undefined && former !== undefined ? right(former.last) : await past.publication(repository, at ?? '', from);
  if (isLeft(publication)) return publication;
  const state = await past.state(repository, publication.right, from);
  if (isLeft(state)) return state;
  const then = state.right.get(distribution);
  return then === undefined
    ? left(notThen(distribution, at ?? publication.right.at, former))
    : right({ holds: byName(then.distribution.holds), publication: publication.right });
};

/** One and the same for all who hold nothing, as others have one that is kept. */
const nothing: Blocks<HeldVersion> = [];

const holdsNow = ({ contents }: World, name: DistributionName): Blocks<HeldVersion> => {
  const { rollback, ...suite } = parseDistribution(name);
  const shelf = contents.shelves.get(distributionName(suite));
  return shelf === undefined ? nothing : heldByName(shelf, rollback);
};

const notThen = (distribution: DistributionName, at: string, former: FormerDistribution | undefined): NotServed => ({
  kind: 'unknown',
  because: refusal(
    'no-distribution',
    `there was no ${distribution} at ${at.slice(0, 60)}`,
    former === undefined
      ? 'ask for a later time'
      : `it is there no more; the last publication with it was at ${compactMoment(former.last.at)}`,
  ),
});

/** How a publication is named in addresses: by its second where that means it, else by its event. */
export const timeOf = (
  { published }: Pick<World, 'published'>,
  repository: RepositoryId,
  { id, at }: PastPublication,
): string => {
  const second = compactMoment(at);
  const isMeant = publicationAt(published, repository, endOf(second))?.id === id;
  return isMeant ? second : id;
};

/** `20261122T101500Z` as an instant. */
const endOf = (second: string) =>
  second.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z') as PastPublication['at'];
