import type { Observable } from 'rxjs';
import { type BuildId, uploadOfBuild } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type BuildStory, buildsOf } from '../projections/build-queue.ts';
import { denialOf } from '../projections/check-results.ts';
import { checksOfBuild, isDenied } from '../projections/checks.ts';
import { isChecked } from '../projections/checks-owed.ts';
import { ownedElsewhere, ownedWhereHeld } from '../projections/contents.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Lets the packages of an optional architecture that was built late join the version they belong to, and those of a binNMU take their places in it. Whose a binary package is no package's
 * stream can see: so in turn with all else that changes contents.
 */
export const addArchitectures = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  inTurn: InTurn,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'add-architectures',
    owed: (now) => [...now.progress.late].filter((id) => isSaid(id, now)),
    key: (build) => build,
    work: async (build) => {
      const story = buildsOf(world.builds, uploadOfBuild(build)).find(({ id }) => id === build);
      if (story !== undefined) await inTurn(async () => add(story, world, tell));
    },
  });

const isSaid = (id: BuildId, world: World): boolean =>
  buildsOf(world.builds, uploadOfBuild(id)).every((build) => build.id !== id || isChecked(build, world));

const add = ({ id, requested, binaries, changedBy }: BuildStory, world: World, tell: Tell) => {
  const { upload, architecture } = requested;
  const { accepted, binNmu } = world.progress.uploads.get(upload) ?? {};
  if (accepted === undefined) return undefined;
  const { repository, source, version, component, distribution } = accepted;
  const denied = checksOfBuild(world.checks, id).filter(isDenied);
  const names = binaries.map((binary) => binary.package);
  const joining = {
    ...{ repository, source, version, upload, architecture },
    denied: denied.length === 0 ? undefined : denialOf(denied),
    binaries: binaries.map((binary) => ({ ...binary, component })),
  };
  const because = duty('add-architectures', upload, changedBy);
  if (binNmu === undefined) {
    const owned = ownedWhereHeld(world.contents, { repository, source, version }, names);
    return tell({ command: 'AddArchitecture', ...joining, ownedElsewhere: owned }, because);
  }
  const owned = ownedElsewhere(world.contents, distribution, source, names);
  const { number } = binNmu;
  return tell({ command: 'InstallBinNmu', ...joining, distribution, number, ownedElsewhere: owned }, because);
};
