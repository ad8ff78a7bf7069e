import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type Configuration, configure, resolveDistribution } from '../configuration/configuration.ts';
import { noSuiteChecks, repositoryDefaults } from '../configuration/defaults.ts';
import type { ConfigurationEvent, LayoutConfigured, Suite } from '../configuration/events.ts';
import { newFaults } from '../configuration/rules/faults.ts';
import { type DistributionName, parseDistribution } from '../debian/distribution.ts';
import type { Codename, RepositoryId, SuiteName } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';

/** A suite that is to be, without its rollbacks. */
export type WantedSuite = {
  readonly distribution: DistributionName;
  readonly rollbacks: number;
  readonly notAutomatic: boolean;
  readonly butAutomaticUpgrades: boolean;
};

type Target = { readonly repository: RepositoryId; readonly layout: string | undefined };

/**
 * What has to be configured so that the suites have a place: nothing where the repository is there and has them, else the repository, with the layout that is
 * named, or that the instance has for suites of those names, or one made of what was found.
 */
export const targetFor = (
  present: Configuration,
  { repository, layout }: Target,
  suites: readonly WantedSuite[],
): Either<readonly Refusal[], readonly ConfigurationEvent[]> => {
  const events = present.repositories.has(repository) ? [] : newRepository(present, repository, layout, suites);
  const faults = newFaults(present, events);
  const after = events.reduce<Configuration>(configure, present);
  const misfits = suites.flatMap((suite) => misfit(after, suite) ?? []);
  return faults.length + misfits.length > 0 ? left([...faults, ...misfits]) : right(events);
};

const misfit = (after: Configuration, { distribution, rollbacks }: WantedSuite): Refusal | undefined => {
  const target = resolveDistribution(after, distribution);
  if (target._tag === 'Left') {
    return refusal(
      'unknown-distribution',
      target.left.fact,
      'let the repository have it first (mini-buildd setup --vendors, with --update where the repository is there already; or apply), or say what the suite becomes: --map',
    );
  }
  const kept = target.right.suite.rollbacks;
  return kept >= rollbacks
    ? undefined
    : refusal(
        'too-few-rollbacks',
        `${distribution} is to have ${rollbacks} rollbacks, and its suite keeps ${kept}`,
        `let the suite keep ${rollbacks}, or import into a repository that is not there yet`,
      );
};

const newRepository = (
  present: Configuration,
  repository: RepositoryId,
  named: string | undefined,
  suites: readonly WantedSuite[],
): readonly ConfigurationEvent[] => {
  const fitting = named ?? [...present.layouts.values()].find((each) => has(each, suites))?.layout;
  const made = fitting === undefined ? [layoutOf(repository, suites)] : [];
  return [
    ...made,
    {
      type: 'RepositoryConfigured',
      repository,
      layout: fitting ?? layoutName(repository),
      codenames: [...new Set(suites.map(({ distribution }) => parseDistribution(distribution).codename))] as Codename[],
      allowUnauthenticated: false,
      uploaderKeyrings: [],
      validForDays: 14,
      ...repositoryDefaults,
    },
  ];
};

/** Whether apt would treat each suite as it does now. */
const has = (layout: LayoutConfigured, wanted: readonly WantedSuite[]): boolean =>
  wanted.every(({ distribution, rollbacks, notAutomatic, butAutomaticUpgrades }) =>
    layout.suites.some(
      (suite) =>
        suite.suite === parseDistribution(distribution).suite &&
        suite.rollbacks >= rollbacks &&
        suite.notAutomatic === notAutomatic &&
        suite.butAutomaticUpgrades === butAutomaticUpgrades,
    ),
  );

const layoutName = (repository: RepositoryId): string => `Imported ${repository}`;

/** Any version may be uploaded, as before; what migrates where its administrator says afterwards. */
const layoutOf = (repository: RepositoryId, wanted: readonly WantedSuite[]): LayoutConfigured => {
  const byName = Map.groupBy(wanted, ({ distribution }) => parseDistribution(distribution).suite);
  return {
    type: 'LayoutConfigured',
    layout: layoutName(repository),
    suites: [...byName].map(([suite, places]) => suiteOf(suite, places)),
    defaultVersion: '~%IDENTITY%%CODEVERSION%+1',
    mandatoryVersion: '.*',
    experimentalDefaultVersion: '~%IDENTITY%%CODEVERSION%+0',
    experimentalMandatoryVersion: '.*',
    metaDistributions: {},
  };
};

const suiteOf = (suite: SuiteName, places: readonly WantedSuite[]): Suite => ({
  suite,
  uploadable: true,
  experimental: false,
  migratesTo: null,
  migratesAfterDays: 0,
  buildsKeyring: false,
  rollbacks: Math.max(...places.map(({ rollbacks }) => rollbacks)),
  notAutomatic: places.every(({ notAutomatic }) => notAutomatic),
  butAutomaticUpgrades: places.every(({ butAutomaticUpgrades }) => butAutomaticUpgrades),
  checks: noSuiteChecks,
});
