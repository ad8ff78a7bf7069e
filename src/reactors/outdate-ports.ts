import type { Observable } from 'rxjs';
import { portId, type UploadId } from '../domain/ids.ts';
import type { PortOutdated } from '../domain/port/events.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { owedAutoPorts } from '../projections/auto-ports.ts';
import { type OutdatedPort, outdatedPorts } from '../projections/followed-ports.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Whether the version would be taken there: one that it is called like there already is no news. */
type Fits = (outdated: OutdatedPort) => boolean;

/** After a mass update, or when ports of years are followed for the first time, there are thousands. */
const atOnce = 100;

/**
 * Says of a port from a distribution of ours that this has a newer version by now, once for each. What its upload asked for by `auto-ports` comes first.
 * `newWish` makes the id of what may become of it. To be asked now and then: it looks at all ports.
 */
export const outdatePorts = (
  world$: Observable<World>,
  clock: Clock,
  fits: Fits,
  newWish: () => UploadId,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'outdate-ports',
    owed: (world) => owed(world, fits),
    owedUnder: (world, place) => owed(world, fits, place),
    key: ({ place }) => place,
    what: ({ version }) => version,
    atOnce,
    work: ({ port: { requested }, version }) => {
      const { port, source, to, version: ported, origin } = requested;
      if (origin.kind !== 'internal') return Promise.resolve();
      const from = origin.distribution;
      const next = portId(newWish(), to);
      const event: PortOutdated = { type: 'PortOutdated', port, source, to, ported, version, from, next };
      return tell({ command: 'ReportPort', event }, duty('outdate-ports', requested.upload));
    },
  });

const owed = (world: World, fits: Fits, place?: string): readonly OutdatedPort[] => {
  const outdated = outdatedPorts(world, place);
  if (outdated.length === 0) return outdated;
  const coming = new Set(owedAutoPorts(world.autoPorts).map(({ to, installed }) => `${to} ${installed.source}`));
  return outdated.filter((each) => !coming.has(each.place) && fits(each));
};
