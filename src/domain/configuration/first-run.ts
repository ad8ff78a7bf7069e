import { guessCodeversion } from '../debian/codeversion.ts';
import type { Architecture, Codename, Component, RepositoryId } from '../debian/names.ts';
import { defaultLayouts } from './default-layouts.ts';
import { distributionDefaults, instanceDefaults, repositoryDefaults, sourceDefaults } from './defaults.ts';
import type { ConfigurationEvent, InstanceConfigured, SourceConfigured, SourceId } from './events.ts';

/** One suite that the host's own apt draws from. */
export type HostSuite = {
  readonly origin: string;
  /** As apt's lists name it: `bookworm-security`. */
  readonly suite: string;
  readonly version: string | undefined;
  readonly uris: readonly string[];
  readonly components: readonly Component[];
  readonly keyring: string;
};

/** What kind of machine this is. */
export type Host = {
  readonly codename: Codename;
  readonly architecture: Architecture;
  readonly suites: readonly HostSuite[];
};

/** Who an instance is, and where it is reached. */
export type InstanceAddress = Pick<InstanceConfigured, 'instance' | 'hostname' | 'url' | 'ftpPort'>;

/** What every instance begins with. */
export const bareInstance = (instance: InstanceAddress): readonly ConfigurationEvent[] => [
  { type: 'InstanceConfigured', ...instance, ...instanceDefaults },
  ...defaultLayouts,
];

/**
 * What a new instance begins with: the default layouts, the host's own distribution with its updates and security, a
 * sandbox repository `test` that takes unsigned uploads, and one chroot.
 */
export const firstRun = (host: Host, instance: InstanceAddress): readonly ConfigurationEvent[] => [
  ...bareInstance(instance),
  ...host.suites.map((suite) => sourceOf(host, suite)),
  distributionOf(host),
  {
    type: 'RepositoryConfigured',
    repository: 'test' as RepositoryId,
    layout: 'Default',
    codenames: [host.codename],
    allowUnauthenticated: true,
    uploaderKeyrings: [],
    validForDays: 14,
    ...repositoryDefaults,
  },
  {
    type: 'ChrootConfigured',
    codename: host.codename,
    architecture: host.architecture,
    kind: 'directory',
    options: {},
    include: ['fakeroot', 'debhelper'],
    ccache: false,
  },
];

const sourceOf = ({ codename }: Host, { origin, suite, uris, components, keyring }: HostSuite): SourceConfigured => ({
  type: 'SourceConfigured',
  id: sourceId(origin, suite),
  origin,
  suite,
  codename,
  uris,
  components,
  keys: keyring,
  ...sourceDefaults,
});

const sourceId = (origin: string, suite: string): SourceId =>
  `${origin}-${suite}`.toLowerCase().replace(/[^a-z0-9.+-]+/g, '-') as SourceId;

const distributionOf = ({ codename, architecture, suites }: Host): ConfigurationEvent => {
  const base = suites.find(({ suite }) => suite === codename);
  if (base === undefined) throw new Error(`the host's apt has no suite ${codename}`);
  return {
    type: 'DistributionConfigured',
    codename,
    codeversion: guessCodeversion({ origin: base.origin, codename, version: base.version }),
    base: sourceId(base.origin, base.suite),
    extras: suites
      .filter((suite) => suite !== base)
      .map(({ origin, suite }) => ({ source: sourceId(origin, suite), priority: null })),
    components: base.components,
    architectures: [{ architecture, optional: false, buildsArchAll: true }],
    ...distributionDefaults,
  };
};
