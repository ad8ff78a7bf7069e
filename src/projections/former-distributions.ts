import type { Instant } from '../domain/codec.ts';
import { type Configuration, suitesOf, type Target } from '../domain/configuration/configuration.ts';
import { type DistributionName, distributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import { type PastPublication, type PublicationHistory, publicationUpTo } from './publication-history.ts';
import type { Publications } from './publications.ts';
import type { Recorded } from './recorded.ts';

/** A distribution that is configured no more: a suite of a codename, or one of its rollbacks. */
type Ended = {
  /** The suite, as it was configured last. */
  readonly target: Target;
  /** Since when there is no such distribution. */
  readonly ended: Instant;
  /** The last with which apt saw it; `undefined` where it never did. */
  readonly last: PastPublication | undefined;
};

/** One that apt saw. */
export type FormerDistribution = Ended & { readonly last: PastPublication };

/** By repository. Folded in place: ask, do not keep. */
export type FormerDistributions = Map<RepositoryId, Map<DistributionName, Ended>>;

export const noFormerDistributions = (): FormerDistributions => new Map();

type Known = {
  /** As they were before the event. */
  readonly configuration: Configuration;
  readonly publications: Publications;
  readonly published: PublicationHistory;
};

/** Before publications are folded: of a repository that goes they forget what apt saw. */
export const foldFormerDistributions = (
  former: FormerDistributions,
  { event, position, recordedAt }: Recorded,
  after: Configuration,
  { configuration: before, publications, published }: Known,
): void => {
  switch (event.type) {
    case 'RepositoryConfigured':
    case 'RepositoryRemoved':
      change(event.repository);
      break;
    case 'LayoutConfigured':
    case 'LayoutRemoved':
    case 'DistributionConfigured':
    case 'DistributionRemoved':
      for (const repository of after.repositories.keys()) change(repository);
      break;
  }

  function change(repository: RepositoryId): void {
    const there = distributionsIn(after, repository);
    const gone = former.get(repository) ?? new Map<DistributionName, Ended>();
    const seen = publications.get(repository)?.releases;
    const last = publicationUpTo(published, repository, position);
    for (const [name, target] of distributionsIn(before, repository))
      if (!there.has(name))
        gone.set(name, { target, ended: recordedAt, last: seen?.has(name) === true ? last : undefined });
    for (const name of there.keys()) gone.delete(name);
    former.set(repository, gone);
  }
};

/** Suites and their rollbacks, of every codename; with the suite of each. */
export const distributionsIn = (
  configuration: Configuration,
  id: RepositoryId,
): ReadonlyMap<DistributionName, Target> => {
  const repository = configuration.repositories.get(id);
  const targets = repository === undefined ? [] : suitesOf(configuration, repository);
  return new Map(
    targets.flatMap((target) => [
      [target.name, target] as const,
      ...Array.from(
        { length: target.suite.rollbacks },
        (_, rollback) => [distributionName({ ...parseDistribution(target.name), rollback }), target] as const,
      ),
    ]),
  );
};

export const formerDistribution = (
  former: FormerDistributions,
  repository: RepositoryId,
  name: DistributionName,
): FormerDistribution | undefined => {
  const found = former.get(repository)?.get(name);
  return found === undefined ? undefined : seenOnce(found);
};

const seenOnce = ({ last, ...rest }: Ended): FormerDistribution | undefined =>
  last === undefined ? undefined : { ...rest, last };

/** Since when there is no such distribution, where there once was one. */
export const endOf = (
  former: FormerDistributions,
  repository: RepositoryId,
  name: DistributionName,
): Instant | undefined => former.get(repository)?.get(name)?.ended;

/** Suites without their rollbacks, in order of their names. */
export const formerSuites = (former: FormerDistributions, repository: RepositoryId): readonly FormerDistribution[] =>
  [...(former.get(repository) ?? [])]
    .flatMap(([name, each]) => (name === each.target.name ? (seenOnce(each) ?? []) : []))
    .sort((one, other) => (one.target.name < other.target.name ? -1 : 1));
