import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { PortRequested } from '../domain/port/events.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type AutoPort, owedAutoPorts } from '../projections/auto-ports.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What an upload's wish comes to as things are now. */
type PlanAutoPort = (wanted: AutoPort) => Either<Refusal, PortRequested>;

/** Requests the ports that installed uploads asked for by `auto-ports`; what cannot be ported fails on record. */
export const requestAutoPorts = (
  world$: Observable<World>,
  clock: Clock,
  plan: PlanAutoPort,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'request-auto-ports',
    owed: ({ autoPorts }) => owedAutoPorts(autoPorts),
    key: ({ port }) => port,
    work: (wanted) => {
      const why = duty('request-auto-ports', wanted.installed.upload, wanted.because);
      const planned = plan(wanted);
      return isLeft(planned)
        ? tell({ command: 'ReportPort', event: { type: 'PortFailed', port: wanted.port, ...planned.left } }, why)
        : tell({ command: 'RequestPort', requested: planned.right }, why);
    },
  });
