import { isRight } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { decode, instant } from '../domain/codec.ts';
import type { RepositoryId } from '../domain/debian/names.ts';
import { reasonOf } from '../domain/reason.ts';
import { Refusal, refusal } from '../domain/refusal.ts';
import type { Archive } from '../ports/archive.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { publicationInSlices } from '../projections/publication-of.ts';
import { earliestDate, isStale, type Publication } from '../projections/publications.ts';
import { inSlices } from '../projections/slices.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Makes apt see what history says, repository by repository, one at a time each. Whatever was installed while a publication ran
 * is the next one, all of it at once.
 */
export const publishRepositories = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  archive: Archive,
  progress: (repository: string, line: string) => void,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'publish',
    owed: ({ publications, clock: recorded, configuration: { repositories } }) =>
      [...publications]
        .filter(([repository, each]) => repositories.has(repository) && isStale(each, recorded, clock.now()))
        .map(([repository, { content, configured }]) => ({ repository, content, configured })),
    key: ({ repository }) => repository,
    what: ({ content, configured }) => `${content} ${configured}`,
    work: ({ repository }) => publish(repository, clock, world, archive, progress, tell),
  });

const publish = async (
  repository: RepositoryId,
  clock: Clock,
  world: World,
  archive: Archive,
  progress: (repository: string, line: string) => void,
  tell: Tell,
): Promise<void> => {
  const before = world.publications.get(repository);
  const now = clock.now();
  const earliest = before === undefined ? 0 : earliestDate(before, world.clock, now);
  const date = instant(Math.max(Math.floor(now / 1000) * 1000, earliest));
  const wanted = await inSlices(publicationInSlices(world, repository, date));
  if (before === undefined || wanted === undefined) return;
  const because = duty('publish', repository, before.content ?? before.configured ?? undefined);
  try {
    const published = await archive.publish(wanted, (line) => progress(repository, line));
    await tell(
      {
        command: 'Report',
        event: {
          type: 'RepositoryPublished',
          repository,
          upTo: before.content,
          configuredBy: before.configured,
          date: wanted.date,
          validUntil: wanted.validUntil,
          generation: published.generation,
          signedBy: published.signedBy,
          releases: published.releases.filter(
            ({ distribution, release }) => before.releases.get(distribution) !== release,
          ),
        },
      },
      because,
    );
  } catch (error) {
    await reportFailure(repository, before, error, because, tell);
    throw error;
  }
};

/** The same failure again is not news. */
const reportFailure = async (
  repository: RepositoryId,
  before: Publication,
  error: unknown,
  because: ReturnType<typeof duty>,
  tell: Tell,
): Promise<void> => {
  const { rule, fact, remedy } = refusalIn(error);
  if (before.failure?.fact === fact) return;
  await tell({ command: 'Report', event: { type: 'PublishFailed', repository, rule, fact, remedy } }, because);
};

const longestFact = 2000;

const refusalIn = (error: unknown): Refusal => {
  const carried = error instanceof Error && 'refusal' in error ? decode(Refusal, error.refusal) : undefined;
  if (carried !== undefined && isRight(carried)) return carried.right;
  return refusal(
    'publish-failed',
    reasonOf(error).slice(0, longestFact),
    'it is tried again by itself; apt sees the last publication until then',
  );
};
