import { isLeft } from 'fp-ts/lib/Either.js';
import { addressOf, isNotAutomatic, sourceIndices } from '../domain/configuration/source-indices.ts';
import { isSourceOf, type ListedSource, listedSource } from '../domain/debian/source-stanza.ts';
import { compareVersions } from '../domain/debian/version.ts';
import { portId, type UploadId } from '../domain/ids.ts';
import type { PortOvertaken } from '../domain/port/events.ts';
import type { Refusal } from '../domain/refusal.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { SeenSuite, Upstream } from '../ports/upstream.ts';
import { type FollowedPort, standingPorts } from '../projections/followed-ports.ts';
import { isFrom, newerThan, type SourceSightings } from '../projections/source-sightings.ts';
import type { World } from '../projections/world.ts';

/**
 * Looks into the list of sources of a suite for what was ported from its archive, once for each `Release`, and says of each port that was overtaken by
 * which version, once. `newWish` makes the id of what may become of it.
 */
export const watchPorts =
  (
    sightings: SourceSightings,
    world: World,
    upstream: Pick<Upstream, 'stanzas'>,
    newWish: () => UploadId,
    tell: Tell,
  ) =>
  async (seen: SeenSuite): Promise<Refusal | undefined> => {
    const ports = standingPorts(world).filter(({ requested }) => isFrom(seen.source, requested));
    const refused = await look(seen, new Set(ports.map(({ requested }) => requested.source)), sightings, upstream);
    if (refused !== undefined) return refused;
    for (const port of ports) {
      const event = overtaken(port, world, sightings, newWish);
      if (event !== undefined) await tell({ command: 'ReportPort', event }, duty('watch-ports', port.requested.upload));
    }
    return undefined;
  };

const look = async (
  { source, uri, release, digest, time }: SeenSuite,
  sought: ReadonlySet<string>,
  sightings: SourceSightings,
  upstream: Pick<Upstream, 'stanzas'>,
): Promise<Refusal | undefined> => {
  const before = sightings.get(source.id);
  if (before?.release === digest && [...sought].every((name) => before.sought.has(name))) return undefined;
  const listed = new Map<string, ListedSource>();
  for (const index of sought.size === 0 ? [] : sourceIndices(source, release)) {
    const isSought = (stanza: string): boolean => isSourceOf(sought, stanza);
    const named = { ...index, at: addressOf(index, release) };
    const read = await upstream.stanzas(uri, source.suite, named, isSought, time);
    if (isLeft(read)) return read.left;
    for (const each of read.right.flatMap((stanza) => listedSource(stanza) ?? [])) {
      const known = listed.get(each.source);
      if (known === undefined || compareVersions(each.version, known.version) > 0) listed.set(each.source, each);
    }
  }
  sightings.set(source.id, { release: digest, uri, isNotAutomatic: isNotAutomatic(release), sought, listed });
  return undefined;
};

const overtaken = (
  { requested, overtaken: before }: FollowedPort,
  { configuration }: World,
  sightings: SourceSightings,
  newWish: () => UploadId,
): PortOvertaken | undefined => {
  const newer = newerThan(requested, configuration, sightings);
  if (newer === undefined || newer.version === before?.version) return undefined;
  const { port, source, to, version } = requested;
  return {
    type: 'PortOvertaken',
    port,
    source,
    to,
    ported: version,
    version: newer.version,
    archive: newer.archive,
    url: `${newer.uri}${newer.path}`,
    sha256: newer.sha256,
    next: portId(newWish(), to),
  };
};
