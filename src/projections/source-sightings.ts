import type { Configuration } from '../domain/configuration/configuration.ts';
import type { SourceConfigured, SourceId } from '../domain/configuration/events.ts';
import type { ListedSource } from '../domain/debian/source-stanza.ts';
import { compareVersions } from '../domain/debian/version.ts';
import type { PortRequested } from '../domain/port/events.ts';

/** What was seen in a foreign suite of source packages that were ported from its archive. Known to this life alone. */
export type SourceSighting = {
  /** Of the `Release` that vouches for it. */
  readonly release: string;
  readonly uri: string;
  /** Whether apt takes nothing from it by itself, as from backports and experimental. */
  readonly isNotAutomatic: boolean;
  readonly sought: ReadonlySet<string>;
  /** The newest version of each. */
  readonly listed: ReadonlyMap<string, ListedSource>;
};

export type SourceSightings = Map<SourceId, SourceSighting>;

/** Whether what was ported lay in an archive of the source. */
export const isFrom = ({ uris }: SourceConfigured, { origin }: PortRequested): boolean =>
  origin.kind === 'external' && uris.some((uri) => origin.url.startsWith(uri));

type Newer = ListedSource & { readonly archive: SourceId; readonly uri: string };

/**
 * What the release that a port came from has by now, if that is newer. Which of the releases that share an archive that was nobody wrote down: as
 * long as one has the very version, it is that one and nothing is newer; else it is the lowest of those that are. Suites of one codename
 * count as one release, and what apt takes nothing from by itself for nothing. `undefined` also while one of them was not looked into.
 */
export const newerThan = (
  port: PortRequested,
  { sources }: Configuration,
  sightings: SourceSightings,
): Newer | undefined => {
  const releases = new Map<string, Newer>();
  for (const source of sources.values()) {
    if (!isFrom(source, port)) continue;
    const seen = sightings.get(source.id);
    if (seen?.sought.has(port.source) !== true) return undefined;
    const listed = seen.listed.get(port.source);
    if (listed === undefined || seen.isNotAutomatic) continue;
    const release = `${source.origin} ${source.codename}`;
    const before = releases.get(release);
    if (before === undefined || compareVersions(listed.version, before.version) > 0)
      releases.set(release, { ...listed, archive: source.id, uri: seen.uri });
  }
  const [lowest] = [...releases.values()]
    .filter(({ version }) => compareVersions(version, port.version) >= 0)
    .toSorted((one, other) => compareVersions(one.version, other.version));
  return lowest === undefined || compareVersions(lowest.version, port.version) === 0 ? undefined : lowest;
};
