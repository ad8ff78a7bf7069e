import type { RepositoryId, SourceName } from '../domain/debian/names.ts';
import type { DaemonEvent } from '../domain/event.ts';

/** Source packages of which each repository ever took a version, whatever became of it. Never forgets one. Folded in place: ask, do not keep. */
export type AcceptedSources = Map<RepositoryId, Map<SourceName, true>>;

export const noAcceptedSources = (): AcceptedSources => new Map();

export const foldAcceptedSources = (accepted: AcceptedSources, event: DaemonEvent): void => {
  if (event.type !== 'VersionReserved') return;
  const { repository, source } = event;
  const known = accepted.get(repository) ?? new Map<SourceName, true>();
  accepted.set(repository, known.set(source, true));
};
