import { isLeft } from 'fp-ts/lib/Either.js';
import { decodeEvent } from '../../domain/event.ts';
import { type ArchiveLease, archiveLeaseDecider } from '../../domain/lease/archive-lease.ts';
import type { ArchiveLeaseTaken, LeaseEvent } from '../../domain/lease/events.ts';
import { archiveLeaseStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { duty } from '../../ports/tell.ts';
import { teller } from '../tell.ts';

/** What a node may do while it holds the archive lease. */
export type HeldLease = {
  /** Resolves while it is ours; rejects with `LeaseLost` when it is not, and otherwise when nobody can say. */
  readonly check: () => Promise<void>;
  /** Gives it back, if it is still ours. */
  readonly release: () => Promise<void>;
};

/** Another node has taken over. Nothing that this one still wants to write may be written. */
export class LeaseLost extends Error {}

export const readLease = async (log: Pick<EventLog, 'readStream'>): Promise<ArchiveLease> =>
  (await log.readStream(archiveLeaseStream))
    .map(({ body, revision }) => decodeEvent(body, `event ${revision} of ${archiveLeaseStream}`) as LeaseEvent)
    .reduce(archiveLeaseDecider.evolve, archiveLeaseDecider.initial);

/** Takes the lease as it was seen; `undefined` when another was faster. */
export const takeLease = async (
  log: EventLog,
  seen: ArchiveLease,
  taken: ArchiveLeaseTaken,
  ownDisk = false,
): Promise<HeldLease | undefined> => {
  const tell = teller(log, async () => undefined);
  const because = duty('hold-archive', 'archive-lease');
  const told = await tell({ command: 'TakeArchiveLease', taken, seen: seen.events, ownDisk }, because);
  if (isLeft(told)) return undefined;
  const token = seen.events;
  return {
    check: async () => {
      const now = await readLease(log);
      if (now.token !== token || now.holder === undefined)
        throw new LeaseLost(
          `This node held the archive until ${now.holder?.node ?? 'it was released'} took over (${now.holder?.because ?? 'it ended'})`,
        );
    },
    release: async () => {
      const released = { type: 'ArchiveLeaseReleased', node: taken.node } as const;
      await tell({ command: 'ReleaseArchiveLease', released, token }, because);
    },
  };
};

/** Asks whether the lease is held, and lets `lost` hear when it is not any more. Rejects as `check` does. */
export const whileHeld =
  (lease: HeldLease, lost: (because: LeaseLost) => void): HeldLease['check'] =>
  () =>
    lease.check().catch((error: unknown) => {
      if (error instanceof LeaseLost) lost(error);
      throw error;
    });

/** A log that takes what its node appends only where it may, and tries nothing again where it may not any more. */
export const fencedLog = (log: EventLog, permit: HeldLease['check']): EventLog => ({
  ...log,
  append: async (stream, expected, events) => {
    await permit();
    return log.append(stream, expected, events, permit);
  },
});
