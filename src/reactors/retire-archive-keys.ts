import type { Observable } from 'rxjs';
import type { ArchiveKey } from '../domain/archive-key/archive-keys.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { behindNewest } from '../projections/keyrings-owed.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

type Retiring = Extract<ArchiveKey, { readonly status: 'retiring' }>;

/** Retires keys on their date; one that waits for keyring packages, not before each of them carries the newest key. */
export const retireArchiveKeys = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'retire-archive-keys',
    owed: (world) => dueKeys(world, clock.now()),
    key: ({ fingerprint }) => fingerprint,
    work: ({ fingerprint, retiresAt }) =>
      tell({ command: 'RetireArchiveKey', fingerprint, retiresAt }, duty('retire-archive-keys', fingerprint)),
  });

const dueKeys = (world: World, now: number): readonly Retiring[] =>
  world.configuration.archiveKeys.filter(
    (key): key is Retiring =>
      key.status === 'retiring' &&
      Date.parse(key.retiresAt) <= now &&
      (!key.waitsForKeyrings || behindNewest(world).length === 0),
  );
