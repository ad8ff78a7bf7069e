import * as t from 'io-ts';
import { RemoteId } from '../configuration/events.ts';
import { RepositoryId } from '../debian/names.ts';
import { type Retired, retire } from '../retired.ts';
import type { RemoteActivated } from './events.ts';

/** Before remotes had tags. */
const RemoteWithoutTags = t.strict({
  type: t.literal('RemoteActivated'),
  remote: RemoteId,
  repositories: t.readonlyArray(RepositoryId),
});

export const retiredRemotes: readonly Retired[] = [
  retire<t.TypeOf<typeof RemoteWithoutTags>, RemoteActivated>('RemoteActivated', RemoteWithoutTags, (old) => ({
    tags: [],
    ...old,
  })),
];
