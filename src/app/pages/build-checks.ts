import type { PackageInstalled } from '../../domain/archive/events.ts';
import { logPath } from '../../domain/archive/log-path.ts';
import type { BuildRequested } from '../../domain/build/events.ts';
import type { CheckEvent } from '../../domain/check/events.ts';
import { type CheckTool, checkTools, type Finding } from '../../domain/check/findings.ts';
import type { Instant } from '../../domain/codec.ts';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import type { StoredFile } from '../../domain/debian/names.ts';
import { type BuildId, buildId, checkId } from '../../domain/ids.ts';
import { checkStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { compared } from '../../projections/checks.ts';
import type { Recorded } from '../../projections/recorded.ts';
import { recordedOf } from '../events-of.ts';
import { comparison } from './comparison.ts';

type Log = Pick<EventLog, 'readStream'>;

/** Kinds of findings that are named. */
const mostNamed = 10;

/** The checks of one build, with what they say otherwise than of the build of the version `before` in the same distribution. */
export const buildChecks = async (log: Log, requested: BuildRequested, before: PackageInstalled | undefined) => {
  const told = await Promise.all(checkTools.map((tool) => toldOf(log, requested.build, tool)));
  return Promise.all(
    told
      .filter(({ events }) => events.length > 0)
      .map(async ({ tool, events }) => {
        const now = findingsIn(events);
        const then = now === undefined ? undefined : await findingsBefore(log, requested, before, tool);
        return {
          tool: tool as string,
          ...spanOf(events),
          ...outcomeOf(events.at(-1)?.event as CheckEvent),
          ...filesOf(events, requested),
          ...comparison(now === undefined || then === undefined ? undefined : compared(now, then)),
        };
      }),
  );
};

const toldOf = async (log: Log, build: BuildId, tool: CheckTool) => ({
  tool,
  events: await recordedOf(log, checkStream(checkId(build, tool))),
});

const findingsIn = (events: readonly Recorded[]): readonly Finding[] | undefined => {
  const last = events.at(-1)?.event;
  return last?.type === 'CheckPassed' || last?.type === 'CheckFailed' ? last.findings : undefined;
};

const findingsBefore = async (
  log: Log,
  { architecture }: BuildRequested,
  before: PackageInstalled | undefined,
  tool: CheckTool,
) => {
  if (before === undefined) return undefined;
  const { events } = await toldOf(log, buildId(before.upload, architecture), tool);
  const findings = findingsIn(events);
  return findings && { version: before.version, findings };
};

/** When it was asked for, begun and ended; the last attempt counts. */
const spanOf = (events: readonly Recorded[]) => {
  const started = events.findLast(({ event }) => event.type === 'CheckStarted');
  const last = events.at(-1);
  return {
    requestedAt: events[0]?.recordedAt as Instant,
    startedAt: started?.recordedAt,
    endedAt: last !== undefined && isOver(last) ? last.recordedAt : undefined,
  };
};

const isOver = ({ event }: Recorded): boolean =>
  stateOf(event as CheckEvent) !== 'waiting' && event.type !== 'CheckStarted';

const filesOf = (events: readonly Recorded[], requested: BuildRequested) => {
  const last = events.at(-1)?.event;
  const { repository } = parseDistribution(requested.distribution);
  const path = (file: StoredFile | null | undefined): string | undefined =>
    file ? logPath({ ...requested, repository }, file) : undefined;
  return {
    log: last !== undefined && 'log' in last ? path(last.log) : undefined,
    report: last !== undefined && 'report' in last ? path(last.report) : undefined,
  };
};

const outcomeOf = (event: CheckEvent) => ({ state: stateOf(event), ...saidBy(event) });

const stateOf = ({ type }: CheckEvent) => states[type];

const states = {
  CheckRequested: 'waiting',
  CheckStarted: 'running',
  CheckPassed: 'passed',
  CheckFailed: 'failed',
  CheckSkipped: 'skipped',
  CheckAbandoned: 'failed',
  CheckGivenBack: 'waiting',
  CheckInterrupted: 'waiting',
  CheckCancelled: 'cancelled',
} as const satisfies Record<CheckEvent['type'], string>;

const saidBy = (event: CheckEvent) => {
  switch (event.type) {
    case 'CheckPassed':
    case 'CheckFailed':
      return {
        says: `${event.counts.error} errors, ${event.counts.warning} warnings`,
        findings: event.findings.slice(0, mostNamed).map(inWords),
        moreFindings: Math.max(0, event.findings.length - mostNamed) + event.more,
      };
    case 'CheckSkipped':
      return { says: event.because, ...nothing };
    case 'CheckAbandoned':
      return { says: `it could not be run: ${event.reason}`, ...nothing };
    case 'CheckStarted':
      return { says: `on ${event.builder}`, ...nothing };
    case 'CheckGivenBack':
    case 'CheckInterrupted':
    case 'CheckCancelled':
      return { says: event.reason, ...nothing };
    case 'CheckRequested':
      return { says: undefined, ...nothing };
  }
};

const nothing = { findings: [], moreFindings: 0 };

const inWords = ({ severity, tag, about, times }: Finding): string =>
  `${severity} ${about === '' ? '' : `${about}: `}${tag}${times > 1 ? ` (${times} times)` : ''}`;
