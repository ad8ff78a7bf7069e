import { binaryType } from '../../domain/archive/pool-path.ts';
import { onceFor } from '../../domain/once-for.ts';
import type { HeldVersion, PublishedDistribution } from '../../ports/archive.ts';

/**
 * `conf/distributions`: suites only, and of them only what reprepro needs to hold packages. It signs nothing, tracks
 * nothing, compresses nothing and writes no `Release` that apt reads: the publisher does.
 */
export const distributionsFile = (suites: readonly PublishedDistribution[]): string =>
  suites
    .map((suite) => {
      const udebComponents = installerComponents(suite);
      return [
        `Codename: ${suite.name}`,
        `Architectures: ${suite.architectures.join(' ')} source`,
        `Components: ${suite.components.join(' ')}`,
        ...(udebComponents.length > 0
          ? [`UDebComponents: ${udebComponents.join(' ')}`, 'UDebIndices: Packages .']
          : []),
        'DebIndices: Packages .',
        'DscIndices: Sources .',
        '',
      ].join('\n');
    })
    .join('\n');

/** Components of a distribution that hold packages for the installer. */
export const installerComponents = ({ components, holds }: PublishedDistribution): readonly string[] => {
  const holding = withInstaller(holds);
  return components.filter((component) => holding.has(component));
};

/** Asked several times of every list. */
const withInstaller = onceFor((holds: readonly HeldVersion[]): ReadonlySet<string> => {
  const holding = new Set<string>();
  for (const { binaries } of holds)
    for (const binary of binaries) if (binaryType(binary) === 'udeb') holding.add(binary.component);
  return holding;
});

/** Every index of a distribution, without `.gz`, in the order of `Release`. */
export const indexPaths = (distribution: PublishedDistribution): readonly string[] => {
  const installer = installerComponents(distribution);
  return distribution.components.flatMap((component) => [
    ...distribution.architectures.map((architecture) => `${component}/binary-${architecture}/Packages`),
    ...(installer.includes(component)
      ? distribution.architectures.map(
          (architecture) => `${component}/debian-installer/binary-${architecture}/Packages`,
        )
      : []),
    `${component}/source/Sources`,
  ]);
};
