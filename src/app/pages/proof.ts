import type { EventLog } from '../../ports/event-log.ts';
import type { World } from '../../projections/world.ts';
import type { Sealing } from './sealing.ts';

/** What can be said of the log itself: how far it goes, whether it takes more, and what was found true of it. */
export const proofOf = ({ events }: World, log: Pick<EventLog, 'state' | 'verified'>, sealing: Sealing) => {
  const state = log.state();
  return {
    events,
    head: state.head,
    trouble: state.status === 'writable' ? undefined : state.reason,
    verified: log.verified(),
    sealing: sealing(),
  };
};
