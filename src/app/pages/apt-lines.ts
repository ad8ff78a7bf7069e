import { clientSource, keyFile, pastSource } from '../../domain/configuration/apt-sources.ts';
import type { Configuration, Target } from '../../domain/configuration/configuration.ts';
import { instanceUrl } from '../../domain/configuration/instance-address.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';

/** How apt is told of one distribution, in either form (sources.list(5)). */
export const aptLines = (configuration: Configuration, target: Target, rollback: number | undefined) => {
  const options = {
    url: instanceUrl(configuration),
    withSource: false,
    keyFile: keyFile(configuration),
    ...(rollback === undefined ? {} : { rollback }),
  };
  return {
    distribution: distributionName({ ...parseDistribution(target.name), rollback }),
    oneLine: clientSource(target, { ...options, form: 'one-line' }),
    deb822: clientSource(target, { ...options, form: 'deb822' }),
  };
};

/** The same of one as it was. */
export const pastLines = (
  configuration: Configuration,
  { distribution: { components } }: Target,
  name: DistributionName,
  repository: RepositoryId,
  time: string,
) => {
  const named = { name, components };
  return {
    distribution: name,
    oneLine: pastSource(named, repository, time, configuration, 'one-line'),
    deb822: pastSource(named, repository, time, configuration),
  };
};
