import type { Configuration } from './configuration.ts';
import type { InstanceConfigured } from './events.ts';
import { type WebAddress, webAddress } from './web-address.ts';

/** By which name, address and port others reach the instance; before it is set up, this machine by those that are usual. */
export const instanceAddress = ({
  instance,
}: Pick<Configuration, 'instance'>): Pick<InstanceConfigured, 'hostname' | 'url' | 'ftpPort'> =>
  instance ?? { hostname: 'localhost', url: webAddress('http://localhost:8066'), ftpPort: 8067 };

/** `http://buildd.example.org:8066`, without a slash at its end. */
export const instanceUrl = (configuration: Pick<Configuration, 'instance'>): WebAddress =>
  instanceAddress(configuration).url;
