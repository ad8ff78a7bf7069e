import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { Outcome } from '../domain/build/build.ts';
import type { Builder, BuildOrder, BuildResult } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { assignedTo, type BuildStory } from '../projections/build-queue.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Everything the builder needs of an assigned build. */
export type OrderOf = (build: BuildStory, attempt: number) => BuildOrder;

/**
 * Runs every build assigned to us and reports how it went. `BuildStarted` is appended first: after a crash it says that the
 * build was ours, and it is given back. `stop` ends what runs, to be given back.
 */
export const runBuilds = (
  world$: Observable<World>,
  clock: Clock,
  us: string,
  builder: Builder,
  orderOf: OrderOf,
  stop: AbortSignal,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'run-builds',
    owed: ({ builds }) => (stop.aborted ? [] : assignedTo(builds, us)),
    key: ({ id, attempts }) => `${id}#${attempts + 1}`,
    work: async (build) => {
      const attempt = build.attempts + 1;
      const because = duty('run-builds', build.requested.upload);
      const claim = await tell({ command: 'StartBuild', build: build.id, builder: us, attempt }, because);
      if (isLeft(claim)) return;
      const report = await attemptBuild(builder, build.id, attempt, () => orderOf(build, attempt), stop);
      await insist(() => tell(report, because), stop, clock);
    },
  });

type Report =
  | { readonly command: 'FinishBuild'; readonly build: BuildStory['id']; readonly outcome: Outcome }
  | {
      readonly command: 'GiveBackBuild';
      readonly build: BuildStory['id'];
      readonly attempt: number;
      readonly reason: string;
    };

/** An order that cannot be written says nothing about the package either: the claim is given back. */
const attemptBuild = async (
  builder: Builder,
  build: BuildStory['id'],
  attempt: number,
  writeOrder: () => BuildOrder,
  stop: AbortSignal,
): Promise<Report> => {
  try {
    const order = writeOrder();
    const result = await builder.build(order, stop);
    if (stop.aborted && result.outcome === 'failed') {
      return { command: 'GiveBackBuild', build, attempt, reason: 'the daemon was stopped' };
    }
    return { command: 'FinishBuild', build, outcome: outcomeOf(order, result) };
  } catch (error) {
    return { command: 'GiveBackBuild', build, attempt, reason: error instanceof Error ? error.message : String(error) };
  }
};

const outcomeOf = ({ build, attempt }: BuildOrder, result: BuildResult): Outcome => {
  switch (result.outcome) {
    case 'succeeded': {
      const { binaries, records, log, times } = result;
      return { type: 'BuildSucceeded', build, attempt, binaries, records, log, times };
    }
    case 'skipped':
      return { type: 'BuildSkipped', build, attempt, log: result.log };
    case 'failed': {
      const { class: kind, stage, fact, log, times } = result;
      return { type: 'BuildFailed', build, attempt, class: kind, stage, fact, log, times };
    }
  }
};

/**
 * The work is done and must not be done again because the log was away: keep saying it until it is heard. A daemon that
 * stops gives up, and the next one gives the build back.
 */
const insist = async <T>(say: () => Promise<T>, stop: AbortSignal, clock: Clock): Promise<T> => {
  for (let pause = 250; ; pause = Math.min(pause * 2, 30_000)) {
    try {
      return await say();
    } catch (error) {
      if (stop.aborted) throw error;
      await new Promise<void>((resolve) => {
        clock.after(pause).forEach(resolve).catch(resolve);
      });
    }
  }
};
