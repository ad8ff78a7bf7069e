import * as t from 'io-ts';
import { DistributionName } from '../debian/distribution.ts';
import { Component, RepositoryId, SourceName, StoredFile, Version } from '../debian/names.ts';
import { UploadId } from '../ids.ts';
import { type Retired, retire } from '../retired.ts';
import { type UploadAccepted, WantedBuild } from './events.ts';

/** When options of an upload had no effect on its builds. */
const AcceptedWithoutOptions = t.strict({
  type: t.literal('UploadAccepted'),
  upload: UploadId,
  repository: RepositoryId,
  distribution: DistributionName,
  source: SourceName,
  version: Version,
  component: Component,
  sources: t.readonlyArray(StoredFile),
  builds: t.readonlyArray(WantedBuild),
  warnings: t.readonlyArray(t.string),
});

export const retiredUploads: readonly Retired[] = [
  retire('UploadAccepted', AcceptedWithoutOptions, (old): UploadAccepted => ({ ...old, options: [] })),
];
