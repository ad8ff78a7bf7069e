import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Step } from '../../domain/archive/events.ts';
import type { Member } from '../../domain/change/events.ts';
import { resolveDistribution, siblingOf, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { changesOf, hasCome, higherThan, isSameHeld, slotOf } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { notThere, type Planned, planOf } from './plan.ts';

export type Migration = {
  readonly sources: readonly SourceName[];
  readonly from: DistributionName;
  /** The only one that shall migrate. */
  readonly version: Version | undefined;
  /** On to the end of the chain. */
  readonly full: boolean;
  readonly allowDowngrades: boolean;
};

/** Along `migratesTo`, one step or all. A suite that has the version already, also rebuilt, is passed by, so that a repeat does the rest. */
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
  const steps: Step[] = [];
  let coming = held;
  for (const [at, to] of chain.entries()) {
    const there = slotOf(contents, to, source).present;
    const higher = higherThan(there, coming);
    const isThere = allowDowngrades ? isSameHeld(there, coming) : hasCome(there, coming);
    if (there !== undefined && isThere) {
      coming = there;
    } else if (higher !== undefined && !allowDowngrades) {
      return left(lowerVersion(to, source, higher, coming.version));
    } else {
      steps.push({ deed: 'migrate', version: held.version, from: chain[at - 1] ?? from, to });
    }
  }
  return right({ source, seen: changesOf(contents, parseDistribution(from).repository, source), steps });
};

const lowerVersion = (to: DistributionName, source: SourceName, higher: string, version: Version): Refusal =>
  refusal(
    'lower-version',
    `${to} has ${source} ${higher}, which is higher than ${version}`,
    'machines do not go back by themselves; with allow-downgrades it migrates all the same',
  );
