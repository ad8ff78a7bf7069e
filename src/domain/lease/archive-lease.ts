import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ArchiveLeaseReleased, ArchiveLeaseTaken, LeaseEvent } from './events.ts';

/**
 * Who may write for an instance. `token` is the revision of the event that gave the lease away last: it grows each time, so that whoever holds an
 * older one knows, and others know of it, that its time is over. -1 before the first.
 */
export type ArchiveLease = {
  /** Of how many events. */
  readonly events: number;
  readonly token: number;
  readonly holder: ArchiveLeaseTaken | undefined;
  /** Who held it last, or holds it: the newest of what lies beside the log was written there. */
  readonly last: string | undefined;
};

export type LeaseCommand =
  /**
   * `seen` is how many events the taker knows of: it takes what it saw, and nothing that somebody else took meanwhile. `ownDisk`: what it holds is a
   * copy, and not a folder that both see.
   */
  | {
      readonly command: 'TakeArchiveLease';
      readonly taken: ArchiveLeaseTaken;
      readonly seen: number;
      readonly ownDisk: boolean;
    }
  | { readonly command: 'ReleaseArchiveLease'; readonly released: ArchiveLeaseReleased; readonly token: number };

export const archiveLeaseDecider: Decider<ArchiveLease, LeaseCommand, LeaseEvent, Refusal> = {
  initial: { events: 0, token: -1, holder: undefined, last: undefined },
  evolve: (lease, event) => {
    const next = { ...lease, events: lease.events + 1 };
    switch (event.type) {
      case 'ArchiveLeaseTaken':
        return { ...next, token: lease.events, holder: event, last: event.node };
      case 'ArchiveLeaseReleased':
        return { ...next, holder: undefined };
      case 'ArchiveRelocated':
        return next;
    }
  },
  decide: (command, lease) => {
    switch (command.command) {
      case 'TakeArchiveLease':
        return take(command, lease);
      case 'ReleaseArchiveLease':
        return right(lease.holder !== undefined && lease.token === command.token ? [command.released] : []);
    }
  },
};

const take = (
  { taken, seen, ownDisk }: Extract<LeaseCommand, { command: 'TakeArchiveLease' }>,
  { events, holder, last }: ArchiveLease,
): Either<Refusal, readonly LeaseEvent[]> => {
  if (events !== seen)
    return left(refusal('lease-taken', `${holder?.node ?? 'another node'} was faster`, 'wait as its standby'));
  const moves = ownDisk && last !== undefined && last !== taken.node;
  return right(moves ? [taken, { type: 'ArchiveRelocated', node: taken.node }] : [taken]);
};
