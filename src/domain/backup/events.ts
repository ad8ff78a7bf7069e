import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';
import { Sha256 } from '../debian/names.ts';

/** An index that some machine has, which was published after the backup was taken. */
const Seen = t.strict({ distribution: t.string, date: Instant });

/**
 * The instance goes on from a backup: what stands before this event in the log is what was backed up, and nothing that happened after `taken` is known.
 * Everything is published anew, never with an earlier `Date` than machines have `seen`.
 */
export const InstanceRestored = t.strict(
  {
    type: t.literal('InstanceRestored'),
    /** When the backup was taken. */
    taken: Instant,
    /** How many events it held, and the hash that chains them. */
    events: Count,
    chain: Sha256,
    seen: t.readonlyArray(Seen),
  },
  'InstanceRestored',
);
export type InstanceRestored = t.TypeOf<typeof InstanceRestored>;
