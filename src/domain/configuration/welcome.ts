import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { Architecture, Codename, RepositoryId } from '../debian/names.ts';
import type { Refusal } from '../refusal.ts';
import { type Configuration, configure, noConfiguration } from './configuration.ts';
import { type Declaration, declare } from './declaration/declare.ts';
import { repositoryDefaults } from './defaults.ts';
import type { ConfigurationEvent, DistributionConfigured } from './events.ts';
import type { Host } from './first-run.ts';
import { type PresetRequest, presetObjects } from './preset-objects.ts';

/** What a first repository is to be. */
export type FirstRepository = Omit<PresetRequest, 'repositories' | 'vendors'> & {
  readonly repository: RepositoryId;
  readonly layout: string;
  readonly allowUnauthenticated: boolean;
  /** The first of them builds what is for all. */
  readonly architectures: readonly Architecture[];
  /** Ends of the suites that are taken besides a release itself: `updates`, `security`, `backports`. */
  readonly extras: readonly string[];
};

/** Everything that a first repository needs, as a document that declares it. */
export const firstRepository = (
  wanted: FirstRepository,
  host: Host,
  present: Configuration,
): Either<readonly Refusal[], Declaration> => {
  const request = { ...wanted, vendors: ['debian', 'ubuntu'] as const, repositories: [] };
  const objects = presetObjects(request, host, present);
  if (isLeft(objects)) return objects;
  const said = objects.right.flatMap((event) => fitted(event, wanted, present));
  const { instance: _, ...declaration } = declare(
    [...said, repositoryOf(wanted)].reduce(configure, noConfiguration),
  ) as Declaration;
  return right(
    Object.fromEntries(Object.entries(declaration).filter(([, section]) => Object.keys(section).length > 0)),
  );
};

/** A preset as far as it is wanted here. What is there stays as its administrator has it. */
const fitted = (
  event: ConfigurationEvent,
  wanted: FirstRepository,
  present: Configuration,
): readonly ConfigurationEvent[] => {
  switch (event.type) {
    case 'SourceConfigured':
      return isWanted(event.suite, wanted) && !present.sources.has(event.id) ? [event] : [];
    case 'LayoutConfigured':
      return event.layout === wanted.layout && !present.layouts.has(event.layout) ? [event] : [];
    case 'DistributionConfigured':
      return present.distributions.has(event.codename) ? [] : [distributionOf(event, wanted)];
    case 'ChrootConfigured':
      return wanted.architectures
        .map((architecture) => ({ ...event, architecture }))
        .filter(({ codename, architecture }) => !present.chroots.has(`${codename}-${architecture}`));
    default:
      return [event];
  }
};

const isWanted = (suite: string, { codenames, extras }: FirstRepository): boolean =>
  (codenames as readonly string[]).includes(suite) || extras.some((extra) => suite.endsWith(`-${extra}`));

const distributionOf = (
  { extras, ...event }: DistributionConfigured,
  wanted: FirstRepository,
): DistributionConfigured => ({
  ...event,
  extras: extras.filter(({ source }) => isWanted(source, wanted)),
  architectures: wanted.architectures.map((architecture, index) => ({
    architecture,
    optional: false,
    buildsArchAll: index === 0,
  })),
});

const repositoryOf = ({
  repository,
  layout,
  codenames,
  allowUnauthenticated,
}: FirstRepository): ConfigurationEvent => ({
  type: 'RepositoryConfigured',
  repository,
  layout,
  codenames: codenames as readonly Codename[],
  allowUnauthenticated,
  uploaderKeyrings: [],
  validForDays: 14,
  ...repositoryDefaults,
});
