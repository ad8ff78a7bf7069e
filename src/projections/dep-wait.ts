import { isLeft } from 'fp-ts/lib/Either.js';
import type { FoundDependency } from '../domain/build/events.ts';
import { internalSuites, resolveDistribution, siblingOf } from '../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import { type Alternative, allows, parseRelation } from '../domain/debian/relation.ts';
import type { BuildStory } from './build-queue.ts';
import type { World } from './world.ts';

/** Our suites are watched; what other archives get nobody tells us, so a build that waits is tried once a day. */
const dayInMs = 86_400_000;

/** Why a build that waits for dependencies should do so no longer. */
export type Turn =
  | { readonly turn: 'resume'; readonly because: string; readonly found: readonly FoundDependency[] }
  | { readonly turn: 'give-up'; readonly fact: string };

/** What becomes of a build in dep-wait now; nothing when it goes on waiting. */
export const turnOf = (build: BuildStory, world: World, now: number): Turn | undefined => {
  const { depWait } = build;
  if (depWait === undefined) return undefined;
  if (now >= Date.parse(depWait.until)) {
    return { turn: 'give-up', fact: `waited until ${depWait.until} in vain for ${depWait.waitsFor.join(', ')}` };
  }
  const found = whatIsFound(build, world);
  if (found !== undefined && !sameAs(found, build.found)) {
    return { turn: 'resume', because: `${found.map(sentence).join(', ')}`, found };
  }
  return now - Date.parse(build.changedAt) >= dayInMs
    ? { turn: 'resume', because: 'a day has passed: other archives may have what is missing', found: build.found }
    : undefined;
};

const sentence = (found: FoundDependency): string => `${found.package} ${found.version} is in ${found.distribution}`;

/**
 * For each relation a package of ours that meets it, in a suite that the build draws from and as apt sees it; `undefined` when one
 * is missing. Names that packages only provide are not known here.
 */
const whatIsFound = ({ depWait, requested }: BuildStory, world: World): readonly FoundDependency[] | undefined => {
  const publication = world.publications.get(parseDistribution(requested.distribution).repository);
  if (publication?.published === undefined || publication.published.upTo !== publication.content) return undefined;
  const target = resolveDistribution(world.configuration, requested.distribution);
  if (depWait === undefined || isLeft(target)) return undefined;
  const suites = internalSuites(target.right.layout, target.right.suite).map((suite) => siblingOf(target.right, suite));
  const found = depWait.waitsFor.map((relation) =>
    (parseRelation(relation) ?? [])
      .flatMap((wanted) => suites.map((suite) => lookUp(wanted, suite, requested.architecture, world)))
      .find((each) => each !== undefined),
  );
  return found.every((each) => each !== undefined) ? found : undefined;
};

const lookUp = (
  wanted: Alternative,
  distribution: DistributionName,
  architecture: string,
  { contents }: World,
): FoundDependency | undefined => {
  const shelf = contents.shelves.get(distribution);
  const owner = shelf?.owners.get(wanted.package);
  const binary =
    owner === undefined
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

/** What it was resumed for before did not help: something else has to come. */
const sameAs = (found: readonly FoundDependency[], before: readonly FoundDependency[]): boolean =>
  JSON.stringify(found) === JSON.stringify(before);
