import { createHash } from 'node:crypto';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { lost } from '../../domain/archive/losses.ts';
import { poolFiles } from '../../domain/archive/pool-path.ts';
import { type ArchiveKeys, signersOf, signingKeys } from '../../domain/archive-key/archive-keys.ts';
import { binaryKey } from '../../domain/archive-key/key-block.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import { type RepositoryId, SourceName } from '../../domain/debian/names.ts';
import type { EventId } from '../../domain/ids.ts';
import { compactMoment } from '../../domain/moment.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { HeldVersion, SnapshotCache } from '../../ports/archive.ts';
import type { EventLog, Position } from '../../ports/event-log.ts';
import type { NotServed, PastTimes, Snapshots } from '../../ports/snapshots.ts';
import { withAllBuilt } from '../../projections/contents.ts';
import { type PastPublication, publicationUpTo } from '../../projections/publication-history.ts';
import { lossOf } from '../../projections/retention.ts';
import type { World } from '../../projections/world.ts';
import { attempts } from '../accounts/attempts.ts';
import { networkOf } from '../accounts/network-of.ts';
import { beforeAll, findPublication } from './find-publication.ts';
import type { PastState, PastStates } from './past-states.ts';
import { remembered } from './remembered.ts';
import { positionOf } from './replay.ts';
import { shared } from './shared.ts';
import { waitingLine } from './waiting-line.ts';

export type SnapshotParts = {
  readonly log: Pick<EventLog, 'readAll'>;
  readonly world: World;
  readonly past: PastStates;
  readonly cache: SnapshotCache;
  readonly now: () => number;
};

/** What costs something (reading the log, making indices) one network may ask for so often at once, and again after so many milliseconds. */
const triesAtOnce = 40;
const refill = 5_000;
/** And so many may wait for it, all networks together. */
const mostWaiting = 32;

/** The same for who asks by commands: the publication that a time means, and what apt saw with it. */
export type PastStatesByTime = Snapshots & {
  readonly publication: (
    repository: RepositoryId,
    time: string,
    from: string,
  ) => Promise<Either<NotServed, PastPublication>>;
  readonly state: (
    repository: RepositoryId,
    of: PastPublication,
    from: string,
  ) => Promise<Either<NotServed, PastState>>;
};

/**
 * Past states, made on first use. What was made is found again without a question of cost; all else is done one after the other, and only
 * as often as somebody's patience allows, so that no stranger keeps the daemon busy by asking for all times there are.
 */
export const snapshots = ({ log, world, past, cache, now }: SnapshotParts): PastStatesByTime => {
  const tries = attempts(triesAtOnce, refill, now);
  const line = waitingLine(mostWaiting);
  const positions = remembered<EventId, Position | 'nowhere'>(1000);
  const sameState = shared<Either<NotServed, PastState>>();
  const sameTree = shared<Either<NotServed, string>>();

  const costly = async <A>(from: string, work: () => Promise<A>): Promise<Either<NotServed, A>> => {
    const wait = tries.take(networkOf(from));
    if (wait > 0) return left(busy(Math.ceil(wait / 1000)));
    const done = await line.enter(async () => ({ done: await work() }));
    return done === undefined ? left(busy(5)) : right(done.done);
  };

  const publicationAtEvent = async (
    repository: RepositoryId,
    id: EventId,
    from: string,
  ): Promise<Either<NotServed, PastPublication>> => {
    let position = positions.get(id);
    if (position === undefined) {
      const looked = await costly(from, () => positionOf(log, id));
      if (isLeft(looked)) return looked;
      position = looked.right ?? 'nowhere';
      positions.set(id, position);
    }
    if (position === 'nowhere') return left(unknown(noSuchEvent(id)));
    const found = publicationUpTo(world.published, repository, position);
    return found === undefined ? left(unknown(beforeAll(repository, id, world.published))) : right(found);
  };

  const publication = async (
    repository: RepositoryId,
    time: string,
    from: string,
  ): Promise<Either<NotServed, PastPublication>> => {
    const found = findPublication(world, repository, time, now());
    if (isLeft(found)) return left(unknown(found.left));
    return typeof found.right === 'string' ? publicationAtEvent(repository, found.right, from) : right(found.right);
  };

  const stateOf = async (
    repository: RepositoryId,
    of: PastPublication,
    from: string,
  ): Promise<Either<NotServed, PastState>> => {
    const known = past.known(of);
    return known === undefined ? sameState(of.id, () => costly(from, () => past.of(repository, of))) : right(known);
  };

  return {
    publication,
    state: stateOf,
    repositories: () => [...world.published.keys()],
    times: (repository) => timesOf(world, repository),
    distributions: async (repository, time, from) => {
      const found = await publication(repository, time, from);
      if (isLeft(found)) return found;
      const state = await stateOf(repository, found.right, from);
      return isLeft(state) ? state : right([...state.right.keys()]);
    },
    tree: async (repository, time, distribution, from) => {
      const found = await publication(repository, time, from);
      if (isLeft(found)) return found;
      const name = { repository, publication: found.right.id, distribution, edition: editionOf(world, repository) };
      const made = await cache.find(name);
      if (made !== undefined) return right(made);
      const state = await stateOf(repository, found.right, from);
      if (isLeft(state)) return state;
      const wanted = state.right.get(distribution);
      if (wanted === undefined) return left(unknown(noDistribution(distribution, time, state.right)));
      const missing = lostAmong(world, repository, wanted.distribution.holds);
      if (missing.length > 0) return left({ kind: 'gone', because: gone(distribution, time, missing) });
      return sameTree(`${name.publication} ${distribution}`, () =>
        costly(from, () => cache.make(name, wanted.distribution, wanted.date, signersOf(world.configuration))),
      );
    },
    poolFile: (repository, path) => {
      const [, , , source = ''] = path.split('/');
      const story = SourceName.is(source) ? world.contents.packages.get(`${repository} ${source}`) : undefined;
      let refused: NotServed = unknown(noFile);
      for (const held of story?.versions.values() ?? []) {
        const named = poolFiles(withAllBuilt(world.contents, repository, held)).find((file) => file.path === path);
        if (named === undefined) continue;
        // Another version may have the same file, and be kept.
        const loss = lossOf(world.retention, repository, held.source, held.version);
        if (loss === undefined) return right(named.file);
        refused = { kind: 'gone', because: lost(held.source, held.version, loss.because) };
      }
      return left(refused);
    },
  };
};

const timesOf = ({ published, retention }: World, repository: RepositoryId): PastTimes | undefined => {
  const all = published.get(repository);
  if (all === undefined) return undefined;
  const names = [...(retention.named.get(repository)?.keys() ?? [])].sort();
  const last = names.length + all.length;
  return {
    names: names.length,
    times: all.length,
    slice: (from, to) => [
      ...names.slice(from, to),
      ...all
        .slice(Math.max(0, last - to), Math.max(0, Math.min(all.length, last - from)))
        .map(timeOf)
        .reverse(),
    ],
  };
};

const timeOf = ({ at }: PastPublication): string => compactMoment(at);

/**
 * Signed by other keys, or by keys that say something else of themselves (another end, other subkeys), it is another tree; and since files were let go
 * it may not be served any more.
 */
const editionOf = ({ configuration: { archiveKeys }, retention }: World, repository: RepositoryId): string =>
  `${asSaidOf(signingKeys(archiveKeys))}-${retention.losses.get(repository) ?? 0}`;

/** The public parts of keys in short. How they are wrapped does not matter. */
const asSaidOf = (keys: ArchiveKeys): string => {
  if (keys.length === 0) return 'unsigned';
  const hash = createHash('sha256');
  for (const { publicKey } of keys) hash.update(binaryKey(publicKey));
  return hash.digest('hex').slice(0, 32);
};

const lostAmong = (world: World, repository: RepositoryId, holds: readonly HeldVersion[]): readonly Refusal[] =>
  holds.flatMap(({ source, version }) => {
    const loss = lossOf(world.retention, repository, source, version);
    return loss === undefined ? [] : [lost(source, version, loss.because)];
  });

/** An index names whole files or is not there at all. */
const gone = (distribution: DistributionName, time: string, missing: readonly Refusal[]): Refusal =>
  refusal(
    missing[0]?.rule ?? 'files-let-go',
    `${distribution} as of ${time} is not whole any more: ${missing
      .slice(0, 10)
      .map(({ fact }) => fact)
      .join('; ')}${missing.length > 10 ? `; and ${missing.length - 10} more` : ''}`,
    'take a later time, or another distribution; name past states that shall be kept',
  );

const unknown = (because: Refusal): NotServed => ({ kind: 'unknown', because });

const busy = (retryAfter: number): NotServed => ({
  kind: 'busy',
  because: refusal(
    'busy',
    'too many past states are asked for at this moment',
    `ask again in ${retryAfter} seconds: what was made once is served at once`,
  ),
  retryAfter,
});

const noSuchEvent = (id: EventId): Refusal =>
  refusal('unknown-event', `the log has no event ${id}`, 'see history for the ids of events');

const noDistribution = (distribution: DistributionName, time: string, state: PastState): Refusal =>
  refusal(
    'no-such-distribution',
    `there was no ${distribution} at ${time}`,
    `there were ${[...state.keys()].slice(0, 20).join(', ') || 'none'}`,
  );

const noFile = refusal(
  'no-such-file',
  'no version that was ever published has a file of this name',
  'take the names that Packages and Sources give',
);
