import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { compactMoment } from '../../domain/moment.ts';
import { type Difference, differences } from '../../projections/past-difference.ts';
import type { SnapshotParts, Told } from './snapshot-parts.ts';

/** What changed between two times, distribution by distribution. Without a later time: until now. */
export const diff = async (
  repository: RepositoryId,
  time: string,
  other: string | undefined,
  withRollbacks: boolean,
  from: string,
  { world, past }: SnapshotParts,
): Told => {
  const one = await past.publication(repository, time, from);
  if (isLeft(one)) return left(one.left.because);
  const newest = world.published.get(repository)?.at(-1)?.id ?? '';
  const two = await past.publication(repository, other ?? newest, from);
  if (isLeft(two)) return left(two.left.because);
  const before = await past.state(repository, one.right, from);
  if (isLeft(before)) return left(before.left.because);
  const after = await past.state(repository, two.right, from);
  if (isLeft(after)) return left(after.left.because);
  const found = differences(before.right, after.right).filter(
    ({ distribution }) => withRollbacks || !distribution.includes('-rollback'),
  );
  return right({
    json: { repository, from: shown(one.right), to: shown(two.right), distributions: found },
    plain: found.map(plain).join('') || 'nothing changed\n',
  });
};

const shown = ({ id, at }: { readonly id: string; readonly at: Parameters<typeof compactMoment>[0] }) => ({
  time: compactMoment(at),
  publication: id,
});

const plain = ({ distribution, added, removed, changed }: Difference): string =>
  [
    `${distribution}:\n`,
    ...added.map(({ source, version }) => `  + ${source} ${version}\n`),
    ...removed.map(({ source, version }) => `  - ${source} ${version}\n`),
    ...changed.map(({ source, from, to }) => `  ~ ${source} ${from} → ${to}\n`),
  ].join('');
