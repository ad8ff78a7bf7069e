import type { Bearings } from '../../ports/bearings.ts';
import type { Builder } from '../../ports/builder.ts';
import type { Neighbours } from '../../ports/neighbours.ts';
import { addedRemotes } from '../../projections/remotes.ts';
import type { Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import type { Sealing } from '../pages/sealing.ts';
import type { Works } from '../works.ts';

/** What the daemon knows that tells its own bearings. */
export type BearingsParts = {
  readonly world: World;
  readonly place: Place;
  readonly works: Pick<Works, 'now'>;
  readonly liveLog: Builder['liveLog'];
  readonly peers: Pick<Neighbours, 'heard'>;
  readonly sealing: Sealing;
};

/** More of the end of a log nobody shows in a list of builds. Characters. */
const mostOfEnd = 2000;

export const bearingsOf =
  ({ world, place, works, liveLog, peers, sealing }: BearingsParts) =>
  (): Bearings => ({
    events: world.events,
    place: {
      builder: place.builder,
      room: place.room,
      tags: place.tags as Bearings['place']['tags'],
      architectures: place.architectures ?? null,
    },
    works: works
      .now()
      .map(({ kind, about, says = null, startedAt, usual = null }) => ({ kind, about, says, startedAt, usual })),
    builds: [...world.builds.claimed.keys()].flatMap((build) => {
      const log = liveLog(build);
      return log === undefined ? [] : [{ build, stage: log.stage() ?? null, end: log.end().slice(-mostOfEnd) }];
    }),
    remotes: addedRemotes(world.remotes).flatMap(({ remote }) => {
      const said = peers.heard(remote)?.statement;
      if (said === undefined) return [];
      const { load, room, running, trusts } = said;
      return [{ remote, load, room, running, trusts }];
    }),
    seal: looked(sealing()),
  });

const looked = ({ last, isChecked, doubt }: ReturnType<Sealing>): Bearings['seal'] => {
  if (doubt !== undefined) return { seal: doubt.seal, doubt: doubt.because };
  return last !== undefined && isChecked ? { seal: last.seal, doubt: null } : null;
};
