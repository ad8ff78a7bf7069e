import * as t from 'io-ts';
import { DistributionName } from '../debian/distribution.ts';
import { Fingerprint, RepositoryId, SourceName, Version } from '../debian/names.ts';
import { type Retired, retire } from '../retired.ts';
import { type PackageMigrated, type PackageRemoved, type PackageRestored, RepositoryPublished } from './events.ts';

const about = { repository: RepositoryId, source: SourceName, version: Version };

const MigratedAlone = t.strict({
  type: t.literal('PackageMigrated'),
  ...about,
  from: DistributionName,
  to: DistributionName,
});

const RemovedAlone = t.strict({ type: t.literal('PackageRemoved'), ...about, distribution: DistributionName });

const RestoredAlone = t.strict({
  type: t.literal('PackageRestored'),
  ...about,
  distribution: DistributionName,
  from: t.union([DistributionName, t.null]),
});

/** When there was one archive key. */
const PublishedByOneKey = t.strict({ ...RepositoryPublished.type.props, signedBy: Fingerprint });

/** Before there were changes over several steps: each was one of its own. */
export const retiredArchive: readonly Retired[] = [
  retire<t.TypeOf<typeof MigratedAlone>, PackageMigrated>('PackageMigrated', MigratedAlone, (old) => ({
    ...old,
    change: null,
  })),
  retire<t.TypeOf<typeof RemovedAlone>, PackageRemoved>('PackageRemoved', RemovedAlone, (old) => ({
    ...old,
    change: null,
  })),
  retire<t.TypeOf<typeof RestoredAlone>, PackageRestored>('PackageRestored', RestoredAlone, (old) => ({
    ...old,
    change: null,
  })),
  retire<t.TypeOf<typeof PublishedByOneKey>, RepositoryPublished>('RepositoryPublished', PublishedByOneKey, (old) => ({
    ...old,
    signedBy: [old.signedBy],
  })),
];
