import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { type OvertakenPort, overtakenPorts, ruleFor } from '../../projections/followed-ports.ts';
import type { World } from '../../projections/world.ts';
import { versionOfOurs, versionThere } from './plan-port.ts';

/** Ports whose origin has a newer version, with what porting that would make; of one package, or of all. */
export const portOffers = (world: World, of?: SourceName) => inOrder(overtakenPorts(world, of)).map(offerOf(world));

/** The first of them, and how many there are. */
export const firstOffers = (world: World, most: number) => {
  const all = inOrder(overtakenPorts(world));
  return { offers: all.slice(0, most).map(offerOf(world)), inAll: all.length };
};

const inOrder = (ports: readonly OvertakenPort[]): readonly OvertakenPort[] =>
  ports.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));

const placeOf = ({ requested: { source, to } }: OvertakenPort): string => `${source} ${to}`;

const offerOf = (world: World) => (port: OvertakenPort) => {
  const { requested, overtaken, isTried, failure } = port;
  const { source, version: ported, to } = requested;
  const isForeign = overtaken.type === 'PortOvertaken';
  const as = versionOf(world, port);
  return {
    source: source as string,
    distribution: to as string,
    ported: ported as string,
    newer: overtaken.version as string,
    /** The source that has it; null where it is a distribution of ours. */
    archive: isForeign ? (overtaken.archive as string) : null,
    dsc: isForeign ? overtaken.url : null,
    from: isForeign ? null : (overtaken.from as string),
    /** The version that it would get there; null where it may not go. */
    as: isLeft(as) ? null : (as.right as string),
    refusal: isLeft(as) ? as.left : null,
    /** What its repository does about it: a port is built by itself, once, or offered. */
    rule: ruleFor(world.configuration, to),
    /** Whether somebody, or a rule, asked for it already, and why that failed. */
    isTried,
    failure: failure ?? null,
  };
};

const versionOf = (world: World, { requested, overtaken }: OvertakenPort): Either<Refusal, Version> =>
  overtaken.type === 'PortOvertaken'
    ? versionThere(world, requested.source, overtaken.version, requested.to)
    : versionOfOurs(world, requested.source, overtaken.version, overtaken.from, requested.to);

export type Offer = ReturnType<ReturnType<typeof offerOf>>;
