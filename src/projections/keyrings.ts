import { signersOf } from '../domain/archive-key/archive-keys.ts';
import { keyringPackage } from '../domain/configuration/apt-sources.ts';
import type { Configuration } from '../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { Fingerprint, Version } from '../domain/debian/names.ts';
import type { PortId } from '../domain/ids.ts';
import type { PortRequested } from '../domain/port/events.ts';
import { type Contents, whereabouts } from './contents.ts';
import type { Recorded } from './recorded.ts';

/** The last keyring package that was to be built for a distribution. */
export type KeyringBuild = {
  readonly port: PortId;
  readonly requested: PortRequested;
  readonly keys: readonly Fingerprint[];
  readonly state: 'under way' | 'installed' | { readonly failedAt: string; readonly fact: string };
};

/** Which keys our keyring packages carry. Folded in place: ask, do not keep. */
export type Keyrings = {
  /** By `REPOSITORY VERSION`. A key whose expiry was set since is not carried: machines would see it end on the day before. */
  readonly carried: Map<string, readonly Fingerprint[]>;
  readonly last: Map<DistributionName, KeyringBuild>;
};

export const noKeyrings = (): Keyrings => ({ carried: new Map(), last: new Map() });

export const foldKeyrings = (
  keyrings: Keyrings,
  { event, recordedAt }: Recorded,
  configuration: Configuration,
): void => {
  switch (event.type) {
    case 'PortRequested': {
      const keys = keysIn(event, configuration);
      if (keys === undefined) break;
      keyrings.carried.set(place(event.to, event.as), keys);
      keyrings.last.set(event.to, { port: event.port, requested: event, keys, state: 'under way' });
      break;
    }
    case 'ArchiveKeyExpirySet':
      for (const [place, keys] of keyrings.carried)
        keyrings.carried.set(
          place,
          keys.filter((key) => key !== event.fingerprint),
        );
      break;
    case 'PackageInstalled':
      ends(keyrings, ({ requested }) => requested.upload === event.upload, 'installed');
      break;
    case 'UploadRejected':
    case 'VersionReleased': {
      const fact = event.type === 'UploadRejected' ? event.fact : event.reason;
      ends(keyrings, ({ requested }) => requested.upload === event.upload, { failedAt: recordedAt, fact });
      break;
    }
    case 'PortFailed':
      ends(keyrings, ({ port }) => port === event.port, { failedAt: recordedAt, fact: event.fact });
      break;
  }
};

/** Before there could be several keys, a package carried the one there was. */
const keysIn = (
  { origin, source }: PortRequested,
  configuration: Configuration,
): readonly Fingerprint[] | undefined => {
  if (origin.kind === 'keyring') return origin.keys;
  return origin.kind === 'generated' && source === keyringPackage(configuration) ? signersOf(configuration) : undefined;
};

const ends = ({ last }: Keyrings, isIt: (build: KeyringBuild) => boolean, state: KeyringBuild['state']): void => {
  for (const [to, build] of last) if (build.state === 'under way' && isIt(build)) last.set(to, { ...build, state });
};

const place = (distribution: DistributionName, version: Version): string =>
  `${parseDistribution(distribution).repository} ${version}`;

/** A keyring package of ours where machines get it from. */
export type HeldKeyring = {
  readonly distribution: DistributionName;
  readonly version: Version;
  readonly keys: readonly Fingerprint[];
};

type Known = { readonly configuration: Configuration; readonly contents: Contents; readonly keyrings: Keyrings };

/** One that somebody uploaded by themselves is none of ours: nobody here knows what it carries. */
export const heldKeyrings = ({ configuration, contents, keyrings }: Known): readonly HeldKeyring[] =>
  whereabouts(contents, keyringPackage(configuration)).flatMap(({ distribution, slot: { present } }) => {
    const keys = present === undefined ? undefined : keyrings.carried.get(place(distribution, present.version));
    const isServed = configuration.repositories.has(parseDistribution(distribution).repository);
    return present === undefined || keys === undefined || !isServed
      ? []
      : [{ distribution, version: present.version, keys }];
  });
