import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { pastSource } from '../../domain/configuration/apt-sources.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { compactMoment } from '../../domain/moment.ts';
import type { PastDistribution } from '../../projections/past.ts';
import { lossOf } from '../../projections/retention.ts';
import type { World } from '../../projections/world.ts';
import type { SnapshotParts, Told } from './snapshot-parts.ts';

/** One past state: what each distribution held, whether it is whole, and how apt uses it. */
export const show = async (
  repository: RepositoryId,
  time: string,
  withRollbacks: boolean,
  from: string,
  { world, past }: SnapshotParts,
): Told => {
  const publication = await past.publication(repository, time, from);
  if (isLeft(publication)) return left(publication.left.because);
  const state = await past.state(repository, publication.right, from);
  if (isLeft(state)) return left(state.left.because);
  const moment = compactMoment(publication.right.at);
  const distributions = [...state.right.values()]
    .filter(({ distribution }) => withRollbacks || !distribution.isRollback)
    .map((each) => row(world, repository, moment, each));
  const { id, at } = publication.right;
  return right({
    json: { repository, time: moment, at, publication: id, distributions },
    plain: distributions.map(plain).join('\n'),
  });
};

const row = (world: World, repository: RepositoryId, time: string, { distribution, date }: PastDistribution) => ({
  distribution: distribution.name,
  date,
  packages: distribution.holds.length,
  lost: distribution.holds
    .filter(({ source, version }) => lossOf(world.retention, repository, source, version) !== undefined)
    .map(({ source, version }) => ({ source, version })),
  source: pastSource(distribution, repository, time, world.configuration),
});

const plain = ({ distribution, packages, lost, source }: ReturnType<typeof row>): string =>
  lost.length === 0
    ? `# ${distribution}: ${packages} source packages\n${source}`
    : `# ${distribution}: not whole any more, ${lost
        .map((each) => `${each.source} ${each.version}`)
        .join(', ')} went\n`;
