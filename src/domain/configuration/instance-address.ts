import type { Configuration } from './configuration.ts';
import type { InstanceConfigured } from './events.ts';

/** By which name and ports others reach the instance; before it is set up, this machine by those that are usual. */
export const instanceAddress = ({
  instance,
}: Pick<Configuration, 'instance'>): Pick<InstanceConfigured, 'hostname' | 'httpPort' | 'ftpPort'> =>
  instance ?? { hostname: 'localhost', httpPort: 8066, ftpPort: 8067 };

/** `http://buildd.example.org:8066`, without a slash at its end. */
export const instanceUrl = (configuration: Pick<Configuration, 'instance'>): string => {
  const { hostname, httpPort } = instanceAddress(configuration);
  return `http://${hostname}:${httpPort}`;
};
