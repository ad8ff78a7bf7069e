import type { Instant } from '../domain/codec.ts';
import { type Configuration, configure, noConfiguration } from '../domain/configuration/configuration.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import { type EventType, eventCodecs } from '../domain/event.ts';
import type { HeldVersion, PublishedDistribution } from '../ports/archive.ts';
import { type Contents, versionOf } from './contents.ts';
import { foldContents, noContents } from './fold-contents.ts';
import { foldPlaces } from './places.ts';
import type { PastPublication } from './publication-history.ts';
import { publicationInSlices } from './publication-of.ts';
import type { Recorded } from './recorded.ts';
import { atOnce, eachInSlices, type Sliced } from './slices.ts';

/**
 * The state of a repository at one of its publications, folded from the beginning of the log. It took into account what was said
 * up to `upTo` and `configuredBy`; what was said between these and the publication itself came too late for it.
 */
export type Past = {
  readonly repository: RepositoryId;
  readonly publication: PastPublication;
  configuration: Configuration;
  readonly contents: Contents;
  /** The `Date` of each `Release`: a distribution that a publication left as it was kept its own. */
  readonly dates: Map<DistributionName, Instant>;
  seesUpTo: boolean;
  seesConfiguredBy: boolean;
};

export const noPast = (repository: RepositoryId, publication: PastPublication): Past => ({
  repository,
  publication,
  configuration: noConfiguration,
  contents: noContents(),
  dates: new Map(),
  seesUpTo: publication.upTo === null,
  seesConfiguredBy: publication.configuredBy === null,
});

/** Kinds of events that say nothing of what a repository holds and how it is described: most of a log. */
const saysNothing: ReadonlySet<string> = new Set<EventType>([
  'UploadReceived',
  'UploadAccepted',
  'UploadRejected',
  'UploadFilesLetGo',
  'UploadFilesRemoved',
  'BuildRequested',
  'BuildAssigned',
  'BuildStarted',
  'BinariesBuilt',
  'BuildSucceeded',
  'BuildFailed',
  'BuildSkipped',
  'BuildGivenBack',
  'BuildCancelled',
  'VersionReserved',
  'VersionReleased',
]);

/** All others: nobody needs to read more of a log for its past. */
export const saysOfPast: readonly string[] = Object.keys(eventCodecs).filter((type) => !saysNothing.has(type));

/** Events in log order, up to and with the publication. */
export const foldPast = (past: Past, recorded: Recorded): void => {
  const { id, event } = recorded;
  if (event.type === 'RepositoryPublished' && event.repository === past.repository)
    for (const { distribution } of event.releases) past.dates.set(distribution, event.date);
  if (past.seesUpTo && past.seesConfiguredBy) return;
  past.configuration = configure(past.configuration, event);
  foldContents(past.contents, recorded, past.configuration);
  foldPlaces(past.contents, recorded, past.configuration);
  if (id === past.publication.upTo) past.seesUpTo = true;
  if (id === past.publication.configuredBy) past.seesConfiguredBy = true;
};

/** One distribution as apt saw it, and the date of its `Release`. */
export type PastDistribution = { readonly distribution: PublishedDistribution; readonly date: Instant };

/** A version is the one of `present`, so that a past costs no more than its lists; unless binaries came to it since, or others in their place. */
const sameIn = (present: Contents, repository: RepositoryId, held: HeldVersion): HeldVersion => {
  const known = versionOf(present, repository, held.source, held.version);
  const isSame =
    known?.binaries.length === held.binaries.length &&
    held.binaries.every(({ file }, at) => file.sha256 === known.binaries[at]?.file.sha256);
  return isSame ? known : held;
};

/** All distributions of the repository. */
export const pastDistributions = (past: Past, present: Contents): ReadonlyMap<DistributionName, PastDistribution> =>
  atOnce(pastInSlices(past, present));

export function* pastInSlices(past: Past, present: Contents): Sliced<ReadonlyMap<DistributionName, PastDistribution>> {
  const published = yield* publicationInSlices(past, past.repository, past.publication.at);
  const all = new Map<DistributionName, PastDistribution>();
  for (const distribution of published?.distributions ?? []) {
    const holds: HeldVersion[] = [];
    yield* eachInSlices(distribution.holds, (held) => holds.push(sameIn(present, past.repository, held)));
    const date = past.dates.get(distribution.name) ?? past.publication.at;
    all.set(distribution.name, { distribution: { ...distribution, holds }, date });
  }
  return all;
}
