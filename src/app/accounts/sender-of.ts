import type { Configuration } from '../../domain/configuration/configuration.ts';
import { instanceUrl } from '../../domain/configuration/instance-address.ts';
import type { Sender } from '../../domain/notification/letter.ts';

/** As whom the instance writes, and where its links lead. Throws before it is set up: a mail that is owed waits for that. */
export const senderOf = (configuration: Pick<Configuration, 'instance'>): Sender => {
  const known = configuration.instance;
  if (known === undefined) throw new Error('the instance is not set up yet');
  const { instance, hostname, email } = known;
  return { instance, hostname, url: instanceUrl(configuration), address: email ?? `mini-buildd@${hostname}` };
};
