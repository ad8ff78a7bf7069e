import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { readLease } from './hold-lease.ts';

/** Where whoever holds the archive answers. Rejects when nobody does. */
export const archiveOf = async (log: Pick<EventLog, 'readStream'>): Promise<string> => {
  const { holder } = await readLease(log);
  if (holder === undefined) throw new Error('nobody holds the archive');
  return `http://${holder.node}`;
};

/** Milliseconds for which it is not asked again. */
const goodFor = 2_000;

/** The same for who asks often; as it was last while the log does not say. */
export const archiveNow = (
  log: Pick<EventLog, 'readStream'>,
  { awake }: Pick<Clock, 'awake'>,
): (() => Promise<string>) => {
  let known: { readonly at: number; readonly where: Promise<string> } | undefined;
  let last: string | undefined;
  const look = async (): Promise<string> => {
    const lease = await readLease(log).catch((error: unknown) => {
      if (last === undefined) throw error;
      return undefined;
    });
    if (lease !== undefined) last = lease.holder && `http://${lease.holder.node}`;
    if (last === undefined) throw new Error('nobody holds the archive');
    return last;
  };
  return () => {
    if (known === undefined || awake() - known.at > goodFor) known = { at: awake(), where: look() };
    return known.where;
  };
};
