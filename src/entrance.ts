import { systemClock } from './adapters/clock/system-clock.ts';
import { isAlive } from './adapters/http/is-alive.ts';
import { waitingRoom } from './adapters/http/waiting-room.ts';
import { fencedLog, type HeldLease, type LeaseLost, whileHeld } from './app/lease/hold-lease.ts';
import { standBy } from './app/lease/stand-by.ts';
import type { KeptCopy } from './app/standby/keep-copy.ts';
import { untilAnswers } from './log-watch.ts';
import type { Certificate } from './ports/certificate.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Settings } from './settings.ts';

/** A log that this daemon may write, and what keeps others from it. */
export type Entered = {
  readonly log: EventLog;
  /** Rejects when another node has taken over; asked before what cannot be taken back. */
  readonly permit: () => Promise<void>;
  /** Lets another one in. */
  readonly leave: () => Promise<void>;
};

type Heard = {
  readonly waits: (reason: string) => void;
  readonly lost: (because: LeaseLost) => void;
  /** Begins to copy what lies beside the log, where this node has a disk of its own. */
  readonly begin: ((log: EventLog) => KeptCopy) | undefined;
  /** What keeps this node from taking over whatever becomes of others. */
  readonly hindrance?: (() => string | undefined) | undefined;
};

/** How often a node that has nothing to write looks whether it still may; milliseconds. */
const lookEvery = 5_000;

/**
 * Waits for a log that does not answer, and, where other daemons may reach the same log, until this one may write it; its port says
 * meanwhile what is waited for. An embedded log is nobody else's: its lock sees to that. `lost` hears when another node has taken over.
 */
export const enter = async (
  log: EventLog,
  { log: where, http, node, hostname, takeOverAfter }: Settings,
  certificate: Certificate | undefined,
  { waits, lost, begin, hindrance }: Heard,
): Promise<Entered> => {
  if (where === 'embedded:') return { log, permit: async () => undefined, leave: async () => undefined };
  let reason = '';
  let copying: KeptCopy | undefined;
  const wait = (another: string): void => {
    const kind = another.replaceAll(/\d+/g, '');
    if (kind !== reason.replaceAll(/\d+/g, '')) waits(another);
    reason = another;
  };
  const room = await waitingRoom(http, certificate, () => {
    const state = log.state();
    return state.status === 'writable' ? reason : state.reason;
  });
  try {
    const state = log.state();
    if (state.status !== 'writable') wait(state.reason);
    await untilAnswers(log);
    const us = { node, builder: hostname };
    const copy = begin && {
      follow: () => {
        copying ??= begin(log);
        return copying.standing();
      },
      lacks: async () => copying?.lacks(),
    };
    const patience = takeOverAfter * 1000;
    const lease = await standBy(log, { us, isAlive, patience, clock: systemClock, waits: wait, copy, hindrance });
    return held(log, lease, lost);
  } finally {
    await copying?.stop();
    await room.close();
  }
};

/** A log that is written by whoever holds its lease, which is looked at again and again. */
export const held = (log: EventLog, lease: HeldLease, lost: (because: LeaseLost) => void): Entered => {
  const permit = whileHeld(lease, lost);
  const timer = setInterval(() => void permit().catch(() => undefined), lookEvery).unref();
  return {
    log: fencedLog(log, permit),
    permit,
    leave: async () => {
      clearInterval(timer);
      await lease.release();
    },
  };
};
