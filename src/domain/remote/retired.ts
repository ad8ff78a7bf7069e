import * as t from 'io-ts';
import { RemoteId } from '../configuration/events.ts';
import { RepositoryId } from '../debian/names.ts';
import { type Retired, retire } from '../retired.ts';
import { type RemoteActivated, RemoteChroot, type RemoteFound } from './events.ts';

/** Before remotes had tags. */
const RemoteWithoutTags = t.strict({
  type: t.literal('RemoteActivated'),
  remote: RemoteId,
  repositories: t.readonlyArray(RepositoryId),
});

/** Before binNMUs travelled. */
const RemoteWithoutBinNmus = t.strict({
  type: t.literal('RemoteFound'),
  remote: RemoteId,
  chroots: t.readonlyArray(RemoteChroot),
});

export const retiredRemotes: readonly Retired[] = [
  retire<t.TypeOf<typeof RemoteWithoutTags>, RemoteActivated>('RemoteActivated', RemoteWithoutTags, (old) => ({
    tags: [],
    ...old,
  })),
  retire<t.TypeOf<typeof RemoteWithoutBinNmus>, RemoteFound>('RemoteFound', RemoteWithoutBinNmus, (old) => ({
    binNmus: false,
    ...old,
  })),
];
