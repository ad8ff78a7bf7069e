import type { CheckEvent } from '../../domain/check/events.ts';
import type { Finding } from '../../domain/check/findings.ts';
import type { DaemonEvent } from '../../domain/event.ts';

/** Kinds of findings that are named. */
const mostNamed = 10;

/** How the check that these events tell of stands; `undefined` where none was wanted. */
export const checkLine = (events: readonly DaemonEvent[]) => {
  const requested = events.find((event) => event.type === 'CheckRequested');
  const last = events.at(-1);
  if (requested?.type !== 'CheckRequested' || last === undefined) return undefined;
  return { tool: requested.tool as string, ...outcomeOf(last as CheckEvent) };
};

const outcomeOf = (event: CheckEvent) => {
  switch (event.type) {
    case 'CheckPassed':
    case 'CheckFailed':
      return {
        state: event.type === 'CheckPassed' ? ('passed' as const) : ('failed' as const),
        says: `${event.counts.error} errors, ${event.counts.warning} warnings`,
        findings: event.findings.slice(0, mostNamed).map(inWords),
        moreFindings: Math.max(0, event.findings.length - mostNamed) + event.more,
      };
    case 'CheckSkipped':
      return { state: 'skipped' as const, says: event.because, ...nothing };
    case 'CheckAbandoned':
      return { state: 'failed' as const, says: `it could not be run: ${event.reason}`, ...nothing };
    case 'CheckStarted':
      return { state: 'running' as const, says: `on ${event.builder}`, ...nothing };
    case 'CheckGivenBack':
    case 'CheckInterrupted':
      return { state: 'waiting' as const, says: event.reason, ...nothing };
    case 'CheckCancelled':
      return { state: 'cancelled' as const, says: event.reason, ...nothing };
    case 'CheckRequested':
      return { state: 'waiting' as const, says: undefined, ...nothing };
  }
};

const nothing = { findings: [], moreFindings: 0 };

const inWords = ({ severity, tag, about, times }: Finding): string =>
  `${severity} ${about === '' ? '' : `${about}: `}${tag}${times > 1 ? ` (${times} times)` : ''}`;
