import type { Ending } from '../../ports/api.ts';
import { isUnderWay, type Rebuild, rebuildOf } from '../../projections/binnmus.ts';
import { type BuildStory, buildsOf } from '../../projections/build-queue.ts';
import type { AcceptedUpload } from '../../projections/uploads.ts';
import type { World } from '../../projections/world.ts';
import { some } from './words.ts';

export const buildInWords = ({ requested: { source, version, architecture } }: BuildStory): string =>
  `${source} ${version} ${architecture}`;

/** What cancelling builds puts an end to. */
export const endingOfBuilds = (meant: readonly BuildStory[], world: World): Ending => {
  const { builds, uploads, binNmus } = world;
  const ids = new Set(meant.map(({ id }) => id));
  const ofOne = [...new Set(meant.map(({ requested }) => requested.upload))];
  const others = ofOne.flatMap((upload) => buildsOf(builds, upload)).filter(({ id }) => !ids.has(id));
  const rebuilt = ofOne.flatMap((upload) => rebuildOf(binNmus, upload) ?? []);
  const accepted = ofOne.flatMap((upload) => uploads.open.get(upload)?.accepted ?? []);
  return {
    goes: some(
      meant.map(
        (build) => `${buildInWords(build)}: ${build.status === 'building' ? 'it is ended' : 'it is not built'}.`,
      ),
    ),
    depends: some([
      ...accepted.map(
        ({ source, version, distribution }) =>
          `The upload of ${source} ${version} to ${distribution} fails when it cannot do without one of them.`,
      ),
      ...rebuilt.flatMap((rebuild) => droppedWithout(rebuild, world)),
    ]),
    stays: [
      ...some(others.map((build) => `${buildInWords(build)} (${build.status}).`)),
      ...(rebuilt.length < ofOne.length ? ['The upload and its files, so that it can be tried again: retry.'] : []),
      ...rebuilt.map(({ planned, of }) => `${planned.source} ${planned.version} in ${of.distribution}, as it is.`),
    ],
  };
};

/** What the plan of a rebuild drops when that comes to nothing. */
const droppedWithout = ({ planned, of }: Rebuild, { binNmus }: World): readonly string[] =>
  [...(binNmus.open.get(of.binNmu)?.rebuilds.values() ?? [])].flatMap((each) => {
    const { source, architecture, needs } = each.planned;
    const isDropped = isUnderWay(each) && architecture === planned.architecture && needs.includes(planned.source);
    return isDropped ? [`The binNMU of ${source} ${architecture} is dropped: it needs ${planned.source}.`] : [];
  });

/** What giving up uploads puts an end to that are built and wait for their checks. */
export const endingOfUploads = (undecided: readonly AcceptedUpload[]): Ending => ({
  goes: some(
    undecided.map(
      ({ accepted: { source, version, distribution } }) =>
        `The upload of ${source} ${version}: it is not installed into ${distribution}.`,
    ),
  ),
  depends: ['Its checks that wait or run are cancelled.'],
  stays: ['Its files and the logs of its builds, so that it can be tried again: retry.'],
});

/** What stopping the engine puts an end to. */
export const endingOfEngine = (ends: readonly BuildStory[], waits: readonly BuildStory[]): Ending => ({
  goes: ['Uploads are turned away, and clients told to try later. No build is begun.'],
  depends: some(waits.map((build) => `${buildInWords(build)} waits until the engine is started.`)),
  stays: [
    ...some(ends.map((build) => `${buildInWords(build)} goes on to its end.`)),
    'What is published, and everything that can be looked at.',
  ],
});
