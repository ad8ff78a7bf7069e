import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { EventId } from '../../domain/ids.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { noPast, type PastDistribution, pastInSlices } from '../../projections/past.ts';
import type { PastPublication } from '../../projections/publication-history.ts';
import { inSlices } from '../../projections/slices.ts';
import type { World } from '../../projections/world.ts';
import type { Works } from '../works.ts';
import { remembered } from './remembered.ts';
import { replay } from './replay.ts';

/** Every distribution of a repository as apt saw it. */
export type PastState = ReadonlyMap<DistributionName, PastDistribution>;

/** Past states by their publication: folded from the log, and the last few kept at hand. */
export type PastStates = {
  readonly known: (publication: PastPublication) => PastState | undefined;
  readonly of: (repository: RepositoryId, publication: PastPublication) => Promise<PastState>;
};

/** `SOURCE VERSION` of everything that apt saw with a publication; nothing of a publication that nobody knows. */
export type HeldThen = (repository: RepositoryId, publication: EventId) => Promise<ReadonlySet<string>>;

export const heldThen =
  (world: World, past: PastStates): HeldThen =>
  async (repository: RepositoryId, publication: EventId): Promise<ReadonlySet<string>> => {
    const known = world.published.get(repository)?.find(({ id }) => id === publication);
    const state = known === undefined ? new Map<never, PastDistribution>() : await past.of(repository, known);
    return new Set(
      [...state.values()].flatMap(({ distribution }) =>
        distribution.holds.map(({ source, version }) => `${source} ${version}`),
      ),
    );
  };

const mostKept = 8;

export const pastStates = (
  log: Pick<EventLog, 'readAll' | 'query'>,
  world: World,
  works: Pick<Works, 'during'>,
): PastStates => {
  const kept = remembered<EventId, PastState>(mostKept);
  return {
    known: ({ id }) => kept.get(id),
    of: async (repository, publication) => {
      const known = kept.get(publication.id);
      if (known !== undefined) return known;
      const past = await works.during('past state', repository, (say) => {
        const upTo = `reading the log up to ${publication.at}`;
        say(upTo);
        return replay(log, noPast(repository, publication), (events) => say(`${upTo}: ${events} events of it read`));
      });
      const state = await inSlices(pastInSlices(past, world.contents));
      kept.set(publication.id, state);
      return state;
    },
  };
};
