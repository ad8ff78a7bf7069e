import type { Observable } from 'rxjs';
import { type DiskRoom, isFull } from '../domain/disk-room.ts';
import type { NodeName, NodeReport } from '../domain/node/events.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** A disk that fills and empties by turns is not said to at every look. Milliseconds. */
const restsMs = 30_000;

/** Says of the disk of a node that it has filled, and that there is room again: builds go elsewhere meanwhile. */
export const reportRoom = (
  world$: Observable<World>,
  clock: Clock,
  { node, token }: { readonly node: NodeName; readonly token: number },
  room: () => DiskRoom | undefined,
  tell: Tell,
): Observable<Fault> => {
  let saidAt: number | undefined;
  const mayFree = (): boolean => saidAt === undefined || clock.awake() - saidAt >= restsMs;
  return onceEach(world$, clock, {
    name: 'report-room',
    owed: ({ nodes }): readonly NodeReport[] => {
      const process = nodes.get(node)?.process;
      const seen = room();
      if (process?.token !== token || seen === undefined) return [];
      if (process.full === undefined) return isFull(seen) ? [{ type: 'NodeDiskFilled', node, room: seen }] : [];
      return isFull(seen) || !mayFree() ? [] : [{ type: 'NodeDiskFreed', node }];
    },
    key: ({ type }) => type,
    work: async (event) => {
      await tell({ command: 'ReportNode', event, token }, duty('report-room', node));
      saidAt = clock.awake();
    },
  });
};
