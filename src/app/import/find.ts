import { isLeft } from 'fp-ts/lib/Either.js';
import { ulid } from 'ulid';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { UploadId } from '../../domain/ids.ts';
import type { ImportedSuite, ImportId, RepositoryImported } from '../../domain/import/events.ts';
import {
  type FoundSuite,
  type ImportPlan,
  planImport,
  type Room,
  roomFaults,
} from '../../domain/import/plan-import.ts';
import { baseOf, type Older } from '../../domain/import/shelves.ts';
import { distributionFor } from '../../domain/import/suite-names.ts';
import { targetFor } from '../../domain/import/target.ts';
import { portions } from '../../domain/portions.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { ImportSource } from '../../ports/import-source.ts';
import type { Journal } from './journal.ts';
import { type ReadSuite, readSuite, type Trust } from './read-suite.ts';
import type { Damaged } from './take-files.ts';

export type Wanted = {
  /** Those that were named; all of them where none was. */
  readonly suites: readonly string[];
  readonly said: ReadonlyMap<string, DistributionName>;
  readonly repository: RepositoryId | undefined;
  readonly layout: string | undefined;
  readonly older: Older;
  readonly closeGaps: boolean;
};

/** Suites as they were read, and what each is to be here. */
export type Found = {
  readonly repository: RepositoryId;
  readonly suites: readonly (ReadSuite & FoundSuite)[];
};

/** Reads everything that indices say. Gives every reason why it cannot become a repository here. */
export const findSuites = async (
  from: ImportSource,
  trust: Trust,
  wanted: Wanted,
  present: Configuration,
  progress: (line: string) => void,
): Promise<Found | readonly Refusal[]> => {
  const names = wanted.suites.length > 0 ? wanted.suites : await from.suites();
  if (names === undefined) return [notListed];
  if (names.length === 0) return [noSuites];
  const naming = { ...wanted, codenames: new Set<string>(present.distributions.keys()) };
  const [suites, refusals]: [(ReadSuite & FoundSuite)[], Refusal[]] = [[], []];
  for (const name of new Set(names)) {
    progress(`reading ${name}`);
    const distribution = isPlain(name) ? distributionFor(name, naming) : undefined;
    if (distribution === undefined || isLeft(distribution)) {
      refusals.push(distribution?.left ?? strangeName(name));
      continue;
    }
    const read = await readSuite(from, name, trust);
    if (isLeft(read)) refusals.push(read.left);
    else suites.push({ ...read.right, distribution: distribution.right });
  }
  refusals.push(...together(suites));
  const [first] = suites;
  return refusals.length > 0 || first === undefined
    ? refusals
    : { repository: parseDistribution(first.distribution).repository, suites };
};

const isPlain = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9+._-]*(?:\/[A-Za-z0-9][A-Za-z0-9+._-]*)*$/.test(name);

const strangeName = (name: string): Refusal =>
  refusal('unknown-suite', `"${name.slice(0, 80)}" cannot be the name of a suite`, 'leave it out: --suites');

const notListed = refusal(
  'unknown-suite',
  'a web server does not say which suites there are',
  'name them: --suites trixie,trixie-updates',
);

const noSuites = refusal(
  'unknown-suite',
  'there is no suite with a Release below dists/',
  'name the folder that holds dists/ and pool/',
);

/** All belong to one repository, and each to itself. */
const together = (suites: readonly FoundSuite[]): readonly Refusal[] => {
  const repositories = new Set(suites.map(({ distribution }) => parseDistribution(distribution).repository));
  const twice = suites.filter((one) => suites.find(({ distribution }) => distribution === one.distribution) !== one);
  return [
    ...(repositories.size > 1
      ? [
          refusal(
            'several-repositories',
            `the suites are of the repositories ${[...repositories].join(', ')}`,
            'import one after the other: --suites, or into one: --repository',
          ),
        ]
      : []),
    ...twice.map(({ suite, distribution }) =>
      refusal(
        'named-twice',
        `${suite} is to be ${distribution}, and so is another suite`,
        'say what each becomes: --map',
      ),
    ),
  ];
};

/** A plan over what was found, with what has to be configured for it. */
export type Planned = ImportPlan & { readonly configuration: readonly ConfigurationEvent[] };

export const planFound = (
  { repository, suites }: Found,
  wanted: Wanted,
  present: Configuration,
  damaged: Damaged,
): Planned | readonly Refusal[] => {
  const roomOf = (distribution: DistributionName): Room => roomIn(present, distribution);
  const plan = planImport({
    repository,
    suites,
    roomOf,
    damaged,
    older: wanted.older,
    closeGaps: wanted.closeGaps,
    newUpload: () => ulid() as UploadId,
  });
  const target = targetFor(present, { repository, layout: wanted.layout }, wantedSuites(suites, plan));
  const faults = suites
    .filter(({ distribution }) => present.distributions.has(parseDistribution(distribution).codename))
    .flatMap((suite) => roomFaults(suite, roomOf(suite.distribution)));
  if (isLeft(target)) return [...target.left, ...faults];
  return faults.length > 0 ? faults : { ...plan, configuration: target.right };
};

const roomIn = ({ distributions }: Configuration, name: DistributionName): Room => {
  const distribution = distributions.get(parseDistribution(name).codename);
  return {
    components: distribution?.components ?? [],
    architectures: distribution?.architectures.map(({ architecture }) => architecture) ?? [],
  };
};

const wantedSuites = (suites: Found['suites'], { shelves }: ImportPlan) => {
  const bases = new Set(suites.map(({ distribution }) => baseOf(distribution)));
  return [...bases].map((distribution) => {
    const rollbacks = [
      ...shelves
        .filter((shelf) => shelf.distribution === distribution)
        .map(({ occupants, isPresent }) => occupants.length - Number(isPresent)),
      ...suites
        .filter((suite) => baseOf(suite.distribution) === distribution)
        .map((suite) => (parseDistribution(suite.distribution).rollback ?? -1) + 1),
    ];
    const itself = suites.find((suite) => suite.distribution === distribution);
    return {
      distribution,
      rollbacks: Math.max(0, ...rollbacks),
      notAutomatic: itself?.notAutomatic ?? false,
      butAutomaticUpgrades: itself?.butAutomaticUpgrades ?? false,
    };
  });
};

/** Suites that one event names: it stays below 64 kB with the longest names there are. */
const mostSuites = 80;

/** What stands on record of it. */
export const recordOf = (
  { repository, suites }: Found,
  { packages, refused }: ImportPlan,
  from: string,
): Journal['imported'] => {
  const named = suites.map(
    ({ suite, distribution, release, date, isSigned, sources }): ImportedSuite => ({
      suite,
      distribution,
      release,
      date,
      isSigned,
      sources: sources.length,
      leftOut: new Set(refused.filter((each) => each.suite === suite).map(({ about }) => about)).size,
    }),
  );
  const about = { type: 'RepositoryImported', import: ulid() as ImportId, repository, from } as const;
  const versions = packages.reduce((sum, each) => sum + each.versions.length, 0);
  const record = (some: readonly ImportedSuite[]): RepositoryImported => ({
    ...about,
    suites: some,
    sources: packages.length,
    versions,
  });
  const cut = portions(named, mostSuites);
  return [record(cut[0]), ...cut.slice(1).map(record)];
};
