import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { CheckId } from '../ids.ts';
import type { CheckEvent, CheckFailed, CheckPassed, CheckRequested, CheckSkipped } from './events.ts';
import { countsOf, type Finding } from './findings.ts';
import { type CheckMode, passes } from './policy.ts';

/** A check that was given back this often is abandoned. */
const mostAttempts = 3;
/** Of one event, which has to stay below 64 kB. */
const mostFindings = 150;
const mostOfReason = 1000;

export type Check =
  | { readonly status: 'absent' }
  | { readonly status: 'requested'; readonly past: Past }
  | { readonly status: 'running'; readonly past: Past; readonly attempt: number }
  | { readonly status: 'ended' };

/** `givenBack`: how many of its attempts said nothing about the packages. Those that we ended ourselves do not count. */
type Past = { readonly mode: CheckMode; readonly attempts: number; readonly givenBack: number };

export type CheckRefusal = 'unknown-check' | 'already-running' | 'already-ended' | 'stale-attempt';

export type CheckOutcome = CheckPassed | CheckFailed | CheckSkipped;

/** What a tool found; whether that is a failure is decided here. */
export type CheckResult =
  | (Omit<CheckPassed, 'type' | 'check' | 'attempt' | 'counts' | 'more'> & { readonly findings: readonly Finding[] })
  | Pick<CheckSkipped, 'because' | 'log'>;

export type CheckCommand =
  | ({ readonly command: 'RequestCheck' } & Omit<CheckRequested, 'type'>)
  | { readonly command: 'StartCheck'; readonly check: CheckId; readonly builder: string; readonly attempt: number }
  | { readonly command: 'FinishCheck'; readonly check: CheckId; readonly attempt: number; readonly result: CheckResult }
  | {
      readonly command: 'GiveBackCheck' | 'InterruptCheck';
      readonly check: CheckId;
      readonly attempt: number;
      readonly reason: string;
    }
  /** What another instance found, which checked what it built for us. */
  | {
      readonly command: 'TakeCheck';
      readonly check: CheckId;
      readonly requested: CheckRequested;
      readonly builder: string;
      readonly result: CheckResult;
    }
  | { readonly command: 'CancelCheck'; readonly check: CheckId; readonly reason: string };

type Decision = Either<CheckRefusal, readonly CheckEvent[]>;

export const checkDecider: Decider<Check, CheckCommand, CheckEvent, CheckRefusal> = {
  initial: { status: 'absent' },
  evolve: (check, event) => evolve(check, event),
  decide: (command, check) => {
    switch (command.command) {
      case 'RequestCheck':
        return request(command, check);
      case 'StartCheck':
        return start(command, check);
      case 'FinishCheck':
        return finish(command, check);
      case 'GiveBackCheck':
        return giveBack(command, check);
      case 'InterruptCheck':
        return interrupt(command, check);
      case 'TakeCheck':
        return take(command, check);
      case 'CancelCheck':
        return cancel(command, check);
    }
  },
};

const evolve = (check: Check, event: CheckEvent): Check => {
  const past = pastOf(check);
  switch (event.type) {
    case 'CheckRequested':
      return { status: 'requested', past: { mode: event.mode, attempts: 0, givenBack: 0 } };
    case 'CheckStarted':
      return { status: 'running', past, attempt: event.attempt };
    case 'CheckGivenBack':
      return { status: 'requested', past: { ...past, attempts: event.attempt, givenBack: past.givenBack + 1 } };
    case 'CheckInterrupted':
      return { status: 'requested', past: { ...past, attempts: event.attempt } };
    case 'CheckPassed':
    case 'CheckFailed':
    case 'CheckSkipped':
    case 'CheckAbandoned':
    case 'CheckCancelled':
      return { status: 'ended' };
  }
};

const pastOf = (check: Check): Past => ('past' in check ? check.past : { mode: 'ignore', attempts: 0, givenBack: 0 });

type Of<C extends CheckCommand['command']> = Extract<CheckCommand, { readonly command: C }>;

const request = ({ command, ...requested }: Of<'RequestCheck'>, check: Check): Decision =>
  check.status === 'absent' ? right([{ type: 'CheckRequested', ...requested }]) : right([]);

const start = ({ command, ...started }: Of<'StartCheck'>, check: Check): Decision => {
  switch (check.status) {
    case 'absent':
      return left('unknown-check');
    case 'requested':
      return started.attempt === check.past.attempts + 1
        ? right([{ type: 'CheckStarted', ...started }])
        : left('stale-attempt');
    case 'running':
      return left('already-running');
    case 'ended':
      return left('already-ended');
  }
};

/** A result counts once, and only for the attempt that is running. */
const finish = ({ check: id, attempt, result }: Of<'FinishCheck'>, check: Check): Decision => {
  if (check.status !== 'running' || check.attempt !== attempt) return left('stale-attempt');
  if ('because' in result) return right([{ type: 'CheckSkipped', check: id, attempt, ...result }]);
  const { toolVersion, findings, report, log } = result;
  const counts = countsOf(findings);
  const type = passes(check.past.mode, counts) ? 'CheckPassed' : 'CheckFailed';
  const shown = findings.slice(0, mostFindings);
  const more = findings.length - shown.length;
  return right([{ type, check: id, attempt, toolVersion, counts, findings: shown, more, report, log }]);
};

/** Asked for, begun and ended at once: nobody is to begin it here in between. What is under way here or has ended counts, and not this. */
const take = ({ check: id, requested, builder, result }: Of<'TakeCheck'>, check: Check): Decision => {
  if (check.status === 'running' || check.status === 'ended') return right([]);
  const asked = check.status === 'absent' ? [requested] : [];
  const past = check.status === 'absent' ? { mode: requested.mode, attempts: 0, givenBack: 0 } : check.past;
  const attempt = past.attempts + 1;
  const finished = finish({ command: 'FinishCheck', check: id, attempt, result }, { status: 'running', past, attempt });
  if (isLeft(finished)) return finished;
  return right([...asked, { type: 'CheckStarted', check: id, builder, attempt }, ...finished.right]);
};

type Unfinished = Of<'GiveBackCheck' | 'InterruptCheck'>;

const giveBack = ({ check: id, attempt, reason }: Unfinished, check: Check): Decision => {
  if (check.status !== 'running' || check.attempt !== attempt) return left('stale-attempt');
  const type = check.past.givenBack + 1 < mostAttempts ? 'CheckGivenBack' : 'CheckAbandoned';
  return right([{ type, check: id, attempt, reason: reason.slice(0, mostOfReason) }]);
};

const interrupt = ({ check: id, attempt, reason }: Unfinished, check: Check): Decision =>
  check.status === 'running' && check.attempt === attempt
    ? right([{ type: 'CheckInterrupted', check: id, attempt, reason: reason.slice(0, mostOfReason) }])
    : left('stale-attempt');

/** What ended is as it is, and what ends later says nothing: its attempt is stale. */
const cancel = ({ check: id, reason }: Of<'CancelCheck'>, check: Check): Decision => {
  if (check.status === 'absent') return left('unknown-check');
  return right(
    check.status === 'ended' ? [] : [{ type: 'CheckCancelled', check: id, reason: reason.slice(0, mostOfReason) }],
  );
};
