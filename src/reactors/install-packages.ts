import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { InstalledBinary } from '../domain/archive/events.ts';
import { packageClaimed } from '../domain/archive/obstacles.ts';
import type { UploadId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { awaited } from '../projections/build-progress.ts';
import { type BuildStory, buildsOf } from '../projections/build-queue.ts';
import { denialOf } from '../projections/check-results.ts';
import { type CheckStory, checksOf, checksOfBuild, isDenied } from '../projections/checks.ts';
import { isChecked } from '../projections/checks-owed.ts';
import { ownedElsewhere } from '../projections/contents.ts';
import { type AcceptedUpload, acceptedAmong } from '../projections/uploads.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Decides about every accepted upload whose mandatory builds have all ended and whose packages are checked: installed when each of them
 * succeeded and no check denies it, with what optional ones there are by then, released otherwise. That history now says so is all this does; apt sees it when it is published.
 */
export const installPackages = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  inTurn: InTurn,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'install-packages',
    owed: (now) =>
      acceptedAmong(now.uploads, now.progress.decidable).filter(({ id }) =>
        builtOf(id, now).every((build) => isChecked(build, now)),
      ),
    key: ({ id }) => id,
    work: (upload) =>
      inTurn(async () => {
        const failed = missing(upload, world);
        if (failed.length > 0) return release(upload, reasonFor(failed), tell);
        const denied = denials(upload, world);
        return denied.length === 0 ? install(upload, world, tell) : release(upload, denialOf(denied), tell);
      }),
  });

const builtOf = (upload: UploadId, { builds }: World): readonly BuildStory[] =>
  buildsOf(builds, upload).filter(({ status }) => status === 'built');

/** Checks that keep packages out which the upload cannot be installed without. */
const denials = ({ id, accepted }: AcceptedUpload, world: World): readonly CheckStory[] => {
  const needed = new Set(awaited(accepted));
  return checksOf(world.checks, id).filter((check) => isDenied(check) && needed.has(check.requested.architecture));
};

/** Builds without which nothing is installed. Of an upload that has only optional architectures one is enough. */
const missing = ({ id, accepted }: AcceptedUpload, { builds }: World): readonly BuildStory[] => {
  const needed = new Set(awaited(accepted));
  const ended = buildsOf(builds, id).filter(({ requested }) => needed.has(requested.architecture));
  const failed = ended.filter(({ status }) => status !== 'built' && status !== 'skipped');
  const isOptional = accepted.builds.every(({ mandatory }) => !mandatory);
  return isOptional && failed.length < ended.length ? [] : failed;
};

const reasonFor = (failed: readonly BuildStory[]): string =>
  `not built on ${failed
    .map(({ requested, status, outcome, because }) =>
      outcome?.type === 'BuildFailed'
        ? `${requested.architecture} (${outcome.class} in ${outcome.stage}: ${outcome.fact})`
        : `${requested.architecture} (${status}${because === undefined ? '' : `: ${because}`})`,
    )
    .join(', ')}`;

const install = async (upload: AcceptedUpload, world: World, tell: Tell) => {
  const { repository, source, version, distribution, component, sources } = upload.accepted;
  const binaries = binariesOf(upload, world);
  const [dsc, ...others] = sources;
  if (dsc === undefined) return release(upload, 'its source package has no .dsc', tell);
  const because = duty('install-packages', upload.id, upload.because);
  const done = await tell(
    {
      command: 'InstallPackage',
      repository,
      source,
      version,
      distribution,
      upload: upload.id,
      component,
      dsc,
      sources: others,
      binaries,
      ownedElsewhere: ownedElsewhere(
        world.contents,
        distribution,
        source,
        binaries.map((binary) => binary.package),
      ),
    },
    because,
  );
  if (!isLeft(done)) return done;
  // It is free again in a moment, and nothing is wrong with the upload.
  if (done.left.rule === packageClaimed) throw new Error(done.left.fact);
  return release(upload, `${done.left.rule}: ${done.left.fact}`, tell);
};

/** An arch-indep binary is built once, so no name comes twice for one architecture. What checks keep out is left out. */
const binariesOf = ({ id, accepted }: AcceptedUpload, world: World): readonly InstalledBinary[] =>
  builtOf(id, world)
    .filter((build) => !checksOfBuild(world.checks, build.id).some(isDenied))
    .flatMap(({ binaries }) => binaries.map((binary) => ({ ...binary, component: accepted.component })));

const release = ({ id, because, accepted }: AcceptedUpload, reason: string, tell: Tell) => {
  const { repository, source, version } = accepted;
  return tell(
    { command: 'ReleaseVersion', repository, source, version, upload: id, reason },
    duty('install-packages', id, because),
  );
};
