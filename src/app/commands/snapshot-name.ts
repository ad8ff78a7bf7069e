import { randomUUID } from 'node:crypto';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Actor } from '../../domain/ids.ts';
import { compactMoment } from '../../domain/moment.ts';
import { refusal } from '../../domain/refusal.ts';
import type { SnapshotLabel } from '../../domain/retention/events.ts';
import { lossOf } from '../../projections/retention.ts';
import type { SnapshotParts, Told } from './snapshot-parts.ts';

/** Gives a past state a name, and keeps its files from then on. What went before does not come back by it. */
export const nameIt = async (
  repository: RepositoryId,
  time: string,
  label: SnapshotLabel,
  actor: Actor,
  from: string,
  { world, past, tell }: SnapshotParts,
): Told => {
  const found = await past.publication(repository, time, from);
  if (isLeft(found)) return left(found.left.because);
  const state = await past.state(repository, found.right, from);
  if (isLeft(state)) return left(state.left.because);
  const { id: publication, at } = found.right;
  const told = await tell(
    { command: 'NameSnapshot', repository, label, publication },
    { actor, causedBy: undefined, correlation: randomUUID() },
  );
  if (isLeft(told)) return told;
  const held = new Set([...state.right.values()].flatMap(({ distribution }) => distribution.holds));
  const lost = [...held]
    .filter(({ source, version }) => lossOf(world.retention, repository, source, version) !== undefined)
    .map(({ source, version }) => ({ source, version }));
  const warning =
    lost.length === 0 ? '' : `${lost.map((each) => `${each.source} ${each.version}`).join(', ')} went before\n`;
  return right({
    json: { repository, name: label, publication, time: compactMoment(at), lost },
    plain: `${label} is what apt saw at ${compactMoment(at)}; its files are kept\n${warning}`,
  });
};

export const release = async (
  repository: RepositoryId,
  label: SnapshotLabel,
  actor: Actor,
  { tell }: SnapshotParts,
): Told => {
  const told = await tell(
    { command: 'ReleaseSnapshot', repository, label },
    { actor, causedBy: undefined, correlation: randomUUID() },
  );
  if (isLeft(told)) return told;
  if (told.right.length === 0)
    return left(refusal('unknown-name', `${repository} has no past state named ${label}`, 'see snapshot list'));
  return right({ json: { repository, name: label, released: true }, plain: `${label} is released\n` });
};
