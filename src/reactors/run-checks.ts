import { isLeft } from 'fp-ts/lib/Either.js';
import { type Observable, tap } from 'rxjs';
import type { CheckCommand } from '../domain/check/check.ts';
import type { CheckId, EventId } from '../domain/ids.ts';
import { reasonOf } from '../domain/reason.ts';
import type { Checker, CheckOrder } from '../ports/checker.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { CheckStory } from '../projections/checks.ts';
import { runnableChecks } from '../projections/waiting-checks.ts';
import type { Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { insist } from './insist.ts';
import { type Fault, onceEach } from './once-each.ts';

/**
 * Runs what is requested and reports what was found. `CheckStarted` is appended first: after a crash it says that the check was ours,
 * and it is given back. `stop` ends what runs, which then counts as no attempt; a check that is cancelled is ended, and what it says of itself
 * after that counts for nothing.
 */
export const runChecks = (
  world$: Observable<World>,
  clock: Clock,
  place: Place,
  checker: Checker,
  orderOf: (check: CheckStory, attempt: number) => CheckOrder,
  stop: AbortSignal,
  tell: Tell,
): Observable<Fault> => {
  const underWay = new Map<CheckId, UnderWay>();
  let open: ReadonlyMap<CheckId, CheckStory> = new Map();
  const watched$ = world$.pipe(
    tap(({ checks }) => {
      open = checks.open;
      endLost(underWay, open, place.builder);
    }),
  );
  return onceEach(watched$, clock, {
    name: 'run-checks',
    owed: (world) => (stop.aborted ? [] : runnableChecks(world, place)),
    key: ({ id, attempts }) => `${id}#${attempts + 1}`,
    work: async (check) => {
      const attempt = check.attempts + 1;
      const because = (cause: EventId) => duty('run-checks', check.requested.upload, cause);
      const start = { command: 'StartCheck', check: check.id, builder: place.builder, attempt } as const;
      const claim = await tell(start, because(check.changedBy));
      if (isLeft(claim)) return;
      const cancelled = new AbortController();
      underWay.set(check.id, { attempt, cancelled });
      endLost(underWay, open, place.builder);
      try {
        const end = AbortSignal.any([stop, cancelled.signal]);
        const report = await attemptCheck(checker, check, attempt, orderOf, stop, end);
        const started = claim.right.at(-1)?.id ?? check.changedBy;
        await insist(() => tell(report, because(started)), stop, clock);
      } finally {
        underWay.delete(check.id);
      }
    },
  });
};

type UnderWay = { readonly attempt: number; readonly cancelled: AbortController };

/** A check that is under way here, and by the log is not, was cancelled or taken back. */
const endLost = (
  underWay: ReadonlyMap<CheckId, UnderWay>,
  open: ReadonlyMap<CheckId, CheckStory>,
  us: string,
): void => {
  for (const [check, { attempt, cancelled }] of underWay) {
    const claim = open.get(check);
    if (claim?.builder !== us || claim.attempts !== attempt) cancelled.abort();
  }
};

const attemptCheck = async (
  checker: Checker,
  check: CheckStory,
  attempt: number,
  orderOf: (check: CheckStory, attempt: number) => CheckOrder,
  stop: AbortSignal,
  end: AbortSignal,
): Promise<CheckCommand> => {
  try {
    const report = await checker.check(orderOf(check, attempt), end);
    const { outcome, ...result } = report;
    return { command: 'FinishCheck', check: check.id, attempt, result };
  } catch (error) {
    if (stop.aborted) return { command: 'InterruptCheck', check: check.id, attempt, reason: 'the daemon was stopped' };
    const reason = reasonOf(error);
    return { command: 'GiveBackCheck', check: check.id, attempt, reason };
  }
};
