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
};

export type LeaseCommand =
  /** `seen` is how many events the taker knows of: it takes what it saw, and nothing that somebody else took meanwhile. */
  | { readonly command: 'TakeArchiveLease'; readonly taken: ArchiveLeaseTaken; readonly seen: number }
  | { readonly command: 'ReleaseArchiveLease'; readonly released: ArchiveLeaseReleased; readonly token: number };

export const archiveLeaseDecider: Decider<ArchiveLease, LeaseCommand, LeaseEvent, Refusal> = {
  initial: { events: 0, token: -1, holder: undefined },
  evolve: ({ events, token }, event) =>
    event.type === 'ArchiveLeaseTaken'
      ? { events: events + 1, token: events, holder: event }
      : { events: events + 1, token, holder: undefined },
  decide: (command, lease) => {
    switch (command.command) {
      case 'TakeArchiveLease':
        return take(command.taken, command.seen, lease);
      case 'ReleaseArchiveLease':
        return right(lease.holder !== undefined && lease.token === command.token ? [command.released] : []);
    }
  },
};

const take = (
  taken: ArchiveLeaseTaken,
  seen: number,
  { events, holder }: ArchiveLease,
): Either<Refusal, readonly LeaseEvent[]> =>
  events === seen
    ? right([taken])
    : left(refusal('lease-taken', `${holder?.node ?? 'another node'} was faster`, 'wait as its standby'));
