import * as t from 'io-ts';
import { Count } from '../codec.ts';
import { Architecture, Codename, Component, RepositoryId, SuiteName } from '../debian/names.ts';
import { type Retired, retire } from '../retired.ts';
import {
  distributionDefaults,
  instanceDefaults,
  noSuiteChecks,
  repositoryDefaults,
  sourceDefaults,
} from './defaults.ts';
import {
  type DistributionConfigured,
  type InstanceConfigured,
  InstanceId,
  type LayoutConfigured,
  type RepositoryConfigured,
  SourceConfigured,
  SourceId,
  SuiteChecks,
} from './events.ts';
import { webAddress } from './web-address.ts';

/** When everybody reached us by HTTP at a port of the host itself; at first without mail, registration and foreign sources. */
const InstanceWithPort = t.strict({
  type: t.literal('InstanceConfigured'),
  instance: InstanceId,
  hostname: t.string,
  httpPort: Count,
  ftpPort: Count,
});

const unreachable = 'http://localhost:8066';

/** When keys were always a file of the host. */
const SourceWithKeyring = t.strict({
  type: t.literal('SourceConfigured'),
  id: SourceId,
  origin: t.string,
  suite: t.string,
  codename: Codename,
  uris: t.readonlyArray(t.string),
  components: t.readonlyArray(Component),
  keyring: t.string,
});

/** When all archives were looked at every six hours. */
const { checkHours: _hours, ...sourceProps } = SourceConfigured.type.props;
const SourceWithoutHours = t.strict(sourceProps);

/** Before builds had settings and packages were checked, and while every template was made anew each week. */
const DistributionWithoutBuild = t.strict({
  type: t.literal('DistributionConfigured'),
  codename: Codename,
  codeversion: t.string,
  base: SourceId,
  extras: t.readonlyArray(t.strict({ source: SourceId, priority: t.union([t.number, t.null]) })),
  components: t.readonlyArray(Component),
  architectures: t.readonlyArray(
    t.strict({ architecture: Architecture, optional: t.boolean, buildsArchAll: t.boolean }),
  ),
});

const oldSuite = {
  suite: SuiteName,
  uploadable: t.boolean,
  experimental: t.boolean,
  migratesTo: t.union([SuiteName, t.null]),
  buildsKeyring: t.boolean,
  rollbacks: Count,
  notAutomatic: t.boolean,
  butAutomaticUpgrades: t.boolean,
};

const oldLayout = {
  type: t.literal('LayoutConfigured'),
  layout: t.string,
  defaultVersion: t.string,
  mandatoryVersion: t.string,
  experimentalDefaultVersion: t.string,
  experimentalMandatoryVersion: t.string,
  metaDistributions: t.record(t.string, t.string),
};

/** Before suites could be checked otherwise than their distribution. */
const LayoutWithoutChecks = t.strict({ ...oldLayout, suites: t.readonlyArray(t.strict(oldSuite)) });

/** Before packages could migrate by themselves. */
const LayoutWithoutDays = t.strict({
  ...oldLayout,
  suites: t.readonlyArray(t.strict({ ...oldSuite, checks: SuiteChecks })),
});

/** Before there was mail; all that came later has its default, too. */
const RepositoryWithoutPeople = t.strict({
  type: t.literal('RepositoryConfigured'),
  repository: RepositoryId,
  layout: t.string,
  codenames: t.readonlyArray(Codename),
  allowUnauthenticated: t.boolean,
  uploaderKeyrings: t.readonlyArray(t.string),
  validForDays: t.union([Count, t.null]),
});

/** What has its fields by default gets them; what has some of them keeps those. */
export const retiredConfiguration: readonly Retired[] = [
  retire<t.TypeOf<typeof InstanceWithPort>, InstanceConfigured>(
    'InstanceConfigured',
    InstanceWithPort,
    ({ httpPort, ...old }) => ({
      ...instanceDefaults,
      ...old,
      // A name that no address can hold reached nobody; the next start says the right one.
      url: webAddress(URL.canParse(`http://${old.hostname}`) ? `http://${old.hostname}:${httpPort}` : unreachable),
    }),
  ),
  retire<t.TypeOf<typeof SourceWithKeyring>, SourceConfigured>(
    'SourceConfigured',
    SourceWithKeyring,
    ({ keyring, ...old }) => ({
      ...sourceDefaults,
      ...old,
      // Every way to end an address was taken; now there is one.
      uris: old.uris.map((uri) => uri.replace(/\/*$/, '/')),
      keys: keyring,
    }),
  ),
  retire<t.TypeOf<typeof DistributionWithoutBuild>, DistributionConfigured>(
    'DistributionConfigured',
    DistributionWithoutBuild,
    (old) => ({ ...distributionDefaults, ...old }),
  ),
  retire<t.TypeOf<typeof SourceWithoutHours>, SourceConfigured>('SourceConfigured', SourceWithoutHours, (old) => ({
    ...old,
    checkHours: sourceDefaults.checkHours,
  })),
  retire<t.TypeOf<typeof LayoutWithoutChecks>, LayoutConfigured>('LayoutConfigured', LayoutWithoutChecks, (old) => ({
    ...old,
    suites: old.suites.map((suite) => ({ checks: noSuiteChecks, ...suite, migratesAfterDays: 0 })),
  })),
  retire<t.TypeOf<typeof LayoutWithoutDays>, LayoutConfigured>('LayoutConfigured', LayoutWithoutDays, (old) => ({
    ...old,
    suites: old.suites.map((suite) => ({ ...suite, migratesAfterDays: 0 })),
  })),
  retire<t.TypeOf<typeof RepositoryWithoutPeople>, RepositoryConfigured>(
    'RepositoryConfigured',
    RepositoryWithoutPeople,
    (old) => ({ ...repositoryDefaults, ...old }),
  ),
];
