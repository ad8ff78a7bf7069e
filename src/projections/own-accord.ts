import { isRight } from 'fp-ts/lib/Either.js';
import { type Instant, instant } from '../domain/codec.ts';
import { resolveDistribution, siblingOf, type Target } from '../domain/configuration/configuration.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import type { EventId } from '../domain/ids.ts';
import type { HeldVersion } from '../ports/archive.ts';
import { hasCome, higherThan, ownedElsewhere, slotOf } from './contents.ts';
import { failedChecks, stayOf, takenBackAt } from './stays.ts';
import type { World } from './world.ts';

const dayInMs = 86_400_000;

type Known = Pick<World, 'configuration' | 'contents' | 'stays' | 'checks'>;

/** Whether a version migrates by itself: when, what keeps it, or that its days begin when apt sees it. */
export type OwnAccord =
  | { readonly state: 'unpublished'; readonly days: number }
  | { readonly state: 'waits'; readonly at: Instant; readonly days: number; readonly seen: Seen }
  | { readonly state: 'stays'; readonly because: string };

type Seen = { readonly publication: EventId; readonly at: Instant };

/** Of what stands in a suite; `undefined` where nothing migrates by itself, or has gone on already. */
export const ownAccord = (world: Known, target: Target, held: HeldVersion): OwnAccord | undefined => {
  const { migratesTo, migratesAfterDays: days } = target.suite;
  if (migratesTo === null || days === 0) return undefined;
  const to = siblingOf(target, migratesTo);
  if (hasCome(slotOf(world.contents, to, held.source).present, held)) return undefined;
  const because = whatKeepsIt(world, target, to, held);
  if (because !== undefined) return { state: 'stays', because };
  const stay = stayOf(world.stays, target.name, held.source);
  if (stay?.version !== held.version || stay.seen === undefined) return { state: 'unpublished', days };
  const { seen } = stay;
  return { state: 'waits', at: instant(begin(world, target.name, seen) + days * dayInMs), days, seen };
};

/** Days that nobody could install it from there do not count. */
const begin = ({ contents }: Pick<Known, 'contents'>, name: DistributionName, { at }: Seen): number =>
  Math.max(Date.parse(at), Date.parse(contents.shelves.get(name)?.since ?? at));

export type Aged = {
  readonly target: Target;
  readonly held: HeldVersion;
  readonly days: number;
  readonly seen: Seen;
};

/** Whole days since apt saw it, or sees it again. */
export const agedDays = (world: Pick<Known, 'contents'>, { seen, target }: Aged, now: number): number =>
  Math.floor((now - begin(world, target.name, seen)) / dayInMs);

/** What lay long enough in a suite out of which something migrates by itself, and nothing keeps. */
export function* agedIn(world: Known, name: DistributionName, now: number): Generator<Aged> {
  const target = resolveDistribution(world.configuration, name);
  if (!isRight(target) || target.right.suite.migratesAfterDays === 0) return;
  const { migratesTo, migratesAfterDays } = target.right.suite;
  if (migratesTo === null) return;
  const to = siblingOf(target.right, migratesTo);
  const shelf = world.contents.shelves.get(name);
  const latest = instant(Math.max(0, now - migratesAfterDays * dayInMs));
  if (shelf === undefined || (shelf.since ?? latest) > latest) return;
  for (const { present: held } of shelf.slots.values()) {
    // Most have gone on already or are younger, and that is cheap to see.
    if (held === undefined || hasCome(slotOf(world.contents, to, held.source).present, held)) continue;
    const seen = stayOf(world.stays, name, held.source)?.seen;
    if (seen === undefined || seen.at > latest) continue;
    const accord = ownAccord(world, target.right, held);
    if (accord?.state === 'waits') yield { target: target.right, held, days: accord.days, seen: accord.seen };
  }
}

const whatKeepsIt = (world: Known, target: Target, to: DistributionName, held: HeldVersion): string | undefined =>
  higherThere(world, to, held) ??
  takenBack(world, to, held) ??
  checksOf(world, target, held) ??
  lackingThere(world, target, to, held) ??
  ownedThere(world, to, held);

const higherThere = ({ contents }: Known, to: DistributionName, held: HeldVersion): string | undefined => {
  const higher = higherThan(slotOf(contents, to, held.source).present, held);
  return higher && `${to} has ${higher}, which is higher`;
};

const takenBack = ({ stays }: Known, to: DistributionName, held: HeldVersion): string | undefined => {
  const at = takenBackAt(stays, to, held);
  return at === undefined ? undefined : `${to} had it, and it was taken out on ${at.slice(0, 10)}`;
};

const checksOf = ({ stays, checks }: Known, { repository, name }: Target, held: HeldVersion): string | undefined => {
  const failed = failedChecks(stays, { ...held, repository: repository.repository });
  if (failed.length > 0) return `failed checks: ${failed.join(', ')}`;
  const open = [...checks.open.values()].find(
    ({ requested }) =>
      requested.source === held.source && requested.version === held.version && requested.distribution === name,
  )?.requested;
  return open && `${open.tool} on ${open.architecture} is still to be run`;
};

/** What machines have by now they shall not lose because nobody looked. */
const lackingThere = (
  { contents }: Known,
  { distribution }: Target,
  to: DistributionName,
  held: HeldVersion,
): string | undefined => {
  const there = slotOf(contents, to, held.source).present;
  const has = new Set<string>(held.binaries.map(({ architecture }) => architecture));
  // What is for all machines by now is for these, too.
  if ([...has].every((each) => each === 'all')) return undefined;
  const lacking = distribution.architectures
    .map(({ architecture }) => architecture)
    .filter((each) => !has.has(each) && there?.binaries.some(({ architecture }) => architecture === each));
  return lacking.length === 0
    ? undefined
    : `nothing is built for ${lacking.join(', ')}, as ${there?.version} in ${to} is`;
};

const ownedThere = (
  { contents }: Known,
  to: DistributionName,
  { source, binaries }: HeldVersion,
): string | undefined => {
  const names = binaries.map((binary) => binary.package);
  const [owned] = ownedElsewhere(contents, to, source, names);
  return owned && `${to} has the binary package ${owned.package} from the source ${owned.source}`;
};
