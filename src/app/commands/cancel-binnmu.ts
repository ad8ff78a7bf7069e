import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { binNmuVersion } from '../../domain/binnmu/binnmu-version.ts';
import { type Actor, buildId } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { binNmuStream } from '../../domain/stream.ts';
import type { Answer, Ending } from '../../ports/api.ts';
import type { Tell } from '../../ports/tell.ts';
import { type BinNmuStory, isThere, isUnderWay, type RebuildStory } from '../../projections/binnmus.ts';
import type { World } from '../../projections/world.ts';
import { some } from '../endings/words.ts';

type Given = {
  readonly version: unknown;
  readonly architecture: unknown;
  readonly reason: string;
  readonly 'dry-run': boolean;
};

/** Cancels a binNMU as a whole: what is built stays, what waits is taken back, and what runs is ended by whose duty that is. */
export const cancelBinNmu = async (
  story: BinNmuStory,
  { version, architecture, reason, 'dry-run': isDryRun }: Given,
  actor: Actor,
  world: World,
  tell: Tell,
): Promise<Either<Refusal, Answer>> => {
  const { binNmu, distribution } = story.planned;
  if (version !== undefined || architecture !== undefined) return left(asAWhole(binNmu));
  const ends = endingOf(story, world);
  const fates = [...story.rebuilds.values()].map((each) => fateOf(each, world));
  const counts = [...Map.groupBy(fates, (fate) => fate)];
  const command = { command: 'CancelBinNmu', binNmu, distribution, reason } as const;
  const told = await tell(command, { actor, causedBy: undefined, correlation: story.correlation });
  if (isLeft(told)) return told;
  return right({
    json: {
      done: !isDryRun,
      binNmu,
      distribution,
      reason,
      builds: [],
      rebuilds: Object.fromEntries(counts.map(([fate, all]) => [fate, all.length])),
    },
    ...(isDryRun ? { ends } : {}),
    plain: `binNMU ${binNmu} in ${distribution}${isDryRun ? ' would be' : ''}: cancelled (${counts.map(([fate, all]) => `${all.length} ${fate}`).join(', ')})\n`,
    basis: { binNmu, rebuilds: fates },
    follow: isDryRun ? [] : [binNmuStream(binNmu)],
  });
};

type Fate = 'taken back' | 'ended' | 'built, and goes on' | 'over before';

const fateOf = (rebuild: RebuildStory, { builds }: World): Fate => {
  if (!isUnderWay(rebuild)) return 'over before';
  const { upload, architecture } = rebuild.planned;
  const build = builds.open.get(buildId(upload, architecture));
  if (build !== undefined) return build.status === 'building' ? 'ended' : 'taken back';
  const isGivenOut = rebuild.status === 'scheduled' && builds.ofUpload.has(upload);
  return isGivenOut ? 'built, and goes on' : 'taken back';
};

const endingOf = ({ planned: { distribution }, rebuilds }: BinNmuStory, world: World): Ending => {
  const all = [...rebuilds.values()];
  const of = (fate: Fate) => all.filter((each) => fateOf(each, world) === fate);
  return {
    goes: some([
      ...of('ended').map((each) => `${inWords(each)}: it is ended.`),
      ...of('taken back').map((each) => `${inWords(each)}: it is not built.`),
    ]),
    depends: ['Who asked for it, and who follows one of its packages, is told by mail what came of it.'],
    stays: some([
      ...all.filter(isThere).map((each) => `${inWords(each)} in ${distribution}.`),
      ...of('built, and goes on').map(
        (each) => `${inWords(each)} is built, and is installed when its checks allow it.`,
      ),
      `All else in ${distribution}, as it is.`,
    ]),
  };
};

const inWords = ({ planned: { source, version, number, architecture } }: RebuildStory): string =>
  `${source} ${binNmuVersion(version, number)} ${architecture}`;

const asAWhole = (binNmu: string): Refusal =>
  refusal(
    'whole-binnmu',
    `${binNmu} is a binNMU, which is cancelled as a whole`,
    'leave out version and architecture; or name a source package or a build of it',
  );
