import { merge, type Observable } from 'rxjs';
import { type Expiry, expiringKey } from '../domain/expiry/expiry.ts';
import type { Clock } from '../ports/clock.ts';
import type { ArchiveKeyFacts } from '../ports/keyring.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { owedExpiries } from '../projections/expiries.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What is known of the ends of things; it has to be looked at, which takes a while. */
type Watch = {
  readonly look: () => Promise<void>;
  /** The same list as long as nothing else is known. */
  readonly found: () => readonly Expiry[];
  readonly changed: () => readonly ArchiveKeyFacts[];
};

const hourInMs = 3_600_000;

/**
 * Looks hourly at everything that ends, and when archive keys change; says what ends to those who should know, once for each number of
 * days; and notes when the file of an archive key says something else of it than the log, another end or other subkeys, whoever changed it.
 */
export const watchExpiries = (world$: Observable<World>, clock: Clock, watch: Watch, tell: Tell): Observable<Fault> => {
  let looked: { readonly at: number; readonly keys: World['configuration']['archiveKeys'] } | undefined;
  const isDue = ({ configuration: { archiveKeys } }: World): boolean =>
    looked === undefined || looked.keys !== archiveKeys || Math.abs(clock.now() - looked.at) >= hourInMs;
  const owed = owedExpiries();
  return merge(
    onceEach(world$, clock, {
      name: 'watch-expiries',
      owed: (world) => (isDue(world) ? [world] : []),
      key: () => 'everything',
      work: async ({ configuration: { archiveKeys } }) => {
        await watch.look();
        looked = { at: clock.now(), keys: archiveKeys };
      },
    }),
    onceEach(world$, clock, {
      name: 'announce-expiries',
      owed: ({ expiries }) => owed(watch.found(), expiries, clock.now()),
      key: ({ what }) => expiringKey(what),
      work: ({ what, expiresAt, days }) =>
        tell(
          { command: 'Report', event: { type: 'ExpiryAnnounced', what, expiresAt, days } },
          duty('announce-expiries', expiringKey(what)),
        ),
    }),
    onceEach(world$, clock, {
      name: 'note-archive-keys',
      owed: () => watch.changed(),
      key: ({ fingerprint }) => fingerprint,
      work: ({ primaryIsHere: _, ...facts }) =>
        tell({ command: 'SetArchiveKeyExpiry', ...facts }, duty('note-archive-keys', facts.fingerprint)),
    }),
  );
};
