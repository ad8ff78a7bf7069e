import { isLeft } from 'fp-ts/lib/Either.js';
import { keyringPackage } from '../../domain/configuration/apt-sources.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import type { Fingerprint } from '../../domain/debian/names.ts';
import type { Ending } from '../../ports/api.ts';
import { heldKeyrings } from '../../projections/keyrings.ts';
import type { World } from '../../projections/world.ts';

/** What happens by itself when `signers` are the keys that sign: signatures, and keyring packages that lack one or have one too many. */
export const consequences = (world: World, signers: readonly string[], isDone: boolean) => {
  const repositories = [...world.configuration.repositories.keys()];
  const stale = heldKeyrings(world).filter(({ keys }) => keys.join() !== signers.join());
  const isBuiltIn = ({ distribution }: (typeof stale)[number]): boolean => {
    const target = resolveDistribution(world.configuration, distribution);
    return !isLeft(target) && target.right.suite.uploadable;
  };
  const builds = stale.filter(isBuiltIn).map(({ distribution }) => distribution);
  const migrations = stale.filter((each) => !isBuiltIn(each)).map(({ distribution }) => distribution);
  const is = isDone ? 'is' : 'would be';
  const name = keyringPackage(world.configuration);
  return {
    json: { signers, repositories, builds, migrations },
    lines: [
      `everything in ${repositories.join(', ') || 'no repository'} ${is} signed by ${signers.join(' and ')}`,
      ...(builds.length === 0 ? [] : [`${name} ${is} built again in ${builds.join(', ')}`]),
      ...(migrations.length === 0 ? [] : [`${name} ${is} migrated from there to ${migrations.join(', ')}`]),
    ],
  };
};

/** What retiring a key puts an end to; `others` sign from then on. */
export const endingOfArchiveKey = (
  fingerprint: string,
  retiresAt: string,
  others: readonly Fingerprint[],
  world: World,
): Ending => ({
  goes: [`The signatures of ${fingerprint}, from ${retiresAt} on.`],
  depends: [
    'Machines that know this key alone refuse what is published from then on.',
    ...heldKeyrings(world)
      .filter(({ keys }) => !others.every((other) => keys.includes(other)))
      .map(({ distribution }) => `The keyring package in ${distribution} does not carry the other keys yet.`),
  ],
  stays: [
    `${others.join(' and ')}, which signs on.`,
    'What was signed before stays signed; "archivekey keep" calls it off.',
  ],
});
