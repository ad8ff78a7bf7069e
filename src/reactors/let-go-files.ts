import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { packageClaimed } from '../domain/archive/obstacles.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { EventId } from '../domain/ids.ts';
import { keepsEverything } from '../domain/retention/events.ts';
import type { HeldVersion } from '../ports/archive.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { changesOf } from '../projections/contents.ts';
import { dueVersions } from '../projections/due-files.ts';
import { formerDistributions } from '../projections/places.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';
import { seldom } from './seldom.ts';

/** `SOURCE VERSION` of everything that apt saw with a publication, in any distribution. */
export type HeldThen = (repository: RepositoryId, publication: EventId) => Promise<ReadonlySet<string>>;

/** Versions of one piece of work: others get their turn in between. */
const atOnce = 100;

/**
 * Lets go of the files of versions that retention keeps no more, but for those that a named past state holds. Only says so: the bytes are
 * the business of `removeFiles`. Nothing goes on the word of a clock that leapt.
 */
export const letGoFiles = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  heldThen: HeldThen,
  inTurn: InTurn,
  isSteady: () => boolean,
  tell: Tell,
): Observable<Fault> => {
  const named = namedVersions(world, heldThen);
  return onceEach(retentionMoments(world$, clock, world), clock, {
    name: 'let-go-files',
    owed: ({ configuration }) =>
      isSteady()
        ? [...configuration.retention.keys()].filter((id) => first(dueNow(world, id, clock, named)) !== undefined)
        : [],
    key: (repository) => repository,
    what: (repository) => `${repository} ${world.retention.losses.get(repository)} ${named.isKnown(repository)}`,
    work: async (repository) => {
      await named.find(repository);
      for (let n = 0; n < atOnce; n += 1) {
        if (!isSteady()) break;
        // Another set of names is found out first: what they hold is still owed then.
        const done = await inTurn(
          async () =>
            named.isKnown(repository) && letGoNext(dueNow(world, repository, clock, named), repository, world, tell),
        );
        if (!done) break;
      }
    },
  });
};

/** Files fall due because time passes, or because another policy was said. */
export const retentionMoments = (world$: Observable<World>, clock: Clock, world: World): Observable<World> =>
  seldom(world$, clock, world, ({ retention }) => retention);

/** By the policy of this moment: who says in between that everything is kept is heard at once. */
const dueNow = function* (
  world: World,
  repository: RepositoryId,
  clock: Clock,
  named: NamedVersions,
): Generator<HeldVersion> {
  const policy = world.configuration.retention.get(repository) ?? keepsEverything(repository);
  for (const held of dueVersions(world, policy, clock.now())) if (!named.hold(repository, held)) yield held;
};

const first = <Item>(items: Iterable<Item>): Item | undefined => {
  for (const item of items) return item;
  return undefined;
};

/** False when there was nothing to do, or a change that is under way has to end first. */
const letGoNext = async (
  due: Iterable<HeldVersion>,
  repository: RepositoryId,
  world: World,
  tell: Tell,
): Promise<boolean> => {
  const held = first(due);
  if (held === undefined) return false;
  const { source, version } = held;
  const seen = changesOf(world.contents, repository, source);
  const former = formerDistributions(world.contents, repository);
  const told = await tell(
    { command: 'LetGoFiles', repository, source, version, because: 'retention', seen, former },
    duty('let-go-files', repository),
  );
  if (isLeft(told) && told.left.rule !== packageClaimed)
    throw new Error(`${source} ${version} of ${repository} cannot be let go: ${told.left.fact}`);
  return !isLeft(told);
};

type NamedVersions = {
  /** Whether it was found out which versions the named past states of a repository hold. */
  readonly isKnown: (repository: RepositoryId) => boolean;
  readonly find: (repository: RepositoryId) => Promise<void>;
  /** Before it was found out, none. */
  readonly hold: (repository: RepositoryId, held: HeldVersion) => boolean;
};

/** A past state does not change, so what it holds is found out once for each set of names. */
const namedVersions = ({ retention }: World, heldThen: HeldThen): NamedVersions => {
  const found = new Map<RepositoryId, { readonly names: string; readonly versions: ReadonlySet<string> }>();
  const publications = (repository: RepositoryId): readonly EventId[] => [
    ...new Set([...(retention.named.get(repository)?.values() ?? [])].map(({ publication }) => publication)),
  ];
  const isKnown = (repository: RepositoryId): boolean =>
    found.get(repository)?.names === publications(repository).join();
  return {
    isKnown,
    find: async (repository) => {
      if (isKnown(repository)) return;
      const wanted = publications(repository);
      const versions = new Set<string>();
      for (const publication of wanted) for (const held of await heldThen(repository, publication)) versions.add(held);
      found.set(repository, { names: wanted.join(), versions });
    },
    hold: (repository, { source, version }) =>
      isKnown(repository) && found.get(repository)?.versions.has(`${source} ${version}`) === true,
  };
};
