import type { RepositoryId, StoredFile } from '../../domain/debian/names.ts';
import { architectureOfBuild, type BuildId } from '../../domain/ids.ts';
import type { UploadAccepted, UploadReceived } from '../../domain/upload/events.ts';
import type { Recorded } from '../../projections/recorded.ts';
import type { World } from '../../projections/world.ts';
import { type Attempt, attemptsOf } from './attempts.ts';
import { pathsOf } from './build-fate.ts';

/** What one page holds; it says how much more there is. */
const mostFiles = 16;
const mostAttempts = 12;

/** `isKept`: it is read below `/log/`. A file of the source package is had from `path` (from the root), where apt finds it. */
type UploadedFile = StoredFile & { readonly isKept: boolean; readonly path: string | undefined };

/** What an upload brought, the `.changes` first, and what was taken from the pool beside it. */
export const filesOf = (
  world: World,
  { changes, files }: UploadReceived,
  accepted: UploadAccepted | undefined,
  isKept: boolean,
) => {
  const brought = new Set([changes, ...files].map(({ sha256 }) => sha256));
  const pooled = accepted?.sources.filter(({ sha256 }) => !brought.has(sha256)) ?? [];
  const pathOf = accepted === undefined ? () => undefined : pathsIn(world, accepted.repository, accepted);
  const all: readonly UploadedFile[] = [
    { ...changes, isKept, path: undefined },
    ...[...files.filter(({ sha256 }) => sha256 !== changes.sha256), ...pooled].map((file) => ({
      ...file,
      isKept: false,
      path: pathOf(file.sha256),
    })),
  ];
  return { files: all.slice(0, mostFiles), moreFiles: Math.max(0, all.length - mostFiles) };
};

/** Where apt finds it now. */
const pathsIn = (world: World, repository: RepositoryId, { source, version }: UploadAccepted) =>
  pathsOf(world, repository, { source, version }, 'unknown');

type AttemptOfUpload = Attempt & {
  readonly build: BuildId;
  readonly architecture: string;
  /** Whether it is the last one of its build, whose log is the one that is kept. */
  readonly isLast: boolean;
};

/** Every attempt at its builds, by architecture, the first one first. */
export const attemptsIn = (chain: readonly Recorded[]) => {
  const builds = Map.groupBy(chain, ({ event }) =>
    'build' in event && typeof event.build === 'string' ? event.build : undefined,
  );
  const all = [...builds].flatMap(([build, events]): readonly AttemptOfUpload[] =>
    build === undefined
      ? []
      : attemptsOf(events).map((each, index, { length }) => ({
          ...each,
          build: build as BuildId,
          architecture: architectureOfBuild(build as BuildId),
          isLast: index === length - 1,
        })),
  );
  return { attempts: all.slice(-mostAttempts), moreAttempts: Math.max(0, all.length - mostAttempts) };
};
