import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ownedByOthers } from '../../domain/archive/obstacles.ts';
import type { Member } from '../../domain/change/events.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../../domain/debian/names.ts';
import { compareVersions } from '../../domain/debian/version.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { Slot } from '../../projections/contents.ts';
import { type Trial, tryChange } from '../../projections/trial.ts';
import type { World } from '../../projections/world.ts';

/** What a command would do, and what every distribution it touches would hold then. */
export type Plan = {
  readonly repository: RepositoryId;
  readonly members: readonly Member[];
  readonly trial: Trial;
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
  return refused === undefined ? right({ repository, members, trial, insistedOn }) : left(refused);
};

/** Whether a version would replace a higher one. */
export const isDowngrade = ({ present }: Slot, version: Version): boolean =>
  present !== undefined && compareVersions(version, present.version) < 0;

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
