import type { Observable } from 'rxjs';
import type { Sha256 } from '../domain/debian/names.ts';
import type { UploadId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { FileStore } from '../ports/file-store.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { rejectedDue } from '../projections/due-uploads.ts';
import { removableAmong } from '../projections/needed-files.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';
import { letGoAll } from './remove-files.ts';

/** Uploads of one piece of work. */
const atOnce = 50;

/**
 * Removes what rejected uploads brought, and failed ones that were let go, and then says so. After a crash in between, it is all done once
 * more: what is gone already costs nothing. Of many that share a file the last one takes it.
 */
export const removeUploadFiles = (
  due$: Observable<World>,
  clock: Clock,
  world: World,
  files: Pick<FileStore, 'letGo'>,
  tell: Tell,
): Observable<Fault> =>
  onceEach(due$, clock, {
    name: 'remove-upload-files',
    owed: () => owedNow(world, clock).take(1).toArray(),
    key: () => 'all', // Two that share a file, one after the other.
    what: (upload) => upload,
    work: async () => {
      // One look through all that is kept for many uploads: strangers send as many as they like.
      const batch = owedNow(world, clock)
        .take(atOnce)
        .toArray()
        .map((upload) => ({ upload, ...leavingOf(upload, world) }));
      const removable = new Set(
        removableAmong(world, {
          packages: batch.flatMap(({ packages }) => packages),
          texts: batch.flatMap(({ texts }) => texts),
        }),
      );
      for (const { upload, packages, texts } of batch) {
        const own = new Set([...packages, ...texts].filter((sha256) => removable.has(sha256)));
        const removed = await letGoAll(own, files);
        await tell({ command: 'RemoveUploadFiles', upload, ...removed }, duty('remove-upload-files', upload));
      }
    },
  });

const owedNow = function* (world: World, clock: Clock): Generator<UploadId> {
  yield* world.uploadFiles.unremoved.keys();
  yield* rejectedDue(world, clock.now());
};

type Leaving = { readonly packages: readonly Sha256[]; readonly texts: readonly Sha256[] };

/** What a build of the upload that retried it took over is that one's now. */
const leavingOf = (upload: UploadId, { uploadFiles: { rejected, unremoved, adopted } }: World): Leaving => {
  const { packages, texts } = unremoved.get(upload) ?? {
    packages: rejected.get(upload)?.files ?? [],
    texts: [],
  };
  return { packages: [...packages], texts: [...texts].filter((sha256) => !adopted.has(sha256)) };
};
