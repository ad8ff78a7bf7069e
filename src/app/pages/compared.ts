import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { NotServed } from '../../ports/snapshots.ts';
import { hasSamePackages, higherThan } from '../../projections/contents.ts';
import { distributionsIn, formerSuites } from '../../projections/former-distributions.ts';
import type { World } from '../../projections/world.ts';
import type { PastStatesByTime } from '../snapshots/snapshots.ts';
import { type Block, type Blocks, countItems, itemsOf } from './blocks.ts';
import { type DistributionAt, distributionAt } from './distribution-at.ts';
import { calledSo } from './names-held.ts';
import { architecturesOf } from './rebuilt-on.ts';
import { placeOf } from './target-of.ts';

/** A distribution, now or at a time as people write it. */
type Side = { readonly distribution: DistributionName; readonly at: string | undefined };

export const kinds = ['differs', 'packages', 'only-one', 'only-other'] as const;

/** How a source package differs: another version; the same one with other packages, as a binNMU makes them; or only here or there. */
export type Kind = (typeof kinds)[number];

/** Two distributions of one repository, or one at two times. `from`: the address of who asks. */
export type Asked = {
  readonly repository: RepositoryId;
  readonly from: string;
  readonly one: Side;
  readonly other: Side;
  /** Only those of which the source package, or a binary package here or there, has this in its name; '' for all. */
  readonly name: string;
};

type Compared = {
  readonly one: DistributionAt;
  readonly other: DistributionAt;
  readonly differences: readonly Difference[];
  /** Source packages that are the same here and there. */
  readonly same: number;
};

export type Pasts = Pick<PastStatesByTime, 'publication' | 'state'>;

/** What differs; `undefined` when the repository does not have both. Who asks again and again brings what remembers. */
export const compared = async (
  world: World,
  past: Pasts,
  { repository, from, name, ...sides }: Asked,
  between: Between = differencesBetween,
): Promise<Either<NotServed, Compared> | undefined> => {
  const isKnown = ({ distribution }: Side): boolean => placeOf(world, repository, distribution) !== undefined;
  if (!isKnown(sides.one) || !isKnown(sides.other)) return undefined;
  const one = await distributionAt(world, past, { repository, from, ...sides.one });
  if (isLeft(one)) return one;
  const other = await distributionAt(world, past, { repository, from, ...sides.other });
  if (isLeft(other)) return other;
  const [here, there] = [one.right.holds, other.right.holds];
  const all = between(here, there);
  return right({
    one: one.right,
    other: other.right,
    ...(name === '' ? whole(here, all) : named(here, there, all, name)),
  });
};

type Outcome = Pick<Compared, 'differences' | 'same'>;

const whole = (here: Blocks<HeldVersion>, differences: readonly Difference[]): Outcome => {
  const elsewise = differences.filter(({ kind }) => kind !== 'only-other').length;
  return { differences, same: countItems(here) - elsewise };
};

/** A version may have other binary packages than the one over there: that either of them is called so is enough. */
const named = (
  here: Blocks<HeldVersion>,
  there: Blocks<HeldVersion>,
  all: readonly Difference[],
  name: string,
): Outcome => {
  const called = calledSo(here, name);
  const meant = new Set([...called, ...calledSo(there, name)].map(({ source }) => source));
  const differences = all.filter((each) => meant.has(sourceOf(each)));
  const differing = new Set(differences.map(sourceOf));
  return { differences, same: called.filter(({ source }) => !differing.has(source)).length };
};

/** What can be compared: suites and their rollbacks, of every codename, and the suites that are there no more. */
export const distributionsOf = ({ configuration, former }: World, id: RepositoryId): readonly DistributionName[] => [
  ...distributionsIn(configuration, id).keys(),
  ...formerSuites(former, id).map(({ target }) => target.name),
];

/** What stands in one of two lists by name and not so in the other, by name. */
type Between = (one: Blocks<HeldVersion>, other: Blocks<HeldVersion>) => readonly Difference[];

/** Of two lists of a hundred thousand packages there may be some megabytes of them. */
const mostRemembered = 4;

/** The same for lists that are kept while nothing changes: each page of one comparison, and all who look at it, have the same answer. */
export const rememberedDifferences = (): Between => {
  const known: { one: Blocks<HeldVersion>; other: Blocks<HeldVersion>; found: readonly Difference[] }[] = [];
  return (one, other) => {
    const before = known.find((each) => each.one === one && each.other === other);
    if (before !== undefined) return before.found;
    const found = differencesBetween(one, other);
    known.unshift({ one, other, found });
    known.splice(mostRemembered);
    return found;
  };
};

/** What was found of a block beside those that its names stand in over there: of the very same ones it is so for ever. */
type Found = { readonly beside: Blocks<HeldVersion>; readonly from: string; readonly until: string | undefined } & {
  readonly differences: readonly Difference[];
};

const lastFound = new WeakMap<Block<HeldVersion>, Found>();

/** Block by block: after a change of a long list only what changed is compared anew. */
export const differencesBetween: Between = (one, other) => {
  const found: Difference[][] = [];
  let there = 0;
  for (const [here, block] of one.entries()) {
    const from = here === 0 ? '' : (block[0]?.source ?? '');
    const until = one[here + 1]?.[0]?.source;
    while (there + 1 < other.length && startOf(other, there + 1) <= from) there += 1;
    let end = there;
    while (end < other.length && (until === undefined || startOf(other, end) < until)) end += 1;
    found.push(differencesOf(block, other.slice(there, end), from, until) as Difference[]);
    there = Math.max(there, end - 1);
  }
  return one.length === 0 ? itemsOf(other).map(onlyThere) : ([] as Difference[]).concat(...found);
};

const startOf = (blocks: Blocks<HeldVersion>, at: number): string => blocks[at]?.[0]?.source ?? '';

const differencesOf = (
  block: Block<HeldVersion>,
  beside: Blocks<HeldVersion>,
  from: string,
  until: string | undefined,
): readonly Difference[] => {
  const known = lastFound.get(block);
  if (known?.from === from && known.until === until && areTheSame(known.beside, beside)) return known.differences;
  const others = itemsOf(beside).filter(({ source }) => source >= from && (until === undefined || source < until));
  const differences = differencesOfItems(block, others);
  lastFound.set(block, { beside, from, until, differences });
  return differences;
};

const areTheSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((each, at) => each === other[at]);

const onlyThere = (right: HeldVersion): Difference => ({ kind: 'only-other', left: undefined, right });

const differencesOfItems = (one: readonly HeldVersion[], other: readonly HeldVersion[]): readonly Difference[] => {
  const found: Difference[] = [];
  for (let [here, there] = [0, 0]; here < one.length || there < other.length; ) {
    const [left, right] = [one[here], other[there]];
    if (right === undefined || (left !== undefined && left.source < right.source)) {
      found.push({ kind: 'only-one', left, right: undefined });
      here += 1;
    } else if (left === undefined || right.source < left.source) {
      found.push(onlyThere(right));
      there += 1;
    } else {
      if (left.version !== right.version) found.push({ kind: 'differs', left, right });
      else if (!hasSamePackages(left, right)) found.push({ kind: 'packages', left, right });
      here += 1;
      there += 1;
    }
  }
  return found;
};

export type Difference = {
  readonly kind: Kind;
  readonly left: HeldVersion | undefined;
  readonly right: HeldVersion | undefined;
};

const sourceOf = ({ left, right }: Difference): SourceName => (left ?? right)?.source as SourceName;

/** `newer` says on which side the higher version stands, of the source or else of its packages; `oneOn` and `otherOn` what tells the same version apart. */
export const rowOf = (difference: Difference) => {
  const { kind, left, right } = difference;
  return {
    source: sourceOf(difference) as string,
    kind,
    one: left?.version as string | undefined,
    other: right?.version as string | undefined,
    newer: newer(left, right),
    ...(kind === 'packages' && left !== undefined && right !== undefined
      ? { oneOn: architecturesOf(left), otherOn: architecturesOf(right) }
      : {}),
  };
};

const newer = (one: HeldVersion | undefined, other: HeldVersion | undefined): 'one' | 'other' | undefined => {
  if (one === undefined || other === undefined) return undefined;
  const [isOne, isOther] = [higherThan(one, other) !== undefined, higherThan(other, one) !== undefined];
  return isOne === isOther ? undefined : isOne ? 'one' : 'other';
};
