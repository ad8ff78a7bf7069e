import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { type Configuration, resolveDistribution, suitesOf } from '../domain/configuration/configuration.ts';
import { parseDistribution } from '../domain/debian/distribution.ts';
import type { SourceName, Version } from '../domain/debian/names.ts';
import { compareVersions } from '../domain/debian/version.ts';
import { hasPassed } from '../domain/has-passed.ts';
import type { EventId, PortId } from '../domain/ids.ts';
import type { PortFailed, PortOutdated, PortOvertaken, PortRequested } from '../domain/port/events.ts';
import { beforeRebuilds } from '../domain/port/port-version.ts';
import { type Contents, slotOf } from './contents.ts';
import type { Recorded } from './recorded.ts';

/** That where a port came from there is a newer version: an archive outside, or a distribution of ours. */
export type PortNews = PortOvertaken | PortOutdated;

/** The last port of a source package to a distribution, from elsewhere or from another of ours. */
export type FollowedPort = {
  readonly requested: PortRequested;
  /** The versions that it and those before it got there, the newest first. */
  readonly standsAs: readonly Version[];
  /** What there is by now where it came from, if that is newer, and the event that says so. */
  readonly overtaken: PortNews | undefined;
  readonly saidBy: EventId | undefined;
  /** Whether porting that was asked for already. */
  readonly isTried: boolean;
  /** Why that could not be ported. */
  readonly failure: string | undefined;
};

/** Folded in place: ask, do not keep. */
export type FollowedPorts = {
  /** Requested, and not uploaded yet. */
  readonly pending: Map<PortId, PortRequested>;
  /** The same by `DISTRIBUTION SOURCE`: thousands of places are asked about at once. */
  readonly pendingAt: Map<string, ReadonlyMap<PortId, Version>>;
  /** By `DISTRIBUTION SOURCE`. */
  readonly followed: Map<string, FollowedPort>;
  /** Where it stands there, by what a port of its newer version is to be called: ports fail by the thousand. */
  readonly nexts: Map<PortId, string>;
  /** When ports were asked for under such names, which a rule does and nobody else: those of the last hour. Milliseconds since 1970. */
  readonly byRule: number[];
};

const mostVersions = 5;

export const noFollowedPorts = (): FollowedPorts => ({
  pending: new Map(),
  pendingAt: new Map(),
  followed: new Map(),
  nexts: new Map(),
  byRule: [],
});

export const foldFollowedPorts = (ports: FollowedPorts, { event, id, recordedAt }: Recorded): void => {
  const { followed } = ports;
  switch (event.type) {
    case 'PortRequested': {
      const before = followed.get(placeOf(event));
      if (isFollowed(event) || isRebuild(event)) begin(ports, event);
      count(ports, event.port, Date.parse(recordedAt));
      if (before?.overtaken?.version === event.version) put(ports, { ...before, isTried: true, failure: undefined });
      break;
    }
    case 'PortUploaded': {
      const requested = end(ports, event.port);
      if (requested !== undefined) upload(ports, requested);
      break;
    }
    case 'PortFailed':
      count(ports, event.port, Date.parse(recordedAt));
      fail(ports, event);
      break;
    case 'PortOvertaken':
    case 'PortOutdated': {
      const port = followed.get(placeOf(event));
      if (port?.requested.port === event.port)
        put(ports, {
          ...port,
          overtaken: event,
          saidBy: id,
          isTried: isOnItsWay(ports, placeOf(event), event.version),
          failure: undefined,
        });
      break;
    }
  }
};

/** What we wrote ourselves has no origin, and what a rollback held is there for being old. */
const isFollowed = ({ origin, to }: PortRequested): boolean =>
  origin.kind === 'external' ||
  (origin.kind === 'internal' &&
    origin.distribution !== to &&
    parseDistribution(origin.distribution).rollback === undefined);

const isRebuild = ({ origin, to }: PortRequested): boolean => origin.kind === 'internal' && origin.distribution === to;

const begin = ({ pending, pendingAt }: FollowedPorts, requested: PortRequested): void => {
  pending.set(requested.port, requested);
  const place = placeOf(requested);
  pendingAt.set(place, new Map(pendingAt.get(place)).set(requested.port, requested.version));
};

const end = ({ pending, pendingAt }: FollowedPorts, port: PortId): PortRequested | undefined => {
  const requested = pending.get(port);
  if (requested === undefined) return undefined;
  pending.delete(port);
  const place = placeOf(requested);
  const others = new Map(pendingAt.get(place));
  others.delete(port);
  if (others.size === 0) pendingAt.delete(place);
  else pendingAt.set(place, others);
  return requested;
};

/** A port that is built again where it stands is the same port. */
const upload = (ports: FollowedPorts, requested: PortRequested): void => {
  const before = ports.followed.get(placeOf(requested));
  if (!isRebuild(requested)) put(ports, renewed(requested, before));
  else if (before?.standsAs.includes(requested.version))
    put(ports, { ...before, standsAs: [requested.as, ...before.standsAs].slice(0, mostVersions) });
};

const fail = (ports: FollowedPorts, { port, fact }: PortFailed): void => {
  const requested = end(ports, port);
  const place = ports.nexts.get(port) ?? (requested === undefined ? undefined : placeOf(requested));
  const tried = place === undefined ? undefined : ports.followed.get(place);
  if (tried === undefined) return;
  const isOfIt = requested === undefined || requested.version === tried.overtaken?.version;
  if (isOfIt) put(ports, { ...tried, isTried: true, failure: fact });
};

const hour = 3_600_000;

/** A log that is ahead of the clock gives one time to everything until then. */
const mostCounted = 100;

/** Only the first word about a port counts: one that fails later was asked for before. */
const count = ({ byRule, nexts, followed }: FollowedPorts, port: PortId, at: number): void => {
  const place = nexts.get(port);
  if (place === undefined || followed.get(place)?.isTried === true) return;
  const lately = byRule.filter((each) => !hasPassed(hour, each, at));
  byRule.splice(0, byRule.length, ...[...lately, at].slice(-mostCounted));
};

/** Ports that a rule asked for within the hour before: as far as the log tells, whose times may be those of a clock that was ahead. */
export const askedByRule = ({ byRule }: FollowedPorts, now: number): number =>
  byRule.filter((at) => !hasPassed(hour, at, now)).length;

const put = ({ followed, nexts }: FollowedPorts, port: FollowedPort): void => {
  const place = placeOf(port.requested);
  const before = followed.get(place)?.overtaken;
  if (before !== undefined) nexts.delete(before.next);
  if (port.overtaken !== undefined) nexts.set(port.overtaken.next, place);
  followed.set(place, port);
};

/** Whether it was asked for and is no upload yet. */
const isOnItsWay = ({ pendingAt }: FollowedPorts, place: string, version: Version): boolean =>
  pendingAt
    .get(place)
    ?.values()
    .some((each) => each === version) === true;

const placeOf = ({ to, source }: Pick<PortRequested, 'to' | 'source'>): string => `${to} ${source}`;

const renewed = (requested: PortRequested, before: FollowedPort | undefined): FollowedPort => ({
  requested,
  standsAs: [requested.as, ...(before?.standsAs ?? [])].slice(0, mostVersions),
  overtaken: undefined,
  saidBy: undefined,
  isTried: false,
  failure: undefined,
});

/** The news of which a port is to be called so. */
export const newsCalled = ({ followed, nexts }: FollowedPorts, port: PortId): PortNews | undefined =>
  followed.get(nexts.get(port) ?? '')?.overtaken;

type Known = {
  readonly configuration: Configuration;
  readonly contents: Contents;
  readonly followedPorts: FollowedPorts;
};

/** Whether a port still stands where it was made for, or in a suite of its chain, with nothing else in its place. */
const isStanding = (
  { configuration, contents }: Known,
  { requested: { to, source }, standsAs }: FollowedPort,
): boolean => {
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
};

/** Ports from elsewhere that still stand. */
export const standingPorts = (world: Known): readonly FollowedPort[] =>
  [...world.followedPorts.followed.values()].filter(
    (port) => port.requested.origin.kind === 'external' && isStanding(world, port),
  );

/** A port whose origin has a newer version by now. */
export type OvertakenPort = FollowedPort & { readonly overtaken: PortNews; readonly saidBy: EventId };

/** It costs what is overtaken, however many ports there are. */
export const overtakenPorts = (world: Known, of?: SourceName): readonly OvertakenPort[] =>
  [...world.followedPorts.nexts.values()]
    .flatMap((place) => world.followedPorts.followed.get(place) ?? [])
    .filter((port) => of === undefined || port.requested.source === of)
    .filter((port): port is OvertakenPort => isBehind(world, port));

const isBehind = (world: Known, port: FollowedPort): boolean => {
  const { overtaken, requested } = port;
  if (overtaken === undefined || compareVersions(overtaken.version, requested.version) <= 0) return false;
  const isThere = overtaken.type === 'PortOvertaken' || versionAtOrigin(world, port) === overtaken.version;
  return isThere && isStanding(world, port);
};

/** What the distribution of ours that a port came from holds now. */
const versionAtOrigin = ({ contents }: Known, { requested: { origin, source } }: FollowedPort): Version | undefined =>
  origin.kind === 'internal' ? slotOf(contents, origin.distribution, source).present?.version : undefined;

/** A port from a distribution of ours that has a newer version by now, of which nothing was said yet. */
export type OutdatedPort = { readonly port: FollowedPort; readonly version: Version; readonly place: string };

/** Of all, or at one place. */
export const outdatedPorts = (world: Known, at?: string): readonly OutdatedPort[] => {
  const { followed } = world.followedPorts;
  const places = at === undefined ? followed.keys() : [at];
  return Iterator.from(places)
    .flatMap((place) => outdatedAt(world, place, followed.get(place)))
    .toArray();
};

const outdatedAt = (world: Known, place: string, port: FollowedPort | undefined): readonly OutdatedPort[] => {
  const version = port && versionAtOrigin(world, port);
  if (
    port === undefined ||
    version === undefined ||
    version === port.requested.version ||
    version === port.overtaken?.version
  )
    return [];
  // What was rebuilt there was for the sake of that place.
  const isNewer = compareVersions(beforeRebuilds(version), beforeRebuilds(port.requested.version)) > 0;
  if (!isNewer || isOnItsWay(world.followedPorts, place, version)) return [];
  return isStanding(world, port) ? [{ port, version, place }] : [];
};

/** Those that the repository they stand in builds by itself, untried, those that were overtaken first before others. */
export const portsByRule = (world: Known): readonly OvertakenPort[] =>
  overtakenPorts(world)
    .filter(({ isTried, requested: { to } }) => !isTried && ruleFor(world.configuration, to) === 'build')
    .toSorted((one, other) => (one.overtaken.next < other.overtaken.next ? -1 : 1));

export const ruleFor = (configuration: Configuration, to: PortRequested['to']): 'offer' | 'build' => {
  const target = resolveDistribution(configuration, to);
  return isRight(target) ? target.right.repository.portUpdates : 'offer';
};
