import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { BuildId } from '../ids.ts';
import { mostBinaries, portions } from '../portions.ts';
import type {
  BuildCancelled,
  BuildEvent,
  BuildFailed,
  BuildRequested,
  BuildSkipped,
  BuildSucceeded,
} from './events.ts';

/** A build that was given back this often has failed. */
export const mostAttempts = 3;

export type Build =
  | { readonly status: 'absent' }
  | { readonly status: 'needs-build'; readonly attempts: number; readonly builder: string | undefined }
  | { readonly status: 'building'; readonly attempt: number; readonly builder: string }
  | { readonly status: 'built' | 'skipped' | 'failed' | 'cancelled'; readonly attempts: number };

export type BuildRefusal =
  | 'unknown-build'
  | 'already-building'
  | 'already-ended'
  | 'not-assigned'
  | 'assigned-elsewhere'
  | 'stale-attempt';

export type Outcome = BuildSucceeded | BuildFailed | BuildSkipped;

export type BuildCommand =
  | ({ readonly command: 'RequestBuild' } & Omit<BuildRequested, 'type'>)
  | { readonly command: 'AssignBuild'; readonly build: BuildId; readonly builder: string; readonly because: string }
  | { readonly command: 'StartBuild'; readonly build: BuildId; readonly builder: string; readonly attempt: number }
  | { readonly command: 'FinishBuild'; readonly build: BuildId; readonly outcome: Outcome }
  | { readonly command: 'GiveBackBuild'; readonly build: BuildId; readonly attempt: number; readonly reason: string }
  | ({ readonly command: 'CancelBuild' } & Omit<BuildCancelled, 'type'>);

type Decision = Either<BuildRefusal, readonly BuildEvent[]>;

export const buildDecider: Decider<Build, BuildCommand, BuildEvent, BuildRefusal> = {
  initial: { status: 'absent' },
  evolve: (build, event) => evolve(build, event),
  decide: (command, build) => {
    switch (command.command) {
      case 'RequestBuild':
        return request(command, build);
      case 'AssignBuild':
        return assign(command, build);
      case 'StartBuild':
        return start(command, build);
      case 'FinishBuild':
        return finish(command.outcome.attempt, build, inPortions(command.outcome));
      case 'GiveBackBuild':
        return giveBack(command, build);
      case 'CancelBuild':
        return cancel(command, build);
    }
  },
};

const evolve = (build: Build, event: BuildEvent): Build => {
  switch (event.type) {
    case 'BuildRequested':
      return { status: 'needs-build', attempts: 0, builder: undefined };
    case 'BuildAssigned':
      return { status: 'needs-build', attempts: attemptsOf(build), builder: event.builder };
    case 'BuildStarted':
      return { status: 'building', attempt: event.attempt, builder: event.builder };
    case 'BinariesBuilt':
      return build;
    case 'BuildSucceeded':
      return { status: 'built', attempts: event.attempt };
    case 'BuildSkipped':
      return { status: 'skipped', attempts: event.attempt };
    case 'BuildFailed':
      return { status: 'failed', attempts: event.attempt };
    case 'BuildGivenBack':
      return { status: 'needs-build', attempts: event.attempt, builder: undefined };
    case 'BuildCancelled':
      return { status: 'cancelled', attempts: attemptsOf(build) };
  }
};

const attemptsOf = (build: Build): number => {
  switch (build.status) {
    case 'absent':
      return 0;
    case 'building':
      return build.attempt;
    default:
      return build.attempts;
  }
};

type Of<C extends BuildCommand['command']> = Extract<BuildCommand, { command: C }>;

const request = ({ command, ...requested }: Of<'RequestBuild'>, build: Build): Decision =>
  build.status === 'absent' ? right([{ type: 'BuildRequested', ...requested }]) : right([]);

const assign = ({ command, ...assigned }: Of<'AssignBuild'>, build: Build): Decision => {
  switch (build.status) {
    case 'absent':
      return left('unknown-build');
    case 'needs-build':
      return build.builder === assigned.builder ? right([]) : right([{ type: 'BuildAssigned', ...assigned }]);
    case 'building':
      return left('already-building');
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
      return started.attempt === build.attempts + 1
        ? right([{ type: 'BuildStarted', ...started }])
        : left('stale-attempt');
    case 'building':
      return left('already-building');
    default:
      return left('already-ended');
  }
};

/** A result counts once, and only for the attempt that is running. */
const finish = (attempt: number, build: Build, outcome: readonly BuildEvent[]): Decision =>
  build.status === 'building' && build.attempt === attempt ? right(outcome) : left('stale-attempt');

/** Of many binary packages all but the last portion are said before the outcome. */
const inPortions = (outcome: Outcome): readonly BuildEvent[] => {
  if (outcome.type !== 'BuildSucceeded') return [outcome];
  const { build, attempt } = outcome;
  const cut = portions(outcome.binaries, mostBinaries);
  return [
    ...cut.slice(0, -1).map((binaries): BuildEvent => ({ type: 'BinariesBuilt', build, attempt, binaries })),
    { ...outcome, binaries: cut.at(-1) ?? [] },
  ];
};

const giveBack = ({ build: id, attempt, reason }: Of<'GiveBackBuild'>, build: Build): Decision =>
  finish(attempt, build, [attempt < mostAttempts ? givenBack(id, attempt, reason) : givenUp(id, attempt, reason)]);

const givenBack = (build: BuildId, attempt: number, reason: string): BuildEvent => ({
  type: 'BuildGivenBack',
  build,
  attempt,
  reason,
});

const givenUp = (build: BuildId, attempt: number, reason: string): BuildEvent => ({
  type: 'BuildFailed',
  build,
  attempt,
  class: 'chroot',
  stage: 'give-back',
  fact: `given back ${attempt} times, the last time because: ${reason}`,
  log: null,
  times: { install: 0, build: 0, total: 0 },
});

const cancel = ({ command, ...cancelled }: Of<'CancelBuild'>, build: Build): Decision => {
  switch (build.status) {
    case 'absent':
      return left('unknown-build');
    case 'cancelled':
      return right([]);
    case 'needs-build':
    case 'building':
      return right([{ type: 'BuildCancelled', ...cancelled }]);
    default:
      return left('already-ended');
  }
};
