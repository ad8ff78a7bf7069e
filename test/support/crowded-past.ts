import type { Instant } from '../../src/domain/codec.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { EventId } from '../../src/domain/ids.ts';
import type { SnapshotNamed } from '../../src/domain/retention/events.ts';
import { archiveFingerprint } from './fixed-examples.ts';

const publications = 300;
const named = 200;
/** Removed again: what they were stays. */
const former = 400;

export const formerRepositories = Array.from(
  { length: former },
  (_, n) => `formerdepartmentofpackages${n}` as RepositoryId,
);

/** All were published; the first of them often, and with names as long as can be. */
export const crowdedPast = (repositories: readonly RepositoryId[]): readonly DaemonEvent[] => {
  const [first] = repositories;
  const often = first === undefined ? [] : Array.from({ length: publications }, () => first);
  return [...[...formerRepositories, ...repositories, ...often].map(published), ...often.slice(0, named).map(name)];
};

const published = (repository: RepositoryId): DaemonEvent => ({
  type: 'RepositoryPublished',
  repository,
  generation: 1,
  upTo: null,
  configuredBy: null,
  date: '2026-11-22T10:15:00.000Z' as Instant,
  validUntil: null,
  signedBy: [archiveFingerprint],
  releases: [],
});

const name = (repository: RepositoryId, n: number): DaemonEvent => ({
  type: 'SnapshotNamed',
  repository,
  label: `release-of-the-department-of-packages-${String(n).padStart(25, '0')}` as SnapshotNamed['label'],
  publication: '00000000-0000-4000-8000-000000000000' as EventId,
});
