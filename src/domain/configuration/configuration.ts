import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type ArchiveKeys, evolveKeys } from '../archive-key/archive-keys.ts';
import { decode } from '../codec.ts';
import { type Distribution, DistributionName, distributionName, parseDistribution } from '../debian/distribution.ts';
import type { Architecture, Codename, RepositoryId, SuiteName } from '../debian/names.ts';
import type { DaemonEvent } from '../event.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { RetentionConfigured } from '../retention/events.ts';
import { without } from '../without.ts';
import type { ChrootConfigured } from './chroot-events.ts';
import type {
  DistributionConfigured,
  InstanceConfigured,
  LayoutConfigured,
  RemoteConfigured,
  RemoteId,
  RepositoryConfigured,
  SourceConfigured,
  SourceId,
  Suite,
} from './events.ts';

/** The present configuration: the last word of each configuration stream. */
export type Configuration = {
  readonly instance: InstanceConfigured | undefined;
  readonly archiveKeys: ArchiveKeys;
  readonly sources: ReadonlyMap<SourceId, SourceConfigured>;
  readonly distributions: ReadonlyMap<Codename, DistributionConfigured>;
  readonly layouts: ReadonlyMap<string, LayoutConfigured>;
  readonly repositories: ReadonlyMap<RepositoryId, RepositoryConfigured>;
  /** Of repositories that do not keep everything. */
  readonly retention: ReadonlyMap<RepositoryId, RetentionConfigured>;
  /** By `CODENAME-ARCHITECTURE`. */
  readonly chroots: ReadonlyMap<string, ChrootConfigured>;
  readonly remotes: ReadonlyMap<RemoteId, RemoteConfigured>;
};

export const noConfiguration: Configuration = {
  instance: undefined,
  archiveKeys: [],
  sources: new Map(),
  distributions: new Map(),
  layouts: new Map(),
  repositories: new Map(),
  retention: new Map(),
  chroots: new Map(),
  remotes: new Map(),
};

const put = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value);

const retain = (present: Configuration['retention'], policy: RetentionConfigured): Configuration['retention'] =>
  policy.versions === null && policy.days === null
    ? without(present, policy.repository)
    : put(present, policy.repository, policy);

/** Configuration is small and changes seldom, so each change makes a new value. */
export const configure = (present: Configuration, event: DaemonEvent): Configuration => {
  switch (event.type) {
    case 'InstanceConfigured':
      return { ...present, instance: event };
    case 'ArchiveKeyGenerated':
    case 'ArchiveKeyRetirementScheduled':
    case 'ArchiveKeyRetirementCancelled':
    case 'ArchiveKeyRetired':
    case 'ArchiveKeyExpirySet':
      return { ...present, archiveKeys: evolveKeys(present.archiveKeys, event) };
    case 'SourceConfigured':
      return { ...present, sources: put(present.sources, event.id, event) };
    case 'SourceRemoved':
      return { ...present, sources: without(present.sources, event.id) };
    case 'DistributionConfigured':
      return { ...present, distributions: put(present.distributions, event.codename, event) };
    case 'DistributionRemoved':
      return { ...present, distributions: without(present.distributions, event.codename) };
    case 'LayoutConfigured':
      return { ...present, layouts: put(present.layouts, event.layout, event) };
    case 'LayoutRemoved':
      return { ...present, layouts: without(present.layouts, event.layout) };
    case 'RepositoryConfigured':
      return { ...present, repositories: put(present.repositories, event.repository, event) };
    case 'RepositoryRemoved':
      return { ...present, repositories: without(present.repositories, event.repository) };
    case 'RetentionConfigured':
      return { ...present, retention: retain(present.retention, event) };
    case 'ChrootConfigured':
      return { ...present, chroots: put(present.chroots, chrootName(event), event) };
    case 'ChrootRemoved':
      return { ...present, chroots: without(present.chroots, chrootName(event)) };
    case 'RemoteConfigured':
      return { ...present, remotes: put(present.remotes, event.remote, event) };
    case 'RemoteRemoved':
      return { ...present, remotes: without(present.remotes, event.remote) };
    default:
      return present;
  }
};

export const chrootName = (chroot: { readonly codename: Codename; readonly architecture: Architecture }): string =>
  `${chroot.codename}-${chroot.architecture}`;

/** Everything a distribution name stands for. */
export type Target = {
  readonly name: DistributionName;
  readonly repository: RepositoryConfigured;
  readonly distribution: DistributionConfigured;
  readonly layout: LayoutConfigured;
  readonly suite: Suite;
  readonly rollback: number | undefined;
};

/** Resolves what stands in a `Distribution` field, Debian's own names included where a layout maps them. */
export const resolveDistribution = (configuration: Configuration, written: string): Either<Refusal, Target> => {
  const name = decode(DistributionName, meantBy(configuration, written));
  if (isLeft(name)) {
    return left(
      refusal(
        'malformed-distribution',
        `"${written.slice(0, 80)}" is not of the form CODENAME-REPOSITORY-SUITE`,
        `set Distribution to one of ${uploadableDistributions(configuration).join(', ') || 'those this instance lists'}`,
      ),
    );
  }
  return targetOf(configuration, name.right);
};

const targetOf = (configuration: Configuration, name: DistributionName): Either<Refusal, Target> => {
  const parts = parseDistribution(name);
  const repository = configuration.repositories.get(parts.repository);
  if (repository === undefined) return unknown(configuration, name, `no repository "${parts.repository}"`);
  const distribution = configuration.distributions.get(parts.codename);
  if (distribution === undefined || !repository.codenames.includes(parts.codename)) {
    return unknown(configuration, name, `repository "${parts.repository}" has no codename "${parts.codename}"`);
  }
  const layout = configuration.layouts.get(repository.layout);
  const suite = layout?.suites.find((candidate) => candidate.suite === parts.suite);
  if (layout === undefined || suite === undefined) {
    return unknown(configuration, name, `layout "${repository.layout}" has no suite "${parts.suite}"`);
  }
  if (parts.rollback !== undefined && parts.rollback >= suite.rollbacks) {
    return unknown(configuration, name, `suite "${parts.suite}" keeps ${suite.rollbacks} rollbacks`);
  }
  return right({ name, repository, distribution, layout, suite, rollback: parts.rollback });
};

const unknown = (configuration: Configuration, name: string, fact: string): Either<Refusal, never> =>
  left(
    refusal(
      'unknown-distribution',
      `${name}: ${fact}`,
      `set Distribution to one of ${uploadableDistributions(configuration).join(', ') || 'those this instance lists'}`,
    ),
  );

/** What is meant by a name of a distribution. One that several repositories claim means nothing, and stays as it is written. */
const meantBy = (configuration: Configuration, written: string): string => {
  const [only, ...more] = meaningsOf(configuration, written);
  return only !== undefined && more.length === 0 ? only : written;
};

/** `unstable` → `sid-REPOSITORY-unstable`, one for each repository whose layout says so. */
export const meaningsOf = (configuration: Configuration, written: string): readonly DistributionName[] =>
  [...configuration.repositories.values()].flatMap(({ repository, layout, codenames }) => {
    const metas = configuration.layouts.get(layout)?.metaDistributions ?? {};
    const [codename, suite] = Object.hasOwn(metas, written) ? (metas[written]?.split('-') ?? []) : [];
    const name = `${codename}-${repository}-${suite}`;
    return codenames.includes(codename as Codename) && DistributionName.is(name) ? [name] : [];
  });

/** Every suite of every codename of a repository, without rollbacks. */
export const suitesOf = (configuration: Configuration, repository: RepositoryConfigured): readonly Target[] => {
  const layout = configuration.layouts.get(repository.layout);
  return repository.codenames.flatMap((codename) => {
    const distribution = configuration.distributions.get(codename);
    if (layout === undefined || distribution === undefined) return [];
    return layout.suites.map((suite) => ({
      name: distributionName({ codename, repository: repository.repository, suite: suite.suite }),
      repository,
      distribution,
      layout,
      suite,
      rollback: undefined,
    }));
  });
};

/** Every distribution, in order of repositories and their codenames; no rollbacks. */
export const everyDistribution = (configuration: Configuration): readonly DistributionName[] =>
  [...configuration.repositories.values()].flatMap((repository) =>
    suitesOf(configuration, repository).map(({ name }) => name),
  );

export const uploadableDistributions = (configuration: Configuration): readonly DistributionName[] =>
  [...configuration.repositories.values()]
    .flatMap((repository) => suitesOf(configuration, repository))
    .filter(({ suite }) => suite.uploadable)
    .map(({ name }) => name);

/**
 * The suites a build for `suite` may draw from, itself first: the chain it migrates along, or for an
 * experimental suite every suite that is not.
 */
export const internalSuites = (layout: LayoutConfigured, suite: Suite): readonly SuiteName[] => {
  if (suite.experimental) {
    return [suite.suite, ...layout.suites.filter((other) => !other.experimental).map((other) => other.suite)];
  }
  const chain = [suite.suite];
  for (let next = suite.migratesTo; next !== null && !chain.includes(next); ) {
    chain.push(next);
    next = layout.suites.find((other) => other.suite === next)?.migratesTo ?? null;
  }
  return chain;
};

/** Where a source of some other distribution of the same repository and codename stands. */
export const siblingOf = ({ name }: Target, suite: SuiteName): DistributionName => {
  const { codename, repository }: Distribution = parseDistribution(name);
  return distributionName({ codename, repository, suite });
};
