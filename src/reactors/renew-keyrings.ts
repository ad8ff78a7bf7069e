import type { Observable } from 'rxjs';
import type { Clock } from '../ports/clock.ts';
import { type OwedKeyring, owedKeyrings } from '../projections/keyrings-owed.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Builds and migrates keyring packages, so that machines get the keys that sign now by their usual upgrade. */
export const renewKeyrings = (
  world$: Observable<World>,
  clock: Clock,
  renew: (owed: OwedKeyring) => Promise<unknown>,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'renew-keyrings',
    owed: (world) => (world.engine === 'started' ? owedKeyrings(world, clock.now()) : []),
    key: ({ to }) => to,
    what: ({ to, deed, keys }) => `${to} ${deed} ${keys.join()}`,
    work: renew,
  });
