import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import { instant } from '../../domain/codec.ts';
import { instanceAddress } from '../../domain/configuration/instance-address.ts';
import { hostAndPort } from '../../domain/configuration/web-address.ts';
import { type DiskRoom, isFull } from '../../domain/disk-room.ts';
import { markOf, type Statement, writeStatement } from '../../domain/remote/statement.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { awaitedRequests } from '../../projections/build-queue.ts';
import { requestsIn } from '../../projections/buildrequests.ts';
import { addedRemotes } from '../../projections/remotes.ts';
import { load, type Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';

/** How long one signature serves everybody who asks: signing is work that strangers give us. Milliseconds. */
const servesMs = 2_000;

/** What we say of ourselves to other instances, signed with every archive key, so that one that knows only the older one can tell. */
export const signedStatement = (
  world: World,
  place: Place,
  version: string,
  keyring: Pick<Keyring, 'clearsign'>,
  now: () => number,
  homeRoom: () => DiskRoom | undefined = () => undefined,
): (() => Promise<string>) => {
  let last: { readonly at: number; readonly text: Promise<string> } | undefined;
  return () => {
    const at = now();
    if (last !== undefined && at >= last.at && at - last.at < servesMs) return last.text;
    const text = keyring.clearsign(
      writeStatement(ownStatement(world, placesNow(place, homeRoom()), version, at)),
      signersOf(world.configuration),
    );
    const made = { at, text };
    last = made;
    text.catch(() => {
      if (last === made) last = undefined;
    });
    return text;
  };
};

/** Without room on its disk it has places for nobody: others build elsewhere meanwhile. */
const placesNow = (place: Place, seen: DiskRoom | undefined): Place =>
  seen !== undefined && isFull(seen) ? { ...place, room: 0 } : place;

const ownStatement = (world: World, place: Place, version: string, now: number): Statement => {
  const { hostname, url, ftpPort } = instanceAddress(world.configuration);
  const added = addedRemotes(world.remotes);
  return {
    http: hostAndPort(url),
    ftp: `${hostname}:${ftpPort}`,
    version,
    at: instant(now),
    running: world.engine === 'started',
    load: place.room === 0 ? 1 : (load(world, place) + requestsIn(world.buildrequests, 'waiting').length) / place.room,
    room: place.room,
    chroots: [...world.templates.values()].flatMap(({ chroot, prepared }) =>
      chroot === undefined || prepared === undefined
        ? []
        : [{ codename: prepared.codename, architecture: prepared.architecture }],
    ),
    binNmus: true,
    knows: added.map(({ configured }) => configured.fingerprint),
    trusts: added.filter(({ active }) => active).map(({ configured }) => configured.fingerprint),
    requests: new Map(
      [...world.buildrequests.ended, ...world.buildrequests.open].map(([request, { status, note }]) => [
        markOf(request),
        { state: status, note: note.replace(/[^\x20-\x7e]/g, '?').slice(0, 200) },
      ]),
    ),
    awaits: new Set(awaitedRequests(world.builds).map(({ request }) => markOf(request.sha256))),
  };
};
