import { isLeft } from 'fp-ts/lib/Either.js';
import { type ArchiveKey, newestKey, signersOf } from '../domain/archive-key/archive-keys.ts';
import { resolveDistribution, type Target } from '../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { Fingerprint, Version } from '../domain/debian/names.ts';
import { sinceWhen } from '../domain/since-when.ts';
import { type HeldKeyring, heldKeyrings } from './keyrings.ts';
import type { World } from './world.ts';

type Known = Pick<World, 'configuration' | 'contents' | 'keyrings'>;

/** What a distribution needs for its keyring package to carry the keys that sign now: a new one, or that of the suite before it. */
export type OwedKeyring =
  | { readonly deed: 'build'; readonly to: DistributionName; readonly keys: readonly Fingerprint[] }
  | {
      readonly deed: 'migrate';
      readonly to: DistributionName;
      readonly from: DistributionName;
      readonly version: Version;
      readonly keys: readonly Fingerprint[];
    };

/** How long after a build that failed the next one is tried, in milliseconds. */
const restsAfterFailure = 86_400_000;

/**
 * Every distribution that has a keyring package of ours is to have one with the keys that sign now: it goes the way that the one before went, and no
 * further. What is under way is not owed.
 */
export const owedKeyrings = (world: Known, now: number): readonly OwedKeyring[] => {
  const keys = signersOf(world.configuration);
  const held = heldKeyrings(world);
  return held
    .filter((each) => !isSame(each.keys, keys))
    .flatMap(({ distribution }): readonly OwedKeyring[] => {
      const target = resolveDistribution(world.configuration, distribution);
      if (isLeft(target)) return [];
      if (target.right.suite.uploadable)
        return mayBuild(world, distribution, keys, now) ? [{ deed: 'build', to: distribution, keys }] : [];
      const before = held.find((each) => isBefore(each, target.right) && isSame(each.keys, keys));
      return before === undefined
        ? []
        : [{ deed: 'migrate', to: distribution, from: before.distribution, version: before.version, keys }];
    });
};

/** Distributions whose keyring package lacks the key that stays: machines that have it would lose us with the others. */
export const behindNewest = (world: Known): readonly HeldKeyring[] => {
  const newest = newestKey(world.configuration.archiveKeys)?.fingerprint;
  return heldKeyrings(world).filter(({ keys }) => newest === undefined || !keys.includes(newest));
};

type Retiring = Extract<ArchiveKey, { readonly status: 'retiring' }>;

/** Archive keys whose date to retire has come. */
export const dueKeys = (world: Known, now: number): readonly Retiring[] =>
  world.configuration.archiveKeys.filter(
    (key): key is Retiring =>
      key.status === 'retiring' &&
      Date.parse(key.retiresAt) <= now &&
      (!key.waitsForKeyrings || behindNewest(world).length === 0),
  );

const isSame = (one: readonly Fingerprint[], other: readonly Fingerprint[]): boolean => one.join() === other.join();

const isBefore = ({ distribution }: HeldKeyring, { name, layout }: Target): boolean => {
  const { codename, repository, suite } = parseDistribution(name);
  return layout.suites.some(
    (each) =>
      each.migratesTo === suite && distribution === distributionName({ codename, repository, suite: each.suite }),
  );
};

const mayBuild = ({ keyrings }: Known, to: DistributionName, keys: readonly Fingerprint[], now: number): boolean => {
  const last = keyrings.last.get(to);
  if (last === undefined || last.state === 'installed') return true;
  if (last.state === 'under way') return false;
  return !isSame(last.keys, keys) || now - sinceWhen(last.state, last.state.failedAt, now) >= restsAfterFailure;
};
