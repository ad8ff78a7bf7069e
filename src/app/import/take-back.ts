import { isLeft } from 'fp-ts/lib/Either.js';
import type { Step } from '../../domain/archive/events.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import { sentence } from '../../domain/refusal.ts';
import { repositoryStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Tell } from '../../ports/tell.ts';
import { changesOf, slotOf } from '../../projections/contents.ts';
import { depthOf, vacate } from '../../projections/fold-contents.ts';
import type { World } from '../../projections/world.ts';
import { eventsOf } from '../events-of.ts';
import { becauseOf } from './carry-out.ts';
import type { Journal } from './journal.ts';

/**
 * Takes back what is said of packages so far, by removals, and says that the import was given up. Done again, over the world as it is then, it goes on. Gives
 * how many removals it took.
 */
export const takeBackImport = async (
  { packages, imported: [record] }: Pick<Journal, 'packages' | 'imported'>,
  world: Pick<World, 'contents' | 'configuration'>,
  log: Pick<EventLog, 'readStream'>,
  tell: Tell,
  progress: (removals: number) => void,
): Promise<number> => {
  const because = becauseOf(record);
  const say = async (command: Parameters<Tell>[0]): Promise<void> => {
    const told = await tell(command, because);
    if (isLeft(told)) throw new Error(sentence(told.left));
  };
  let removals = 0;
  for (const { repository, source, slots } of packages) {
    let seen = changesOf(world.contents, repository, source);
    for (const step of slots.flatMap(({ distribution }) => removalsFrom(world, distribution, source))) {
      await say({ command: 'TakeStep', repository, source, step, seen, ownedElsewhere: [] });
      seen += 1;
      removals += 1;
      progress(removals);
    }
  }
  const { import: id, repository, from } = record;
  const isSaid = (await eventsOf(log, repositoryStream(repository))).some(
    (event) => event.type === 'ImportAbandoned' && event.import === id,
  );
  if (!isSaid) await say({ command: 'Report', event: { type: 'ImportAbandoned', import: id, repository, from } });
  return removals;
};

/** From the suite first, which makes it the first of the rollbacks, as far as there are any; then from these. */
const removalsFrom = (
  { contents, configuration }: Pick<World, 'contents' | 'configuration'>,
  distribution: DistributionName,
  source: SourceName,
): readonly Step[] => {
  const slot = slotOf(contents, distribution, source);
  const { present } = slot;
  const { earlier } = present === undefined ? slot : vacate(slot, depthOf(configuration, distribution));
  const first = `${distribution}-rollback0` as DistributionName;
  return [
    ...(present === undefined ? [] : [{ deed: 'remove', version: present.version, distribution } as const]),
    ...earlier.map(({ version }) => ({ deed: 'remove', version, distribution: first }) as const),
  ];
};
