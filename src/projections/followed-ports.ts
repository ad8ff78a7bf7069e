import { isLeft } from 'fp-ts/lib/Either.js';
import { type Configuration, resolveDistribution, suitesOf } from '../domain/configuration/configuration.ts';
import { parseDistribution } from '../domain/debian/distribution.ts';
import type { SourceName, Version } from '../domain/debian/names.ts';
import { compareVersions } from '../domain/debian/version.ts';
import type { PortId } from '../domain/ids.ts';
import type { PortOvertaken, PortRequested } from '../domain/port/events.ts';
import { type Contents, slotOf } from './contents.ts';
import type { Recorded } from './recorded.ts';

/** The last port of a source package from elsewhere to a distribution. */
export type FollowedPort = {
  readonly requested: PortRequested;
  /** The versions that it and those before it got there, the newest first. */
  readonly standsAs: readonly Version[];
  /** What its archive has by now, if that is newer. */
  readonly overtaken: PortOvertaken | undefined;
  /** Whether porting that was asked for already. */
  readonly isTried: boolean;
};

/** Folded in place: ask, do not keep. */
export type FollowedPorts = {
  /** Requested, and not uploaded yet. */
  readonly pending: Map<PortId, PortRequested>;
  /** By `DISTRIBUTION SOURCE`. */
  readonly followed: Map<string, FollowedPort>;
  /** Where it stands there, by what a port of its newer version is to be called: ports fail by the thousand. */
  readonly nexts: Map<PortId, string>;
};

const mostVersions = 5;

export const noFollowedPorts = (): FollowedPorts => ({
  pending: new Map(),
  followed: new Map(),
  nexts: new Map(),
});

export const foldFollowedPorts = (ports: FollowedPorts, { event }: Recorded): void => {
  const { pending, followed } = ports;
  switch (event.type) {
    case 'PortRequested': {
      const before = followed.get(placeOf(event));
      if (event.origin.kind === 'external') pending.set(event.port, event);
      if (before?.overtaken?.version === event.version) put(ports, { ...before, isTried: true });
      break;
    }
    case 'PortUploaded': {
      const requested = pending.get(event.port);
      pending.delete(event.port);
      if (requested !== undefined) put(ports, renewed(requested, followed.get(placeOf(requested))));
      break;
    }
    case 'PortFailed': {
      pending.delete(event.port);
      const tried = followed.get(ports.nexts.get(event.port) ?? '');
      if (tried !== undefined) put(ports, { ...tried, isTried: true });
      break;
    }
    case 'PortOvertaken': {
      const port = followed.get(placeOf(event));
      if (port?.requested.port === event.port) put(ports, { ...port, overtaken: event, isTried: false });
      break;
    }
  }
};

const put = ({ followed, nexts }: FollowedPorts, port: FollowedPort): void => {
  const place = placeOf(port.requested);
  const before = followed.get(place)?.overtaken;
  if (before !== undefined) nexts.delete(before.next);
  if (port.overtaken !== undefined) nexts.set(port.overtaken.next, place);
  followed.set(place, port);
};

const placeOf = ({ to, source }: Pick<PortRequested, 'to' | 'source'>): string => `${to} ${source}`;

const renewed = (requested: PortRequested, before: FollowedPort | undefined): FollowedPort => ({
  requested,
  standsAs: [requested.as, ...(before?.standsAs ?? [])].slice(0, mostVersions),
  overtaken: undefined,
  isTried: false,
});

type Known = {
  readonly configuration: Configuration;
  readonly contents: Contents;
  readonly followedPorts: FollowedPorts;
};

/** Ports that still stand where they were made for, or in a suite of its chain, with nothing else in their place. */
export const standingPorts = (
  { configuration, contents, followedPorts }: Known,
  of?: SourceName,
): readonly FollowedPort[] =>
  [...followedPorts.followed.values()].filter(({ requested: { to, source }, standsAs }) => {
    if (of !== undefined && source !== of) return false;
    const target = resolveDistribution(configuration, to);
    if (isLeft(target)) return false;
    const isPort = (version: Version | undefined): boolean => version !== undefined && standsAs.includes(version);
    const present = slotOf(contents, to, source).present?.version;
    if (present !== undefined) return isPort(present);
    const { codename } = parseDistribution(to);
    return suitesOf(configuration, target.right.repository).some(
      ({ name, distribution }) =>
        distribution.codename === codename && isPort(slotOf(contents, name, source).present?.version),
    );
  });

/** A port whose archive has a newer version by now. */
export type OvertakenPort = FollowedPort & { readonly overtaken: PortOvertaken };

export const overtakenPorts = (world: Known, of?: SourceName): readonly OvertakenPort[] =>
  standingPorts(world, of).flatMap((port) => {
    const { overtaken, requested } = port;
    return overtaken !== undefined && compareVersions(overtaken.version, requested.version) > 0
      ? [{ ...port, overtaken }]
      : [];
  });
