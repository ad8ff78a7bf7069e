import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { Sender } from '../../domain/notification/letter.ts';

/** As whom the instance writes, and where its links lead. Throws before it is set up: a mail that is owed waits for that. */
export const senderOf = ({ instance: known }: Pick<Configuration, 'instance'>): Sender => {
  if (known === undefined) throw new Error('the instance is not set up yet');
  const { instance, hostname, httpPort, email } = known;
  return { instance, hostname, url: `http://${hostname}:${httpPort}`, address: email ?? `mini-buildd@${hostname}` };
};
