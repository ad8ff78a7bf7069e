import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { addressOf, binaryIndices } from '../domain/configuration/source-indices.ts';
import type { Architecture } from '../domain/debian/names.ts';
import { mayOffer, type Offered, offeredBy } from '../domain/debian/offered.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { SeenSuite, Upstream } from '../ports/upstream.ts';
import { isSighted, type Offers, type Sightings, soughtIn } from '../projections/sightings.ts';
import type { World } from '../projections/world.ts';

/**
 * Looks into the indices of a suite for packages that builds wait for, as long as any do: once for each `Release`, and again when others
 * are waited for. What cannot be read is said, and all that was known before stays so.
 */
export const sightPackages = async (
  seen: SeenSuite,
  sightings: Sightings,
  world: World,
  upstream: Pick<Upstream, 'stanzas'>,
): Promise<Refusal | undefined> => {
  const { source, digest } = seen;
  const sought = soughtIn(source.id, world);
  if (isSighted(sightings.get(source.id), digest, sought)) return undefined;
  const offered = new Map<Architecture, Offers>();
  for (const [architecture, names] of sought) {
    const found = await offersFor(seen, architecture, names, upstream);
    if (isLeft(found)) return found.left;
    offered.set(architecture, found.right);
  }
  sightings.set(source.id, { release: digest, sought, offered });
  return undefined;
};

const offersFor = async (
  { source, uri, release, time }: SeenSuite,
  architecture: Architecture,
  names: ReadonlySet<string>,
  upstream: Pick<Upstream, 'stanzas'>,
): Promise<Either<Refusal, Offers>> => {
  const offers = new Map<string, Offered[]>([...names].map((name) => [name, []]));
  for (const index of binaryIndices(source, release, architecture)) {
    const mayBe = (stanza: string): boolean => mayOffer(names, stanza);
    const named = { ...index, at: addressOf(index, release) };
    const read = await upstream.stanzas(uri, source.suite, named, mayBe, time);
    if (isLeft(read)) return read;
    for (const each of read.right.flatMap(offeredBy)) offers.get(each.name)?.push(each);
  }
  return right(offers);
};
