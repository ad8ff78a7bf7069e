import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { BuildId } from '../ids.ts';
import { mostBinaries, portions } from '../portions.ts';
import { type Build, evolveBuild, noBuild, type Past } from './build-state.ts';
import type {
  BuildAdopted,
  BuildCancelled,
  BuildDepWaited,
  BuildDispatched,
  BuildEvent,
  BuildFailed,
  BuildPrioritised,
  BuildRequested,
  BuildResumed,
  BuildresultReceived,
  BuildSkipped,
  BuildSucceeded,
  BuildWithdrawn,
} from './events.ts';

/** A build that was given back this often has failed, and so has one of which others brought this often what nobody can use. */
export const mostAttempts = 3;

export type BuildRefusal =
  | 'unknown-build'
  | 'already-building'
  | 'already-ended'
  | 'not-assigned'
  | 'assigned-elsewhere'
  | 'stale-attempt'
  | 'answered-before';

export type Outcome = BuildSucceeded | BuildFailed | BuildSkipped | BuildDepWaited;

export type BuildCommand =
  | ({ readonly command: 'RequestBuild' } & Omit<BuildRequested, 'type'>)
  | {
      readonly command: 'AdoptBuild';
      readonly build: BuildId;
      readonly requested: BuildRequested;
      readonly adopted: BuildAdopted;
    }
  | { readonly command: 'AssignBuild'; readonly build: BuildId; readonly builder: string; readonly because: string }
  | { readonly command: 'StartBuild'; readonly build: BuildId; readonly builder: string; readonly attempt: number }
  | { readonly command: 'FinishBuild'; readonly build: BuildId; readonly outcome: Outcome }
  | { readonly command: 'GiveBackBuild'; readonly build: BuildId; readonly attempt: number; readonly reason: string }
  | {
      readonly command: 'InterruptBuild';
      readonly build: BuildId;
      readonly attempt: number;
      readonly reason: string;
      /** From whom it is taken, also when they have not begun; without it only what is running is interrupted. */
      readonly builder?: string;
    }
  | ({ readonly command: 'DispatchBuild' } & Omit<BuildDispatched, 'type'>)
  | ({ readonly command: 'ReceiveBuildresult' } & Omit<BuildresultReceived, 'type'>)
  | ({ readonly command: 'WithdrawBuild' } & Omit<BuildWithdrawn, 'type'>)
  | ({ readonly command: 'RefuseBuildresult' } & Omit<BuildWithdrawn, 'type'> & Pick<BuildFailed, 'log' | 'times'>)
  | ({ readonly command: 'ResumeBuild'; readonly attempt: number } & Omit<BuildResumed, 'type'>)
  | { readonly command: 'GiveUpBuild'; readonly build: BuildId; readonly attempt: number; readonly fact: string }
  | ({ readonly command: 'PrioritiseBuild' } & Omit<BuildPrioritised, 'type'>)
  | ({ readonly command: 'CancelBuild' } & Omit<BuildCancelled, 'type'>);

type Decision = Either<BuildRefusal, readonly BuildEvent[]>;

export const buildDecider: Decider<Build, BuildCommand, BuildEvent, BuildRefusal> = {
  initial: noBuild,
  evolve: evolveBuild,
  decide: (command, build) => {
    switch (command.command) {
      case 'RequestBuild':
        return request(command, build);
      case 'AdoptBuild':
        return adopt(command, build);
      case 'AssignBuild':
        return assign(command, build);
      case 'StartBuild':
        return start(command, build);
      case 'FinishBuild':
        return finish(command.outcome, build);
      case 'GiveBackBuild':
        return giveBack(command, build);
      case 'InterruptBuild':
        return interrupt(command, build);
      case 'DispatchBuild':
        return dispatch(command, build);
      case 'ReceiveBuildresult':
        return answer(command, build);
      case 'WithdrawBuild':
        return withdraw(command, build);
      case 'RefuseBuildresult':
        return refuse(command, build);
      case 'ResumeBuild':
        return resume(command, build);
      case 'GiveUpBuild':
        return giveUp(command, build);
      case 'PrioritiseBuild':
        return prioritise(command, build);
      case 'CancelBuild':
        return cancel(command, build);
    }
  },
};

type Of<C extends BuildCommand['command']> = Extract<BuildCommand, { command: C }>;

const request = ({ command, ...requested }: Of<'RequestBuild'>, build: Build): Decision =>
  build.status === 'absent' ? right([{ type: 'BuildRequested', ...requested }]) : right([]);

/** Asked for and there, in one breath: nobody may be given it to build. */
const adopt = ({ requested, adopted }: Of<'AdoptBuild'>, build: Build): Decision =>
  build.status === 'absent' ? right([requested, ...inPortions(adopted, 0)]) : right([]);

const assign = ({ command, ...assigned }: Of<'AssignBuild'>, build: Build): Decision => {
  switch (build.status) {
    case 'absent':
      return left('unknown-build');
    case 'needs-build':
      return build.builder === assigned.builder ? right([]) : right([{ type: 'BuildAssigned', ...assigned }]);
    case 'building':
      return left('already-building');
    case 'dep-wait':
      return left('not-assigned');
    default:
      return left('already-ended');
  }
};

/** The claim. Only the builder it was assigned to may start, and only the attempt that comes next. */
const start = ({ command, ...started }: Of<'StartBuild'>, build: Build): Decision => {
  switch (build.status) {
    case 'absent':
      return left('unknown-build');
    case 'needs-build':
      if (build.builder === undefined) return left('not-assigned');
      if (build.builder !== started.builder) return left('assigned-elsewhere');
      return started.attempt === build.past.attempts + 1
        ? right([{ type: 'BuildStarted', ...started }])
        : left('stale-attempt');
    case 'building':
      return left('already-building');
    case 'dep-wait':
      return left('not-assigned');
    default:
      return left('already-ended');
  }
};

/** A result counts once, and only for the attempt that is running. */
const ofRunning = (attempt: number, build: Build, say: (past: Past) => readonly BuildEvent[]): Decision =>
  build.status === 'building' && build.attempt === attempt ? right(say(build.past)) : left('stale-attempt');

const finish = (outcome: Outcome, build: Build): Decision =>
  ofRunning(outcome.attempt, build, (past) => {
    switch (outcome.type) {
      case 'BuildSucceeded':
        return inPortions(outcome, outcome.attempt);
      case 'BuildDepWaited':
        // It waits no longer for having been tried again meanwhile.
        return [{ ...outcome, until: past.until ?? outcome.until }];
      default:
        return [outcome];
    }
  });

/** Of many binary packages all but the last portion are said before the outcome. */
const inPortions = (outcome: BuildSucceeded | BuildAdopted, attempt: number): readonly BuildEvent[] => {
  const { build } = outcome;
  const cut = portions(outcome.binaries, mostBinaries);
  return [
    ...cut.slice(0, -1).map((binaries): BuildEvent => ({ type: 'BinariesBuilt', build, attempt, binaries })),
    { ...outcome, binaries: cut.at(-1) ?? [] },
  ];
};

const giveBack = ({ command, ...given }: Of<'GiveBackBuild'>, build: Build): Decision =>
  ofRunning(given.attempt, build, ({ givenBack }) =>
    givenBack + 1 < mostAttempts
      ? [{ type: 'BuildGivenBack', ...given }]
      : [
          endedByUs(given.build, given.attempt, {
            class: 'chroot',
            stage: 'give-back',
            fact: `given back ${givenBack + 1} times, the last time because: ${given.reason}`,
          }),
        ],
  );

const endedByUs = (
  build: BuildId,
  attempt: number,
  why: Pick<BuildFailed, 'class' | 'stage' | 'fact'>,
): BuildFailed => ({
  type: 'BuildFailed',
  build,
  attempt,
  ...why,
  log: null,
  times: { install: 0, build: 0, total: 0, stages: [] },
});

const interrupt = ({ command, builder, ...interrupted }: Of<'InterruptBuild'>, build: Build): Decision =>
  builder !== undefined && hasNotBegun(builder, interrupted.attempt, build)
    ? right([{ type: 'BuildInterrupted', ...interrupted }])
    : ofRunning(interrupted.attempt, build, () => [{ type: 'BuildInterrupted', ...interrupted }]);

/** It was given to `builder`, which is still the attempt before. */
const hasNotBegun = (builder: string, attempt: number, build: Build): boolean =>
  build.status === 'needs-build' && build.builder === builder && build.past.attempts === attempt;

/** A request is made once for each attempt: of two only the first is ever sent. */
const dispatch = ({ command, ...dispatched }: Of<'DispatchBuild'>, build: Build): Decision =>
  build.status === 'building' && build.attempt === dispatched.attempt && build.request !== undefined
    ? right([])
    : ofRunning(dispatched.attempt, build, () => [{ type: 'BuildDispatched', ...dispatched }]);

/** The first answer counts. The same once more is no other. */
const answer = ({ command, ...received }: Of<'ReceiveBuildresult'>, build: Build): Decision => {
  if (build.status !== 'building' || build.attempt !== received.attempt || build.request === undefined) {
    return left('stale-attempt');
  }
  if (build.answer === undefined) return right([{ type: 'BuildresultReceived', ...received }]);
  return build.answer === received.result.sha256 ? right([]) : left('answered-before');
};

/** Also from who was given it and has not begun. */
const withdraw = ({ command, ...withdrawn }: Of<'WithdrawBuild'>, build: Build): Decision =>
  hasNotBegun(withdrawn.builder, withdrawn.attempt, build)
    ? right([{ type: 'BuildWithdrawn', ...withdrawn }])
    : ofRunning(withdrawn.attempt, build, () => [{ type: 'BuildWithdrawn', ...withdrawn }]);

/** What came is no result: somebody else may build it, or the same one later, but not for ever. */
const refuse = ({ command, log, times, ...withdrawn }: Of<'RefuseBuildresult'>, build: Build): Decision =>
  ofRunning(withdrawn.attempt, build, ({ inVain }) =>
    inVain + 1 < mostAttempts
      ? [{ type: 'BuildWithdrawn', ...withdrawn }]
      : [
          {
            ...endedByUs(withdrawn.build, withdrawn.attempt, {
              class: 'products',
              stage: 'products',
              fact: `others built it ${inVain + 1} times, and what they brought cannot be used, the last time ${withdrawn.builder}: ${withdrawn.reason}`,
            }),
            log,
            times,
          },
        ],
  );

/** Only from the dep-wait that was seen: two who found the same thing say it once. */
const resume = ({ command, attempt, ...resumed }: Of<'ResumeBuild'>, build: Build): Decision =>
  ofWaiting(attempt, build, { type: 'BuildResumed', ...resumed });

const giveUp = ({ build: id, attempt, fact }: Of<'GiveUpBuild'>, build: Build): Decision =>
  ofWaiting(attempt, build, endedByUs(id, attempt, { class: 'dep-wait', stage: 'dep-wait', fact }));

const ofWaiting = (attempt: number, build: Build, event: BuildEvent): Decision => {
  switch (build.status) {
    case 'absent':
      return left('unknown-build');
    case 'dep-wait':
      return build.past.attempts === attempt ? right([event]) : right([]);
    default:
      return right([]);
  }
};

const prioritise = ({ command, ...prioritised }: Of<'PrioritiseBuild'>, build: Build): Decision => {
  switch (build.status) {
    case 'absent':
      return left('unknown-build');
    case 'needs-build':
    case 'dep-wait':
      return build.past.priority === prioritised.priority
        ? right([])
        : right([{ type: 'BuildPrioritised', ...prioritised }]);
    case 'building':
      return left('already-building');
    default:
      return left('already-ended');
  }
};

const cancel = ({ command, ...cancelled }: Of<'CancelBuild'>, build: Build): Decision => {
  switch (build.status) {
    case 'absent':
      return left('unknown-build');
    case 'cancelled':
      return right([]);
    case 'needs-build':
    case 'building':
    case 'dep-wait':
      return right([{ type: 'BuildCancelled', ...cancelled }]);
    default:
      return left('already-ended');
  }
};
