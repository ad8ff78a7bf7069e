import type { Observable } from 'rxjs';
import type { RepositoryId, Sha256, StoredFile } from '../domain/debian/names.ts';
import type { FilesLetGo } from '../domain/retention/events.ts';
import type { Archive } from '../ports/archive.ts';
import type { Clock } from '../ports/clock.ts';
import type { FileStore } from '../ports/file-store.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { versionOf, withAllBuilt } from '../projections/contents.ts';
import { pooledVersions } from '../projections/due-files.ts';
import { filesOf, removableAmong } from '../projections/needed-files.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** `.changes`, records and logs of a version, of all its architectures. */
export type LogsOf = (loss: FilesLetGo) => Promise<readonly StoredFile[]>;

type Parts = {
  readonly clock: Clock;
  readonly world: World;
  readonly archive: Pick<Archive, 'tidyPool' | 'snapshots'>;
  readonly files: Pick<FileStore, 'remove' | 'letGo'>;
  readonly logsOf: LogsOf;
  readonly tell: Tell;
  /** Does what may take long where others see how far it is. */
  readonly during: (about: string, work: (say: (line: string) => void) => Promise<void>) => Promise<void>;
};

/** Beside repositories, whose names have no capitals. */
const withdrawn = 'WITHDRAWN' as const;

/** Versions of one piece of work. */
const atOnce = 50;

/**
 * Removes what was let go or withdrawn, in this order: from the caches of past states, from the pool, from the file store, and then
 * says so. After a crash in between, it is all done once more: what is gone already costs nothing.
 */
export const removeFiles = (world$: Observable<World>, parts: Parts): Observable<Fault> =>
  onceEach(world$, parts.clock, {
    name: 'remove-files',
    owed: ({ retention }) => [
      ...new Set([...retention.unremoved.values()].map(({ repository }) => repository)),
      ...(retention.unremovedFiles.size > 0 ? [withdrawn] : []),
    ],
    key: () => 'all', // A withdrawn file may be in every pool: one after the other.
    what: (item) => `${item} ${parts.world.retention.unremoved.size} ${parts.world.retention.unremovedFiles.size}`,
    work: (item) =>
      item === withdrawn
        ? parts.during('withdrawn files', () => removeWithdrawn(parts))
        : parts.during(item, (say) => removeLetGo(item, parts, say)),
  });

const removeLetGo = async (repository: RepositoryId, parts: Parts, say: (line: string) => void): Promise<void> => {
  const { world, files, logsOf, tell } = parts;
  const losses = [...world.retention.unremoved.values()].filter((loss) => loss.repository === repository);
  say('tidying its pool');
  await clean(repository, parts);
  for (const [n, loss] of losses.slice(0, atOnce).entries()) {
    say(`removing the files of ${losses.length - n} versions that were let go`);
    const { source, version } = loss;
    const held = versionOf(world.contents, repository, source, version);
    const packages = (held === undefined ? [] : filesOf(withAllBuilt(world.contents, repository, held))).map(
      ({ sha256 }) => sha256,
    );
    const texts = (await logsOf(loss)).map(({ sha256 }) => sha256);
    const removed = await letGoAll(removableAmong(world, { packages, texts }), files);
    await tell({ command: 'RemoveFiles', repository, source, version, ...removed }, duty('remove-files', repository));
  }
};

/** Nobody comes to need a file between the question and its end: what is put here again meanwhile is fresh, and stays. */
export const letGoAll = async (
  removable: Iterable<Sha256>,
  files: Pick<FileStore, 'letGo'>,
): Promise<{ readonly files: number; readonly bytes: number }> => {
  let [count, bytes] = [0, 0];
  for (const sha256 of removable) {
    const size = await files.letGo(sha256);
    if (typeof size !== 'number' || size === 0) continue;
    count += 1;
    bytes += size;
  }
  return { files: count, bytes };
};

/** A file that was withdrawn goes, whoever put it here again. */
const removeWithdrawn = async (parts: Parts): Promise<void> => {
  const { world, files, tell } = parts;
  const asked = [...world.retention.unremovedFiles];
  for (const repository of world.published.keys()) await clean(repository, parts);
  for (const sha256 of asked) {
    await files.remove(sha256);
    await tell({ command: 'RemoveWithdrawnFile', sha256 }, duty('remove-files', sha256));
  }
};

const clean = async (repository: RepositoryId, { world, clock, archive }: Parts): Promise<void> => {
  await archive.snapshots.forget(repository);
  await archive.tidyPool(repository, () => pooledVersions(world, repository, clock.now()));
};
