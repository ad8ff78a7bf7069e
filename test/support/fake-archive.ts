import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import type { Archive, Publication } from '../../src/ports/archive.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { memoryArchive } from './memory-archive.ts';

export type FakeArchive = Archive & {
  /** What apt sees. */
  readonly seen: (repository: RepositoryId) => Publication | undefined;
  readonly pool: ReturnType<typeof memoryArchive>['pool'];
  /** What a snapshot was made of, by its folder. */
  readonly snapshot: ReturnType<typeof memoryArchive>['snapshot'];
  readonly depends: ReturnType<typeof memoryArchive>['depends'];
  readonly snapshotsMade: () => number;
  /** How often apt has seen something new. */
  readonly publications: () => number;
  /** From now on a publication takes so long, in milliseconds. */
  readonly takes: (milliseconds: number) => void;
  /** The next `times` attempts to publish fail so. */
  readonly fail: (times: number, fact: string) => void;
};

/**
 * The archive in memory, which refuses what a real one refuses, and which in addition can be slow and can fail. It holds the
 * daemon to its promises: one call at a time for a repository, and dates that never go back but from one that is a day ahead.
 */
export const fakeArchive = (clock: Clock): FakeArchive => {
  const archive = memoryArchive();
  const busy = new Set<RepositoryId>();
  const failures: string[] = [];
  let publications = 0;
  let duration = 0;
  let snapshotsMade = 0;

  const publishAlone: Archive['publish'] = async (publication, progress) => {
    const before = archive.published(publication.repository);
    const isAhead = before !== undefined && Date.parse(before.date) - clock.now() > 86_400_000;
    assert.ok(
      before === undefined || isAhead || before.date <= publication.date,
      'the date of a publication went back',
    );
    if (duration > 0) await firstValueFrom(clock.after(duration));
    await new Promise(setImmediate);
    const failure = failures.shift();
    if (failure !== undefined) throw new Error(failure);
    publications += 1;
    return archive.publish(publication, progress);
  };

  return {
    seen: archive.published,
    publications: () => publications,
    takes: (milliseconds) => {
      duration = milliseconds;
    },
    fail: (times, fact) => failures.push(...Array.from({ length: times }, () => fact)),
    root: archive.root,
    remove: async (repository) => {
      assert.ok(!busy.has(repository), `${repository} was removed while it was published`);
      await archive.remove(repository);
    },
    tidyPool: archive.tidyPool,
    pool: archive.pool,
    depends: archive.depends,
    snapshots: {
      ...archive.snapshots,
      make: async (...given) => {
        snapshotsMade += 1;
        await new Promise(setImmediate);
        return archive.snapshots.make(...given);
      },
    },
    snapshotsMade: () => snapshotsMade,
    snapshot: archive.snapshot,
    packages: archive.packages,
    publish: async (publication, progress) => {
      assert.ok(!busy.has(publication.repository), `${publication.repository} was published twice at once`);
      busy.add(publication.repository);
      try {
        return await publishAlone(publication, progress);
      } finally {
        busy.delete(publication.repository);
      }
    },
  };
};
