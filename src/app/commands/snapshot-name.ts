import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { compactMoment } from '../../domain/moment.ts';
import { refusal } from '../../domain/refusal.ts';
import type { SnapshotLabel } from '../../domain/retention/events.ts';
import { lossOf } from '../../projections/retention.ts';
import { endingOfSnapshot } from '../endings/ending-of-past.ts';
import { type Deed, type Planned, saying } from './deed.ts';
import type { SnapshotParts } from './snapshot-parts.ts';

/**
 * Gives a past state a name, and keeps its files from then on. What went before does not come back by it. It is said in turn: retention
 * has either said what goes before, and the answer names that, or sees the name.
 */
export const nameIt = async (
  repository: RepositoryId,
  time: string,
  label: SnapshotLabel,
  from: string,
  { world, past, inTurn }: SnapshotParts,
): Promise<Planned> => {
  const found = await past.publication(repository, time, from);
  if (isLeft(found)) return left(found.left.because);
  const state = await past.state(repository, found.right, from);
  if (isLeft(state)) return left(state.left.because);
  const { id: publication, at } = found.right;
  const holds = new Set([...state.right.values()].flatMap(({ distribution }) => distribution.holds));
  const deed: Deed = saying(
    named(world, repository, label),
    [{ command: 'NameSnapshot', repository, label, publication }],
    (_, isDone) => {
      const lost = [...holds]
        .filter(({ source, version }) => lossOf(world.retention, repository, source, version) !== undefined)
        .map(({ source, version }) => ({ source, version }));
      const [is, are] = isDone ? ['is', 'are kept'] : ['would be', 'would be kept'];
      const warning =
        lost.length === 0 ? '' : `${lost.map((each) => `${each.source} ${each.version}`).join(', ')} went before\n`;
      return {
        json: { repository, name: label, publication, time: compactMoment(at), lost },
        plain: `${label} ${is} what apt saw at ${compactMoment(at)}; its files ${are}\n${warning}`,
      };
    },
  );
  return right({ ...deed, perform: (say, begin) => inTurn(() => deed.perform(say, begin)) });
};

/** Which past state has that name now. */
const named = ({ retention }: SnapshotParts['world'], repository: RepositoryId, label: SnapshotLabel): unknown =>
  retention.named.get(repository)?.get(label);

export const release = async (
  repository: RepositoryId,
  label: SnapshotLabel,
  parts: SnapshotParts,
): Promise<Planned> => {
  if (parts.world.retention.named.get(repository)?.has(label) !== true)
    return left(refusal('unknown-name', `${repository} has no past state named ${label}`, 'see snapshot list'));
  const ends = await endingOfSnapshot(repository, label, parts);
  return right(
    saying(named(parts.world, repository, label), [{ command: 'ReleaseSnapshot', repository, label }], (_, isDone) => ({
      json: { repository, name: label, released: isDone },
      plain: isDone ? `${label} is released\n` : `${label} would be released: its files are kept as retention says\n`,
      ...(!isDone && { ends }),
    })),
  );
};
