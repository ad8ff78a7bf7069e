import { isLeft } from 'fp-ts/lib/Either.js';
import { type Observable, tap } from 'rxjs';
import type { Outcome } from '../domain/build/build.ts';
import type { BuildId, EventId } from '../domain/ids.ts';
import { reasonOf } from '../domain/reason.ts';
import type { Builder, BuildOrder } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { assignedTo, type BuildStory } from '../projections/build-queue.ts';
import type { World } from '../projections/world.ts';
import { outcomeOf } from './build-outcome.ts';
import { insist } from './insist.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Of the home. */
export type Disk = {
  /** Whether what has no room here is for others to build: a node's. */
  readonly isOneOfMany: boolean;
  readonly isFull: () => boolean;
  /** Whether something failed because a disk is full. */
  readonly saysFull: (error: unknown) => boolean;
};

/** Everything the builder needs of an assigned build. */
export type OrderOf = (build: BuildStory, attempt: number) => BuildOrder;

/**
 * Runs every build assigned to us and reports how it went. `BuildStarted` is appended first: after a crash it says that the
 * build was ours, and it is given back. `stop` ends what runs, which then counts as no attempt; a build that is cancelled is ended, and
 * what it says of itself after that counts for nothing. None begins while the disk is full, and after one found it so none for half a minute: that says
 * nothing about a package, and is no attempt that counts. A node lets others have it, and is not given it again so soon.
 */
export const runBuilds = (
  world$: Observable<World>,
  clock: Clock,
  us: string,
  builder: Builder,
  orderOf: OrderOf,
  stop: AbortSignal,
  disk: Disk,
  tell: Tell,
): Observable<Fault> => {
  let foundFull: number | undefined;
  const mayBegin = (): boolean =>
    !stop.aborted && !disk.isFull() && (foundFull === undefined || clock.awake() - foundFull >= restsWhenFull);
  const underWay = new Map<BuildId, UnderWay>();
  let claimed: ReadonlyMap<BuildId, BuildStory> = new Map();
  const watched$ = world$.pipe(
    tap(({ builds }) => {
      claimed = builds.claimed;
      endLost(underWay, claimed, us);
    }),
  );
  return onceEach(watched$, clock, {
    name: 'run-builds',
    owed: ({ builds }) => (mayBegin() ? assignedTo(builds, us) : []),
    key: ({ id, attempts }) => `${id}#${attempts + 1}`,
    work: async (build) => {
      const attempt = build.attempts + 1;
      const because = (cause: EventId) => duty('run-builds', build.requested.upload, cause);
      const start = { command: 'StartBuild', build: build.id, builder: us, attempt } as const;
      const claim = await tell(start, because(build.changedBy));
      if (isLeft(claim)) return;
      const cancelled = new AbortController();
      underWay.set(build.id, { attempt, cancelled });
      endLost(underWay, claimed, us);
      try {
        const end = AbortSignal.any([stop, cancelled.signal]);
        const saysFull = (error: unknown): boolean => {
          if (disk.saysFull(error)) foundFull = clock.awake();
          return disk.saysFull(error);
        };
        const order = () => orderOf(build, attempt);
        const noRoom = disk.isOneOfMany
          ? ({ command: 'WithdrawBuild', builder: us } as const)
          : ({ command: 'InterruptBuild' } as const);
        const report = await attemptBuild(builder, build.id, attempt, order, stop, end, clock, (error) =>
          saysFull(error) ? noRoom : undefined,
        );
        const started = claim.right.at(-1)?.id ?? build.changedBy;
        await insist(() => tell(report, because(started)), stop, clock);
      } finally {
        underWay.delete(build.id);
      }
    },
  });
};

/** Milliseconds. */
const restsWhenFull = 30_000;

type UnderWay = { readonly attempt: number; readonly cancelled: AbortController };

/** Whoever cancelled it, or gave it to another, has said so in the log: a claim that is ours no more is the order to end. */
const endLost = (
  underWay: ReadonlyMap<BuildId, UnderWay>,
  claimed: ReadonlyMap<BuildId, BuildStory>,
  us: string,
): void => {
  for (const [build, { attempt, cancelled }] of underWay) {
    const claim = claimed.get(build);
    if (claim?.builder !== us || claim.attempts !== attempt) cancelled.abort();
  }
};

type Report =
  | { readonly command: 'FinishBuild'; readonly build: BuildId; readonly outcome: Outcome }
  | {
      readonly command: 'GiveBackBuild' | 'InterruptBuild';
      readonly build: BuildId;
      readonly attempt: number;
      readonly reason: string;
    }
  | (NoRoom & { readonly build: BuildId; readonly attempt: number; readonly reason: string });

/** How it is said that the disk has no room for it. */
type NoRoom = { readonly command: 'WithdrawBuild'; readonly builder: string } | { readonly command: 'InterruptBuild' };

/** An order that cannot be written says nothing about the package either: the claim is given back. */
const attemptBuild = async (
  builder: Builder,
  build: BuildId,
  attempt: number,
  writeOrder: () => BuildOrder,
  stop: AbortSignal,
  end: AbortSignal,
  clock: Clock,
  forWantOfRoom: (error: unknown) => NoRoom | undefined,
): Promise<Report> => {
  try {
    const order = writeOrder();
    const result = await builder.build(order, end);
    if (stop.aborted && result.outcome === 'failed') {
      return { command: 'InterruptBuild', build, attempt, reason: 'the daemon was stopped' };
    }
    return { command: 'FinishBuild', build, outcome: outcomeOf(order, result, clock) };
  } catch (error) {
    const reason = reasonOf(error);
    const noRoom = forWantOfRoom(error);
    if (stop.aborted) return { command: 'InterruptBuild', build, attempt, reason };
    return { ...(noRoom ?? { command: 'GiveBackBuild' }), build, attempt, reason };
  }
};
