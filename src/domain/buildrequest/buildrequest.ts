import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Sha256 } from '../debian/names.ts';
import type { Decider } from '../decider.ts';
import type { BuildrequestEvent, BuildrequestReceived, BuildresultMade } from './events.ts';

/** An attempt that ended with the daemon is made again this often; then the request is declined. */
export const mostInterruptions = 3;

/** A buildrequest of another instance, as it does with us. */
export type Buildrequest =
  | { readonly status: 'absent' }
  | { readonly status: 'waiting' | 'building'; readonly attempts: number }
  | { readonly status: 'built' | 'declined' | 'cancelled' | 'sent' };

export type BuildrequestCommand =
  | { readonly command: 'ReceiveBuildrequest'; readonly received: BuildrequestReceived }
  | { readonly command: 'DeclineBuildrequest'; readonly request: Sha256; readonly rule: string; readonly fact: string }
  | { readonly command: 'StartBuildrequest'; readonly request: Sha256; readonly attempt: number }
  | {
      readonly command: 'InterruptBuildrequest';
      readonly request: Sha256;
      readonly attempt: number;
      readonly reason: string;
    }
  | { readonly command: 'MakeBuildresult'; readonly made: BuildresultMade }
  | { readonly command: 'ReportBuildresult'; readonly request: Sha256 }
  | { readonly command: 'CancelBuildrequest'; readonly request: Sha256; readonly reason: string };

export type BuildrequestRefusal = 'unknown-buildrequest' | 'stale-attempt' | 'already-ended';

type Decision = Either<BuildrequestRefusal, readonly BuildrequestEvent[]>;

/** The stream is named by the hash of the request: the same one again, whenever and by whomever, is nothing new. */
export const buildrequestDecider: Decider<Buildrequest, BuildrequestCommand, BuildrequestEvent, BuildrequestRefusal> = {
  initial: { status: 'absent' },
  evolve: (_, event) => evolve(event),
  decide: (command, request) => {
    switch (command.command) {
      case 'ReceiveBuildrequest':
        return right(request.status === 'absent' ? [command.received] : []);
      case 'DeclineBuildrequest': {
        const { request: id, rule, fact } = command;
        return ofOpen(request, [{ type: 'BuildrequestDeclined', request: id, rule, fact }]);
      }
      case 'StartBuildrequest':
        return request.status === 'waiting' && command.attempt === request.attempts + 1
          ? right([{ type: 'BuildrequestStarted', request: command.request, attempt: command.attempt }])
          : left(request.status === 'absent' ? 'unknown-buildrequest' : 'stale-attempt');
      case 'InterruptBuildrequest':
        return interrupt(command, request);
      case 'MakeBuildresult':
        return ofRunning(command.made.attempt, request, [command.made]);
      case 'ReportBuildresult':
        return right(request.status === 'built' ? [{ type: 'BuildresultSent', request: command.request }] : []);
      case 'CancelBuildrequest':
        return request.status === 'built'
          ? right([{ type: 'BuildrequestCancelled', request: command.request, reason: command.reason }])
          : ofOpen(request, [{ type: 'BuildrequestCancelled', request: command.request, reason: command.reason }]);
    }
  },
};

const evolve = (event: BuildrequestEvent): Buildrequest => {
  switch (event.type) {
    case 'BuildrequestReceived':
      return { status: 'waiting', attempts: 0 };
    case 'BuildrequestStarted':
      return { status: 'building', attempts: event.attempt };
    case 'BuildrequestInterrupted':
      return { status: 'waiting', attempts: event.attempt };
    case 'BuildrequestDeclined':
      return { status: 'declined' };
    case 'BuildresultMade':
      return { status: 'built' };
    case 'BuildresultSent':
      return { status: 'sent' };
    case 'BuildrequestCancelled':
      return { status: 'cancelled' };
  }
};

/** Asking again, or too late, is no fault. */
const ofOpen = ({ status }: Buildrequest, events: readonly BuildrequestEvent[]): Decision =>
  status === 'absent'
    ? left('unknown-buildrequest')
    : right(status === 'waiting' || status === 'building' ? events : []);

const ofRunning = (attempt: number, request: Buildrequest, events: readonly BuildrequestEvent[]): Decision =>
  request.status === 'building' && request.attempts === attempt ? right(events) : left('stale-attempt');

const interrupt = (
  { request: id, attempt, reason }: Extract<BuildrequestCommand, { command: 'InterruptBuildrequest' }>,
  request: Buildrequest,
): Decision =>
  ofRunning(attempt, request, [
    attempt < mostInterruptions
      ? { type: 'BuildrequestInterrupted', request: id, attempt, reason }
      : {
          type: 'BuildrequestDeclined',
          request: id,
          rule: 'builder-failed',
          fact: `${attempt} attempts ended without a result, the last because: ${reason}`,
        },
  ]);
