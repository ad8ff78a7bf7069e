import type * as t from 'io-ts';
import type { RepositoryId } from '../../debian/names.ts';
import { keepsEverything, RetentionConfigured } from '../../retention/events.ts';
import { ChrootConfigured } from '../chroot-events.ts';
import { type Configuration, chrootName } from '../configuration.ts';
import { distributionDefaults, noSuiteChecks, repositoryDefaults, sourceDefaults } from '../defaults.ts';
import {
  type ConfigurationEvent,
  DistributionConfigured,
  LayoutConfigured,
  RepositoryConfigured,
  SourceConfigured,
} from '../events.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What can be declared many times, each under a name, and how a declaration becomes an event. */
export type Kind = {
  /** What stands in the document before the names. */
  readonly section: string;
  /** How people call one of it. */
  readonly noun: string;
  readonly codec: t.Decoder<unknown, ConfigurationEvent> & { readonly is: (input: unknown) => boolean };
  /** The fields that the name stands for. */
  readonly identity: (name: string) => Fields;
  readonly all: (configuration: Configuration) => ReadonlyMap<string, ConfigurationEvent>;
  /** What says that it is not there; where that is so, it need not be said. */
  readonly removed: (identity: Fields) => ConfigurationEvent;
  readonly defaults: Fields;
  /** Fields whose parts may be declared one by one. */
  readonly nested: readonly string[];
  /** Gives the parts of lists what they may leave out. */
  readonly filled: (fields: Fields) => Fields;
};

/** In the order in which one may refer to another: what is named later builds upon what is named earlier. */
export const kinds: readonly Kind[] = [
  {
    section: 'sources',
    noun: 'source',
    codec: SourceConfigured,
    identity: (id) => ({ id }),
    all: ({ sources }) => sources,
    removed: ({ id }) => ({ type: 'SourceRemoved', id }) as ConfigurationEvent,
    defaults: sourceDefaults,
    nested: [],
    filled: (fields) => fields,
  },
  {
    section: 'layouts',
    noun: 'layout',
    codec: LayoutConfigured,
    identity: (layout) => ({ layout }),
    all: ({ layouts }) => layouts,
    removed: ({ layout }) => ({ type: 'LayoutRemoved', layout }) as ConfigurationEvent,
    defaults: {
      defaultVersion: '~%IDENTITY%%CODEVERSION%+1',
      mandatoryVersion: '~%IDENTITY%%CODEVERSION%\\+[1-9]',
      experimentalDefaultVersion: '~%IDENTITY%%CODEVERSION%+0',
      experimentalMandatoryVersion: '~%IDENTITY%%CODEVERSION%\\+0',
      metaDistributions: {},
    },
    nested: [],
    filled: (fields) =>
      eachOf(fields, 'suites', (suite) => ({
        ...suiteDefaults,
        ...suite,
        ...(isFields(suite.checks ?? {})
          ? { checks: checksFilled({ ...noSuiteChecks, ...(suite.checks as Fields) }) }
          : {}),
      })),
  },
  {
    section: 'distributions',
    noun: 'distribution',
    codec: DistributionConfigured,
    identity: (codename) => ({ codename }),
    all: ({ distributions }) => distributions,
    removed: ({ codename }) => ({ type: 'DistributionRemoved', codename }) as ConfigurationEvent,
    defaults: { extras: [], ...distributionDefaults },
    nested: ['build', 'checks'],
    filled: (fields) => {
      const listed = eachOf(
        eachOf(fields, 'architectures', (each) => ({ optional: false, buildsArchAll: false, ...each })),
        'extras',
        (each) => ({ priority: null, ...each }),
      );
      return isFields(listed.checks) ? { ...listed, checks: checksFilled(listed.checks) } : listed;
    },
  },
  {
    section: 'repositories',
    noun: 'repository',
    codec: RepositoryConfigured,
    identity: (repository) => ({ repository }),
    all: ({ repositories }) => repositories,
    removed: ({ repository }) => ({ type: 'RepositoryRemoved', repository }) as ConfigurationEvent,
    defaults: { allowUnauthenticated: false, uploaderKeyrings: [], validForDays: 14, ...repositoryDefaults },
    nested: [],
    filled: (fields) => fields,
  },
  {
    section: 'retention',
    noun: 'retention',
    codec: RetentionConfigured,
    identity: (repository) => ({ repository }),
    all: ({ retention }) => retention,
    removed: ({ repository }) => keepsEverything(repository as RepositoryId),
    defaults: { versions: null, days: null },
    nested: [],
    filled: (fields) => fields,
  },
  {
    section: 'chroots',
    noun: 'chroot',
    codec: ChrootConfigured,
    identity: (name) => {
      const [codename, ...architecture] = name.split('-');
      return { codename, architecture: architecture.join('-') };
    },
    all: ({ chroots }) => new Map([...chroots.values()].map((chroot) => [chrootName(chroot), chroot])),
    removed: ({ codename, architecture }) => ({ type: 'ChrootRemoved', codename, architecture }) as ConfigurationEvent,
    defaults: { kind: 'directory', options: {}, include: ['fakeroot', 'debhelper'], ccache: false },
    nested: [],
    filled: (fields) => fields,
  },
];

const suiteDefaults: Fields = {
  uploadable: true,
  experimental: false,
  migratesTo: null,
  migratesAfterDays: 0,
  buildsKeyring: false,
  rollbacks: 0,
  notAutomatic: true,
  butAutomaticUpgrades: true,
  checks: noSuiteChecks,
};

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const eachOf = (fields: Fields, name: string, fill: (each: Fields) => Fields): Fields => {
  const list = fields[name];
  return Array.isArray(list) ? { ...fields, [name]: list.map((each) => (isFields(each) ? fill(each) : each)) } : fields;
};

const checksFilled = (checks: Fields): Fields =>
  Object.fromEntries(
    Object.entries(checks).map(([tool, check]) => [tool, isFields(check) ? { options: [], ...check } : check]),
  );
