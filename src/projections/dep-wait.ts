import { isLeft } from 'fp-ts/lib/Either.js';
import type { BuildDepWaited, Found, FoundDependency } from '../domain/build/events.ts';
import { instant } from '../domain/codec.ts';
import {
  type Configuration,
  internalSuites,
  resolveDistribution,
  siblingOf,
} from '../domain/configuration/configuration.ts';
import type { SourceId } from '../domain/configuration/events.ts';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import { type Alternative, allows, parseRelation } from '../domain/debian/relation.ts';
import type { BuildId } from '../domain/ids.ts';
import { onceFor } from '../domain/once-for.ts';
import type { BuildQueue, BuildStory } from './build-queue.ts';
import type { Contents } from './contents.ts';
import { type Publications, seenSources } from './publications.ts';
import type { Recorded } from './recorded.ts';
import { foundElsewhere, type Sightings, sourcesFor } from './sightings.ts';

/** Our suites are watched, and sources are looked at; for what neither shows, a build that waits is tried once a day. */
const dayInMs = 86_400_000;

/** Why a build that waits for dependencies should do so no longer. */
export type Turn =
  | { readonly turn: 'resume'; readonly because: string; readonly found: readonly Found[] }
  | { readonly turn: 'give-up'; readonly fact: string };

/**
 * Builds in dep-wait for which apt sees by now everything they wait for. Looked up when one begins to wait and when its repository is published, and not by
 * everybody who asks: thousands may wait for one library. Folded in place: ask, do not keep.
 */
export type MetDependencies = Map<BuildId, readonly FoundDependency[]>;

export const noMetDependencies = (): MetDependencies => new Map();

/** `world` after the event. */
export const foldMetDependencies = (met: MetDependencies, { event }: Recorded, world: Known): void => {
  switch (event.type) {
    case 'BuildDepWaited':
      lookAgain(met, [world.builds.depWait.get(event.build)], world);
      break;
    case 'RepositoryPublished':
      lookAgain(met, waitingIn(event.repository, world), world);
      break;
    case 'BuildResumed':
    case 'BuildFailed':
    case 'BuildCancelled':
      met.delete(event.build);
      break;
  }
};

type Known = {
  readonly builds: BuildQueue;
  readonly configuration: Configuration;
  readonly contents: Contents;
  readonly publications: Publications;
};

const waitingIn = (repository: RepositoryId, { builds }: Known): readonly BuildStory[] =>
  [...builds.depWait.values()].filter(
    ({ requested }) => parseDistribution(requested.distribution).repository === repository,
  );

/** All of one repository. What a build was resumed for before did not help: something else has to come. */
const lookAgain = (met: MetDependencies, builds: readonly (BuildStory | undefined)[], world: Known): void => {
  const [first] = builds;
  const publication = first && world.publications.get(parseDistribution(first.requested.distribution).repository);
  if (publication === undefined) return;
  const seen = seenSources(publication);
  for (const build of builds) {
    if (build === undefined) continue;
    const suites = suitesFor(build.requested, world.configuration);
    const found = whatIsFound(build, world, { suites, seen });
    if (found === undefined || sameAs(found, build.found)) met.delete(build.id);
    else met.set(build.id, found);
  }
};

/** Builds that should wait for dependencies no longer, and why. */
export const turns = (
  { builds, met }: { readonly builds: BuildQueue; readonly met: MetDependencies },
  now: number,
): readonly { readonly build: BuildStory; readonly turn: Turn }[] => {
  if (builds.depWait.size === 0) return [];
  const [today, yesterday] = [instant(now), instant(now - dayInMs)];
  const due: { readonly build: BuildStory; readonly turn: Turn }[] = [];
  // Instants compare as they are written.
  for (const build of builds.depWait.values()) {
    const { depWait, changedAt } = build;
    if (depWait === undefined) continue;
    if (depWait.until <= today) due.push({ build, turn: givenUp(depWait) });
    else if (changedAt <= yesterday && !met.has(build.id)) due.push({ build, turn: tryAgain(build) });
  }
  for (const [id, found] of met) {
    const build = builds.depWait.get(id);
    const isOver = build?.depWait === undefined || build.depWait.until <= today;
    if (!isOver) due.push({ build, turn: { turn: 'resume', because: found.map(sentence).join(', '), found } });
  }
  return due;
};

const givenUp = ({ until, waitsFor }: BuildDepWaited): Turn => ({
  turn: 'give-up',
  fact: `waited until ${until} in vain for ${waitsFor.join(', ')}`,
});

const tryAgain = ({ found }: BuildStory): Turn => ({
  turn: 'resume',
  because: 'a day has passed: other archives may have what is missing',
  found,
});

const sentence = (found: Found): string =>
  `${found.package} ${found.version} is in ${'source' in found ? found.source : found.distribution}`;

/** A build for which everything it waits for was seen, some of it at least in sources. */
export type Woken = { readonly build: BuildStory; readonly because: string; readonly found: readonly Found[] };

/** Looks at all that wait: what is the same for many of them, once. */
export const wokenBy = (sightings: Sightings, world: Known, now: number): readonly Woken[] => {
  if (world.builds.depWait.size === 0 || sightings.size === 0) return [];
  const today = instant(now);
  const places = new Map<DistributionName, Place>();
  return [...world.builds.depWait.values()].flatMap((build) => {
    const { depWait, requested } = build;
    if (depWait === undefined || depWait.until <= today) return [];
    const place = places.get(requested.distribution) ?? placeOf(requested.distribution, sightings, world);
    places.set(requested.distribution, place);
    if (place.sources.length === 0) return [];
    const found = whatIsFound(build, world, place, (wanted) =>
      foundElsewhere(sightings, place.sources, wanted, requested.architecture),
    );
    const isNews = found?.some((each) => 'source' in each) === true && !sameAs(found, build.found);
    return isNews && found !== undefined ? [{ build, because: found.map(sentence).join(', '), found }] : [];
  });
};

/** Where builds for a distribution find what they need: our suites, as far as apt sees them, and sources that were looked into. */
type Place = OwnPlace & { readonly sources: readonly SourceId[] };
type OwnPlace = { readonly suites: readonly DistributionName[]; readonly seen: Seen | undefined };

const placeOf = (distribution: DistributionName, sightings: Sightings, world: Known): Place => {
  const publication = world.publications.get(parseDistribution(distribution).repository);
  return {
    suites: suitesFor({ distribution }, world.configuration),
    seen: publication && seenSources(publication),
    sources: sourcesFor(world.configuration, distribution).filter((source) => sightings.has(source)),
  };
};

type Seen = ReturnType<typeof seenSources>;

/**
 * For each relation a package of ours that meets it, in a suite that the build draws from and as apt sees it, or one from `elsewhere`; `undefined`
 * when one is missing. Names that packages of ours only provide are not known here.
 */
const whatIsFound = <Other extends Found = FoundDependency>(
  { depWait, requested }: BuildStory,
  world: Known,
  { suites, seen }: OwnPlace,
  elsewhere: (wanted: Alternative) => Other | undefined = () => undefined,
): readonly (FoundDependency | Other)[] | undefined => {
  if (depWait === undefined || suites.length === 0) return undefined;
  const ours = (wanted: Alternative): FoundDependency | undefined => {
    if (seen === undefined) return undefined;
    for (const suite of suites) {
      const found = lookUp(wanted, suite, requested.architecture, world, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = relationsOf(depWait).map(
    (alternatives) => firstOf(alternatives, ours) ?? firstOf(alternatives, elsewhere),
  );
  return found.every((each) => each !== undefined) ? found : undefined;
};

type Relation = readonly Alternative[];

/** All that wait are looked at now and then: what they wait for is read once. */
const relationsOf = onceFor(({ waitsFor }: BuildDepWaited): readonly Relation[] =>
  waitsFor.map((relation) => parseRelation(relation) ?? []),
);

/** Those of ours that a build draws from; none when where it is for is not there any more. */
export const suitesFor = (
  { distribution }: Pick<BuildStory['requested'], 'distribution'>,
  configuration: Configuration,
): readonly DistributionName[] => {
  const target = resolveDistribution(configuration, distribution);
  if (isLeft(target)) return [];
  return internalSuites(target.right.layout, target.right.suite).map((suite) => siblingOf(target.right, suite));
};

const lookUp = (
  wanted: Alternative,
  distribution: DistributionName,
  architecture: string,
  { contents }: Known,
  seen: Seen,
): FoundDependency | undefined => {
  const shelf = contents.shelves.get(distribution);
  const owner = shelf?.owners.get(wanted.package)?.at(-1);
  const binary =
    owner === undefined || !seen.has(owner)
      ? undefined
      : shelf?.slots
          .get(owner)
          ?.present?.binaries.find(
            (each) =>
              each.package === wanted.package &&
              (each.architecture === architecture || each.architecture === 'all') &&
              allows(wanted, each.version),
          );
  return binary === undefined ? undefined : { package: binary.package, version: binary.version, distribution };
};

const firstOf = <Result>(
  alternatives: readonly Alternative[],
  find: (wanted: Alternative) => Result | undefined,
): Result | undefined => {
  for (const wanted of alternatives) {
    const found = find(wanted);
    if (found !== undefined) return found;
  }
  return undefined;
};

const sameAs = (found: readonly Found[], before: readonly Found[]): boolean =>
  JSON.stringify(found) === JSON.stringify(before);
