import { firstValueFrom } from 'rxjs';
import type { ArchiveLease } from '../../domain/lease/archive-lease.ts';
import type { ArchiveLeaseTaken } from '../../domain/lease/events.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { type HeldLease, readLease, takeLease } from './hold-lease.ts';

export type Standby = {
  /** `HOST:PORT` of this node, and the name it builds under. */
  readonly us: Pick<ArchiveLeaseTaken, 'node' | 'builder'>;
  /** Whether the daemon at a node says that it lives. */
  readonly isAlive: (node: string) => Promise<boolean>;
  /** For how long a node must have been silent before its lease is taken; milliseconds. */
  readonly patience: number;
  readonly clock: Clock;
  /** Hears what is waited for, as often as it is looked. */
  readonly waits: (reason: string) => void;
  /** What keeps this node from taking over, wherever the archive lies. `undefined`: nothing. */
  readonly hindrance?: (() => string | undefined) | undefined;
  /** Where this node has a disk of its own. */
  readonly copy?: OwnDisk | undefined;
};

export type OwnDisk = {
  /** Another one holds the archive, or did so last: what lies there has to come here. Gives how far it is. */
  readonly follow: () => string;
  /** What keeps this node from taking over what another held last. `undefined`: nothing, all is here. */
  readonly lacks: () => Promise<string | undefined>;
};

const lookEveryMs = 2_000;

/**
 * Resolves when the archive lease is ours: at once when nobody holds it or it was ours in an earlier life, else when its holder has released it or has not
 * answered for a while, and nothing is lacking here. Whether it really is dead does not matter: it is fenced by the token. Rejects when the holder builds under another name, for then its builds would be nobody's.
 */
export const standBy = async (
  log: EventLog,
  { us, isAlive, patience, clock, waits, hindrance, copy }: Standby,
): Promise<HeldLease> => {
  let silent: { readonly events: number; readonly since: number } | undefined;
  for (; ; await firstValueFrom(clock.after(lookEveryMs))) {
    const seen = await readLease(log).catch((error: unknown) => {
      if (log.state().status !== 'unreachable') throw error;
      waits(reasonOf(error));
    });
    if (seen === undefined) continue;
    const { holder, events, last } = seen;
    refuseOtherBuilder(seen, us);
    const isOurs = last === undefined || last === us.node;
    const copied = isOurs || copy === undefined ? '' : `; ${copy.follow()}`;
    let because = holder === undefined ? 'nobody held it' : 'this node held it before';
    if (holder !== undefined && holder.node !== us.node) {
      const isSilent = !(await isAlive(holder.node));
      silent = isSilent ? (silent?.events === events ? silent : { events, since: clock.now() }) : undefined;
      const silence = silent === undefined ? 0 : clock.now() - silent.since;
      waits(
        silent === undefined
          ? `${holder.node} holds the archive, and lives: this node is its standby${copied}`
          : `${holder.node} holds the archive, and has not answered for ${Math.round(silence / 1000)} s: this node takes over after ${Math.round(patience / 1000)} s${copied}`,
      );
      if (silent === undefined || silence < patience) continue;
      because = `${holder.node} had not answered for ${Math.round(silence / 1000)} s`;
    }
    const hindered = hindrance?.();
    if (hindered !== undefined) {
      waits(hindered);
      continue;
    }
    const lacking = isOurs ? undefined : await copy?.lacks();
    if (lacking !== undefined) {
      waits(`${last} held the archive last, and this node may not take over: ${lacking}`);
      continue;
    }
    const lease = await takeLease(log, seen, { type: 'ArchiveLeaseTaken', ...us, because }, copy !== undefined);
    if (lease !== undefined) return lease;
  }
};

const refuseOtherBuilder = ({ holder }: ArchiveLease, { node, builder }: Standby['us']): void => {
  if (holder === undefined || holder.node === node || holder.builder === builder) return;
  throw new Error(
    `${holder.node} holds the archive as ${holder.builder}, and this node would as ${builder}; give both the same MINI_BUILDD_HOSTNAME, or stop that one first`,
  );
};
