import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { UploadId } from '../domain/ids.ts';
import { sentence } from '../domain/refusal.ts';
import { keepsEverything } from '../domain/retention/events.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { failedDue } from '../projections/due-uploads.ts';
import type { World } from '../projections/world.ts';
import { retentionMoments } from './let-go-files.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Uploads of one piece of work: others get their turn in between. */
const atOnce = 100;

/**
 * Lets go of failed uploads that retention keeps no more; in turn, so that whoever retries one of them at this moment is seen, or sees it
 * gone. The bytes are the business of `removeUploadFiles`.
 */
export const letGoUploads = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  inTurn: InTurn,
  isSteady: () => boolean,
  tell: Tell,
): Observable<Fault> =>
  onceEach(retentionMoments(world$, clock, world), clock, {
    name: 'let-go-uploads',
    owed: ({ configuration }) =>
      isSteady()
        ? [...configuration.retention.keys()].filter((repository) => dueNow(world, repository, clock).length > 0)
        : [],
    key: (repository) => repository,
    what: (repository) => `${repository} ${dueNow(world, repository, clock).length}`,
    work: async (repository) => {
      for (const upload of dueNow(world, repository, clock).slice(0, atOnce)) {
        if (!isSteady()) break;
        await inTurn(() => letGo(upload, repository, world, clock, tell));
      }
    },
  });

const dueNow = (world: World, repository: RepositoryId, clock: Clock): readonly UploadId[] =>
  failedDue(world, world.configuration.retention.get(repository) ?? keepsEverything(repository), clock.now());

const letGo = async (upload: UploadId, repository: RepositoryId, world: World, clock: Clock, tell: Tell) => {
  if (!dueNow(world, repository, clock).includes(upload)) return;
  const told = await tell({ command: 'LetGoUpload', upload }, duty('let-go-uploads', upload));
  if (isLeft(told)) throw new Error(sentence(told.left));
};
