import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ownedByOthers } from '../../domain/archive/obstacles.ts';
import type { Member } from '../../domain/change/events.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { slotOf } from '../../projections/contents.ts';
import { type Trial, tryChange } from '../../projections/trial.ts';
import type { World } from '../../projections/world.ts';
import { type Blocks, withChanged } from '../pages/blocks.ts';
import { heldByName } from '../pages/held-by-name.ts';

/** What a command would do, and what every distribution it touches would hold then. */
export type Plan = {
  readonly repository: RepositoryId;
  readonly members: readonly Member[];
  readonly trial: Trial;
  /** What each suite it touches would hold, by name of the source. Stays as it was planned, whatever comes meanwhile. */
  readonly after: ReadonlyMap<DistributionName, Blocks<HeldVersion>>;
  /** What is done because it was insisted on, in words. */
  readonly insistedOn: ReadonlyMap<SourceName, string>;
};

export type Planned = Either<Refusal, Plan>;

/** Ties the parts that several packages have in one change; refused where one brings what another source has. */
export const planOf = (
  world: World,
  repository: RepositoryId,
  members: readonly Member[],
  insistedOn: Plan['insistedOn'] = new Map(),
): Planned => {
  const trial = tryChange(world, { repository, members });
  const refused = ownedByOthers([...trial.owned.values()].flat());
  if (refused !== undefined) return left(refused);
  const touched = new Set(trial.steps.map(({ distribution }) => distribution));
  const after = new Map([...touched].map((name) => [name, heldAfter(name, world, trial)]));
  return right({ repository, members, trial, after, insistedOn });
};

const heldAfter = (name: DistributionName, { contents }: World, trial: Trial): Blocks<HeldVersion> => {
  const shelf = contents.shelves.get(name);
  const changed = trial.steps.filter(({ distribution }) => distribution === name).map(({ source }) => source);
  return withChanged(
    shelf === undefined ? [] : heldByName(shelf),
    new Set(changed),
    ({ source }) => source,
    (source) => slotOf(trial.contents, name, source).present,
  );
};

export const notThere = (
  source: SourceName,
  version: Version | undefined,
  distribution: DistributionName,
  held: HeldVersion | undefined,
): Refusal =>
  refusal(
    'not-there',
    version === undefined || held === undefined
      ? `${distribution} has no ${source}`
      : `${distribution} has ${source} ${held.version}, not ${version}`,
    'see show for what is where',
  );
