import type { EventLog } from '../../ports/event-log.ts';
import { readLease } from './hold-lease.ts';

/** Where whoever holds the archive answers. Rejects when nobody does. */
export const archiveOf = async (log: Pick<EventLog, 'readStream'>): Promise<string> => {
  const { holder } = await readLease(log);
  if (holder === undefined) throw new Error('nobody holds the archive');
  return `http://${holder.node}`;
};
