import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { RepositoryId } from '../domain/debian/names.ts';
import type { ChangeId } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import type { Because, Tell } from '../ports/tell.ts';
import type { OpenChange } from '../projections/changes.ts';
import { tryChange } from '../projections/trial.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Brings every planned change to its end: claims its packages, completes it when all are claimed or abandons it when one refuses, and
 * frees them. Completion is the one event from which on all of it is so; a kill before it leaves nothing changed, a kill
 * after it leaves packages claimed, which the next start frees.
 */
export const finishChanges = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  inTurn: InTurn,
  during: DuringChange,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'finish-changes',
    owed: ({ changes }) => [...changes.open.keys()],
    key: (change) => change,
    work: (change) =>
      inTurn(async () => {
        const open = world.changes.open.get(change);
        if (open !== undefined)
          await during(open.planned.repository, (say) => finish(change, world, tell, counting(open, say)));
      }),
  });

/** Lets others see what is done to a repository while it lasts. */
export type DuringChange = (
  repository: RepositoryId,
  work: (say: (line: string) => void) => Promise<void>,
) => Promise<void>;

type Count = (what: string, done: number) => void;

const counting =
  ({ planned: { members } }: OpenChange, say: (line: string) => void): Count =>
  (what, done) =>
    say(`${what} ${done} of ${members.length} packages`);

const finish = async (change: ChangeId, world: World, tell: Tell, count: Count): Promise<void> => {
  const open = world.changes.open.get(change);
  if (open?.status === 'planned') await decide(open, world, tell, count);
  await free(change, world, tell, count);
};

/** In the name of who planned it. */
const because = ({ actor, event, correlation }: OpenChange): Because => ({ actor, causedBy: event, correlation });

const decide = async (open: OpenChange, world: World, tell: Tell, count: Count): Promise<void> => {
  const { change, repository, members } = open.planned;
  const { owned } = tryChange(world, open.planned);
  for (const [nth, { source, seen, steps }] of members.entries()) {
    count('claiming', nth + 1);
    const ownedElsewhere = owned.get(source) ?? [];
    const claimed = await tell(
      { command: 'ClaimPackage', change, repository, source, seen, steps, ownedElsewhere },
      because(open),
    );
    if (isLeft(claimed)) {
      await tell({ command: 'AbandonChange', change, repository, ...claimed.left }, because(open));
      return;
    }
  }
  await tell({ command: 'CompleteChange', change, repository }, because(open));
};

const free = async (change: ChangeId, world: World, tell: Tell, count: Count): Promise<void> => {
  const open = world.changes.open.get(change);
  if (open === undefined || open.status === 'planned') return;
  const { repository } = open.planned;
  const command = open.status === 'completed' ? 'SettlePackage' : 'ReleasePackage';
  for (const [nth, source] of [...open.claimed].entries()) {
    count(open.status === 'completed' ? 'changing' : 'letting go', nth + 1);
    await tell({ command, change, repository, source }, because(open));
  }
};
