import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Step } from '../../domain/archive/events.ts';
import { placeOf } from '../../domain/archive/steps.ts';
import type { Member } from '../../domain/change/events.ts';
import { resolveDistribution, siblingOf, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { changesOf, isSameHeld, slotOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { isDowngrade, notThere, type Planned, planOf } from './plan.ts';

export type Migration = {
  readonly sources: readonly SourceName[];
  readonly from: DistributionName;
  /** The only one that shall migrate. */
  readonly version: Version | undefined;
  /** On to the end of the chain. */
  readonly full: boolean;
  readonly allowDowngrades: boolean;
};

/** Along `migratesTo`, one step or all. A suite that has the version already is passed by, so that a repeat does the rest. */
export const planMigration = (world: World, migration: Migration): Planned => {
  const target = resolveDistribution(world.configuration, migration.from);
  if (isLeft(target)) return target;
  const { from, sources, full } = migration;
  const chain = chainFrom(target.right);
  if (chain.length === 0) {
    return left(refusal('not-migrating', `${from} migrates nowhere`, 'see distributions for what migrates where'));
  }
  const members: Member[] = [];
  for (const source of sources) {
    const member = memberOf(world, source, migration, full ? chain : chain.slice(0, 1));
    if (isLeft(member)) return member;
    members.push(member.right);
  }
  const moving = members.filter(({ steps }) => steps.length > 0);
  return moving.length > 0
    ? planOf(world, parseDistribution(from).repository, moving)
    : left(refusal('already-there', `${sources.join(', ')} migrated from ${from} already`, 'nothing needs to be done'));
};

/** Where what stands there comes to by migrating, nearest first. */
export const chainFrom = (target: Target): readonly DistributionName[] => {
  const chain: DistributionName[] = [];
  for (let next = target.suite.migratesTo; next !== null && !chain.includes(siblingOf(target, next)); ) {
    chain.push(siblingOf(target, next));
    next = target.layout.suites.find(({ suite }) => suite === next)?.migratesTo ?? null;
  }
  return chain;
};

const memberOf = (
  { contents }: World,
  source: SourceName,
  { from, version, allowDowngrades }: Migration,
  chain: readonly DistributionName[],
): Either<Refusal, Member> => {
  const held = slotOf(contents, from, source).present;
  if (held === undefined || (version !== undefined && held.version !== version)) {
    return left(notThere(source, version, from, held));
  }
  const steps = chain
    .map((to, at): Step => ({ deed: 'migrate', version: held.version, from: chain[at - 1] ?? from, to }))
    .filter((step) => !isSameHeld(slotOf(contents, placeOf(step), source).present, held));
  for (const step of steps) {
    const there = slotOf(contents, placeOf(step), source);
    if (!allowDowngrades && isDowngrade(there, held.version)) {
      return left(
        refusal(
          'lower-version',
          `${placeOf(step)} has ${source} ${there.present?.version}, which is higher than ${held.version}`,
          'machines do not go back by themselves; with allow-downgrades it migrates all the same',
        ),
      );
    }
  }
  return right({ source, seen: changesOf(contents, parseDistribution(from).repository, source), steps });
};
