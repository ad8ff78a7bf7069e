import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { DistributionName } from '../debian/distribution.ts';
import type { RepositoryId, SourceName, Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { inPortions } from './arrivals.ts';
import type { PackageEvent, PackageInstalled } from './events.ts';
import type { Package } from './package-state.ts';

/** A version as it comes from elsewhere. `upload` stands for its arrival: no upload of ours brought it. */
export type ImportedVersion = Omit<PackageInstalled, 'type' | 'repository' | 'source' | 'distribution'>;

/** Who held a slot elsewhere, oldest first: the last one still does where `isPresent`, the others are its rollbacks. */
export type ImportedSlot = {
  readonly distribution: DistributionName;
  readonly occupants: readonly Version[];
  readonly isPresent: boolean;
};

/** All versions of one source of a repository that was kept elsewhere, and where each stood. */
export type ImportPackage = {
  readonly command: 'ImportPackage';
  readonly repository: RepositoryId;
  readonly source: SourceName;
  readonly versions: readonly ImportedVersion[];
  readonly slots: readonly ImportedSlot[];
};

/** An event store takes below 1 MB at once. */
const mostAtOnce = 12;

/**
 * Says what comes next of the package: as much of it as an append should have. Told until there is nothing left to say it is all there, and goes on where
 * it was broken off. A package that has a history of its own is refused.
 */
export const importPackage = (command: ImportPackage, state: Package): Either<Refusal, readonly PackageEvent[]> => {
  const deeds = deedsOf(command);
  const done = state.changes;
  if (!isBeginning(command, deeds.slice(0, done), state) || done > deeds.length) return left(known(command));
  const next: PackageEvent[] = [];
  for (const deed of deeds.slice(done)) {
    if (next.length > 0 && next.length + deed.length > mostAtOnce) break;
    next.push(...deed);
  }
  return right(next);
};

const known = ({ repository, source }: ImportPackage): Refusal =>
  refusal(
    'package-known',
    `${repository} has a history of ${source} already`,
    'import into a repository that nothing was ever uploaded to',
  );

/** Whether nothing is there but what was said of this very import. */
const isBeginning = ({ versions }: ImportPackage, done: Deeds, { burnt, reserved, gone }: Package): boolean => {
  const arrived = done.flat().filter((event) => event.type === 'PackageInstalled');
  const uploads = new Map(versions.map(({ version, upload }) => [withoutEpoch(version), upload]));
  return (
    reserved.size === 0 &&
    gone.size === 0 &&
    burnt.size === arrived.length &&
    arrived.every(({ version }) => burnt.get(withoutEpoch(version)) === uploads.get(withoutEpoch(version)))
  );
};

/** What belongs together: each changes contents once. */
type Deeds = readonly (readonly PackageEvent[])[];

/** How all of it came to be as it is: each version arrives where it first stands, and is restored wherever else it stood. */
export const deedsOf = ({ repository, source, versions, slots }: ImportPackage): Deeds => {
  const arrivals = new Map(versions.map((each) => [each.version, each]));
  const deeds: (readonly PackageEvent[])[] = [];
  for (const { distribution, occupants, isPresent } of slots) {
    const place = { repository, source, distribution };
    const leave = (version: Version): void => {
      deeds.push([{ type: 'PackageRemoved', ...place, version, change: null }]);
    };
    let last: Version | undefined;
    for (const version of occupants) {
      if (version === last) leave(version);
      const arrival = arrivals.get(version);
      if (arrival === undefined) deeds.push([{ type: 'PackageRestored', ...place, version, from: null, change: null }]);
      else deeds.push(inPortions({ type: 'PackageInstalled', ...place, ...arrival }));
      arrivals.delete(version);
      last = version;
    }
    if (!isPresent && last !== undefined) leave(last);
  }
  return deeds;
};
