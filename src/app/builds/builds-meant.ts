import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { text } from '../../domain/codec.ts';
import type { Version } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { BuildStory } from '../../projections/build-queue.ts';
import { type AcceptedUpload, acceptedAmong } from '../../projections/uploads.ts';
import type { World } from '../../projections/world.ts';

/** How a person names what is being built: by the id of an upload, of a build or of a binNMU, or by its source package. */
export const BuildsName = text(
  'BuildsName',
  /^(?:[0-9A-HJKMNP-TV-Z]{26}(?:-[a-z0-9][a-z0-9-]{1,31})?|[a-z0-9][a-z0-9+.-]{1,127})$/,
  'the id of an upload, build or binNMU, or the name of a source package',
);
export type BuildsName = typeof BuildsName._A;

/** The builds under way that are meant, waiting ones included; a refusal when there are none. */
export const buildsMeant = (
  { builds }: World,
  name: BuildsName,
  version: Version | undefined,
  architecture: string | undefined,
): Either<Refusal, readonly BuildStory[]> => {
  const wanted: string = name;
  const meant = [...builds.open.values()].filter(
    ({ id, requested }) =>
      (id === wanted || requested.upload === wanted || requested.source === wanted) &&
      (version === undefined || requested.version === version) &&
      (architecture === undefined || requested.architecture === architecture),
  );
  return meant.length > 0
    ? right(meant)
    : left(refusal('no-build', `nothing of ${name} is being built or waits for it`, 'see status and uploads'));
};

/** Uploads that are meant as a whole, whose builds have ended and about which nothing is decided: they wait for checks. */
export const undecidedMeant = (
  { uploads, progress }: World,
  name: BuildsName,
  version: Version | undefined,
): readonly AcceptedUpload[] => {
  const wanted: string = name;
  return acceptedAmong(uploads, progress.decidable).filter(
    ({ id, accepted }) =>
      (id === wanted || accepted.source === wanted) && (version === undefined || accepted.version === version),
  );
};
