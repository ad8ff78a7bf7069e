import { isRight } from 'fp-ts/lib/Either.js';
import type { FoundElsewhere } from '../domain/build/events.ts';
import { type Configuration, resolveDistribution } from '../domain/configuration/configuration.ts';
import type { SourceId } from '../domain/configuration/events.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { Architecture } from '../domain/debian/names.ts';
import { meets, type Offered } from '../domain/debian/offered.ts';
import { type Alternative, parseRelation } from '../domain/debian/relation.ts';
import type { BuildQueue } from './build-queue.ts';

export type Offers = ReadonlyMap<string, readonly Offered[]>;

/** What was seen in a source of packages that builds wait for. */
export type Sighting = {
  /** Of the `Release` that vouches for it. */
  readonly release: string;
  /** Names that were looked for, by architecture. */
  readonly sought: ReadonlyMap<Architecture, ReadonlySet<string>>;
  /** By architecture and name: thousands may wait for one library. */
  readonly offered: ReadonlyMap<Architecture, Offers>;
};

/** By source. Known to this life alone: the next one looks itself. */
export type Sightings = Map<SourceId, Sighting>;

/** Foreign suites that builds for a distribution draw from. */
export const sourcesFor = (configuration: Configuration, distribution: DistributionName): readonly SourceId[] => {
  const target = resolveDistribution(configuration, distribution);
  if (!isRight(target)) return [];
  const { base, extras } = target.right.distribution;
  return [base, ...extras.map(({ source }) => source)];
};

/** Names of packages that builds wait for which draw from the source, by architecture. */
export const soughtIn = (
  source: SourceId,
  { builds, configuration }: { readonly builds: BuildQueue; readonly configuration: Configuration },
): ReadonlyMap<Architecture, ReadonlySet<string>> => {
  const sought = new Map<Architecture, Set<string>>();
  for (const { depWait, requested } of builds.depWait.values()) {
    if (depWait === undefined || !sourcesFor(configuration, requested.distribution).includes(source)) continue;
    const names = sought.get(requested.architecture) ?? new Set();
    sought.set(requested.architecture, names);
    for (const relation of depWait.waitsFor) for (const each of parseRelation(relation) ?? []) names.add(each.package);
  }
  return sought;
};

/** Whether all that is sought was looked for in this very `Release`. */
export const isSighted = (
  seen: Sighting | undefined,
  release: string,
  sought: ReadonlyMap<Architecture, ReadonlySet<string>>,
): boolean =>
  seen !== undefined &&
  seen.release === release &&
  [...sought].every(([architecture, names]) =>
    [...names].every((name) => seen.sought.get(architecture)?.has(name) === true),
  );

/** A package of one of the sources that meets the relation. */
export const foundElsewhere = (
  sightings: Sightings,
  sources: readonly SourceId[],
  wanted: Alternative,
  architecture: Architecture,
): FoundElsewhere | undefined => {
  for (const source of sources) {
    const offers = sightings.get(source)?.offered.get(architecture)?.get(wanted.package);
    const found = offers?.find((each) => meets(each, wanted));
    if (found !== undefined) return { package: found.package, version: found.packageVersion, source };
  }
  return undefined;
};
