import type { World } from '../projections/world.ts';
import { overview } from './administration/overview.ts';
import { clockNotices } from './clock-notices.ts';
import { type ConcernSources, datedAhead, machineConcerns, ofNodes, undelivered } from './concerns.ts';
import { neverBuilt } from './never-built.ts';
import { type ToBeginWith, toBeginWith } from './to-begin-with.ts';

/** What somebody should look at. `doneAt`: where it is mended or told of, a path of ours; `at`: the page of administration that it is about. */
export type NeedsAttention = ToBeginWith & { readonly at: readonly string[] | undefined };

/** The machine, the log, what an instance lacks, and every object that is not as it should be: the same at home and in administration. */
export const needsAttention = (world: World, sources: ConcernSources): readonly NeedsAttention[] => [
  ...[
    ...newsOf(sources),
    ...machineConcerns(sources),
    ...datedAhead(world, sources.now()),
    ...clockNotices(world, sources.clockLeap(), sources.now()),
    ...undelivered(world, sources.now()),
    ...toBeginWith(world),
    ...neverBuilt(world),
  ].map(nowhere),
  ...ofNodes(world, sources.silentNodes()).map(({ node, fact, remedy }) => ({ fact, remedy, at: ['nodes', node] })),
  ...overview(world).attention.map(administered),
];

/** What the log found when it was opened, and mended by itself. */
const newsOf = ({ log }: ConcernSources): readonly ToBeginWith[] => {
  const state = log();
  const news = state.status === 'writable' ? state.notices : [];
  return news.map((fact) => ({ fact, remedy: 'nothing needs to be done' }));
};

const nowhere = ({ fact, remedy, doneAt }: ToBeginWith): NeedsAttention => ({
  fact,
  remedy,
  ...(doneAt === undefined ? {} : { doneAt }),
  at: undefined,
});

const administered = ({
  fact,
  remedy,
  section,
  name,
}: ReturnType<typeof overview>['attention'][number]): NeedsAttention => ({
  fact,
  remedy,
  at: section === undefined ? undefined : [section, ...(name === undefined ? [] : [name])],
});
