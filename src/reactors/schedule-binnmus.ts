import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { superseded } from '../domain/archive/binnmus.ts';
import type { BinNmuCommand } from '../domain/binnmu/binnmu.ts';
import { resolveDistribution } from '../domain/configuration/configuration.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type BinNmuStory, isThere, isUnderWay, neededBy, type RebuildStory } from '../projections/binnmus.ts';
import { slotOf } from '../projections/contents.ts';
import { seenSources } from '../projections/publications.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Gives out each rebuild of a plan once all that it needs is installed and apt sees it, and drops those that will never get there: whose needs came to
 * nothing, or that stand there no more.
 */
export const scheduleBinNmus = (world$: Observable<World>, clock: Clock, tell: Tell): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'schedule-binnmus',
    owed: (world) => [...world.binNmus.open.values()].flatMap((story) => ripe(story, world)),
    key: ({ rebuild }) => rebuild.planned.upload,
    work: ({ story, rebuild, command }) =>
      tell(command, duty('schedule-binnmus', story.correlation, cause(story, rebuild))),
  });

type Ripe = { readonly story: BinNmuStory; readonly rebuild: RebuildStory; readonly command: BinNmuCommand };

const ripe = (story: BinNmuStory, world: World): readonly Ripe[] =>
  [...story.rebuilds.values()].flatMap((rebuild) => {
    const command = rebuild.status === 'planned' ? next(story, rebuild, world) : undefined;
    return command === undefined ? [] : [{ story, rebuild, command }];
  });

const next = (story: BinNmuStory, rebuild: RebuildStory, world: World): BinNmuCommand | undefined => {
  const needed = neededBy(story, rebuild);
  const missing = needed.find((each) => !isUnderWay(each) && !isThere(each));
  if (missing !== undefined) return drop(story, rebuild, lacking(missing));
  if (needed.some(isUnderWay)) return undefined;
  const { repository, distribution } = story.planned;
  const target = resolveDistribution(world.configuration, distribution);
  if (isLeft(target)) return drop(story, rebuild, target.left);
  const { needs, options, ...about } = rebuild.planned;
  const { present } = slotOf(world.contents, distribution, about.source);
  const refused = superseded({ ...about, distribution }, present?.version);
  if (present === undefined || refused !== undefined) return refused && drop(story, rebuild, refused);
  const publication = world.publications.get(repository);
  const seen = publication && seenSources(publication);
  if (needed.some(({ planned }) => seen?.has(planned.source) !== true)) return undefined;
  return {
    command: 'ScheduleBinNmu',
    ...{ binNmu: story.planned.binNmu, repository, distribution, ...about, options },
    component: present.component,
    sources: [present.dsc, ...present.sources],
  };
};

const drop = (
  { planned: { binNmu, distribution } }: BinNmuStory,
  { planned: { upload, source, architecture } }: RebuildStory,
  { rule, fact, remedy }: Refusal,
): BinNmuCommand => ({
  command: 'DropBinNmu',
  ...{ binNmu, distribution, upload, source, architecture, rule, fact, remedy },
});

const lacking = ({ planned, status, fact }: RebuildStory): Refusal =>
  refusal(
    'needed-rebuild-missing',
    `it is built with packages of ${planned.source}, whose rebuild ${words[status]}${fact === undefined ? '' : ` (${fact.slice(0, 400)})`}`,
    `see to ${planned.source}, and ask for the binNMU of both again`,
  );

const words: Readonly<Record<RebuildStory['status'], string>> = {
  planned: 'is to come',
  scheduled: 'is under way',
  installed: 'is there',
  unchanged: 'is there',
  refused: 'could not be installed',
  failed: 'failed',
  skipped: 'built nothing',
  cancelled: 'was cancelled',
  dropped: 'was left out',
};

/** The last of what it waited for, or the plan. */
const cause = (story: BinNmuStory, rebuild: RebuildStory) =>
  neededBy(story, rebuild).at(-1)?.because ?? rebuild.because;
