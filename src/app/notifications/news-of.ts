import { logPath } from '../../domain/archive/log-path.ts';
import { checkTools, countsInWords } from '../../domain/check/findings.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import type { ExpiryAnnounced } from '../../domain/expiry/events.ts';
import { expiryWords } from '../../domain/expiry/expiry.ts';
import type { ArchitectureResult, News, PortResult } from '../../domain/notification/letter.ts';
import type { NewerPort, Notice } from '../../projections/notice.ts';
import { newsOfBinNmu } from './news-of-binnmu.ts';
import type { UploadRecord } from './upload-record.ts';

/** What happened, in the words of subjects and titles. */
export const headlines = {
  installed: 'INSTALLED',
  failed: 'FAILED',
  rejected: 'REJECTED',
  invalid: 'INVALID CHANGES',
  migrated: 'MIGRATED',
  removed: 'REMOVED',
  restored: 'RESTORED',
  overtaken: 'NEWER',
  'port-failed': 'NOT PORTED',
  rebuilt: 'REBUILT',
  'rebuilt-in-part': 'REBUILT IN PART',
  expires: 'EXPIRES',
} as const satisfies Record<Notice['kind'], string>;

/** What there is to say of a notice. `url` is where we are reached. */
export const newsOf = (notice: Notice, record: UploadRecord | undefined, url: string): News => {
  if (notice.expiry !== undefined) return endOf(notice.expiry);
  if (notice.binNmu !== undefined) return newsOfBinNmu(notice.binNmu, headlines[notice.kind], url);
  if (notice.newer !== undefined) return { ...newerOf(notice.newer, notice.kind), changes: record?.changes ?? '' };
  const { kind, source, version, distribution } = notice;
  const tellsBuilds = kind === 'installed' || kind === 'failed';
  return {
    headline: headlines[kind],
    distribution,
    package: source === undefined || version === undefined ? undefined : { source, version },
    file: record?.received.changes.name,
    results: tellsBuilds ? resultsOf(notice, record, url) : [],
    ports: kind === 'installed' ? portsOf(record) : [],
    because: becauseOf(record, kind),
    changes: record?.changes ?? '',
  };
};

const endOf = (expiry: ExpiryAnnounced): News => {
  const { name, on, effect, remedy } = expiryWords(expiry);
  const ends = expiry.days === 0 ? `ended on ${on}` : `ends on ${on}`;
  return {
    headline: expiry.days === 0 ? 'EXPIRED' : headlines.expires,
    distribution: '',
    package: undefined,
    file: `${name} ${ends}`,
    results: [],
    ports: [],
    because: [`Fact: ${name} ${ends}; ${effect}`, `What to do: ${remedy}`],
    changes: '',
  };
};

const newerOf = ({ news, rule, failure }: NewerPort, kind: Notice['kind']): Omit<News, 'changes'> => {
  const { source, version, ported, to } = news;
  const there = news.type === 'PortOvertaken' ? news.archive : news.from;
  const command = news.type === 'PortOvertaken' ? `portext ${news.url} ${to}` : `port ${source} ${news.from} ${to}`;
  const because = [
    `Fact: ${source} ${version} is in ${there}, newer than ${ported}, which was ported to ${to}`,
    ...(failure === undefined
      ? [
          rule === 'build'
            ? 'What to do: nothing; it is ported by itself'
            : `What to do: port it, if it is wanted there: ${command}`,
        ]
      : [`Not ported: ${failure.fact}`, `What to do: ${failure.remedy}; then ${command}`]),
  ];
  return {
    headline: headlines[kind],
    distribution: to,
    package: { source, version },
    file: undefined,
    results: [],
    ports: [],
    because,
  };
};

const becauseOf = (record: UploadRecord | undefined, kind: Notice['kind']): readonly string[] => {
  const { rejected, received, released } = record ?? {};
  if (released !== undefined) return [`Not installed: ${released}`];
  if (kind !== 'rejected' && kind !== 'invalid') return [];
  return [
    ...(received === undefined ? [] : [`File: ${received.changes.name}`]),
    ...(rejected === undefined
      ? []
      : [`Rule: ${rejected.rule}`, `Fact: ${rejected.fact}`, `What to do: ${rejected.remedy}`]),
  ];
};

const portsOf = (record: UploadRecord | undefined): readonly PortResult[] =>
  [...(record?.ports ?? [])].map(([distribution, begun]) => ({
    distribution,
    outcome: begun.type === 'PortRequested' ? 'Requested' : `FAILED: ${begun.fact}`,
  }));

const resultsOf = (notice: Notice, record: UploadRecord | undefined, url: string): readonly ArchitectureResult[] =>
  [...(record?.builds ?? [])].map(([architecture, story]) => {
    const end = story.findLast(isEnd);
    const log = end !== undefined && 'log' in end ? end.log : null;
    const { repository, source, version } = notice;
    return {
      architecture,
      succeeded: end?.type === 'BuildSucceeded' || end?.type === 'BuildSkipped',
      words: [`Build=${wordFor(end)}`, ...checkWords(record?.checks.get(architecture) ?? [])],
      url:
        log === null || repository === undefined || source === undefined || version === undefined
          ? undefined
          : `${url}${logPath({ repository, source, version, architecture }, log)}`,
    };
  });

/** `Lintian=pass`, as the original has it, and how much was found; of the last attempt. */
const checkWords = (story: readonly DaemonEvent[]): readonly string[] =>
  checkTools.flatMap((tool) => {
    const end = story.filter(isCheckEnd).findLast(({ check }) => check.endsWith(`-${tool}`));
    if (end === undefined) return [];
    const found = 'counts' in end ? countsInWords(end.counts) : [];
    const name = `${tool.charAt(0).toUpperCase()}${tool.slice(1)}`;
    return [`${name}=${[checkEnds[end.type], ...(found.length === 0 ? [] : [found.join(', ')])].join(': ')}`];
  });

const checkEnds = {
  CheckPassed: 'pass',
  CheckFailed: 'fail',
  CheckSkipped: 'none',
  CheckAbandoned: 'not run',
  CheckCancelled: 'not run',
} as const;

type CheckEnd = Extract<DaemonEvent, { readonly type: keyof typeof checkEnds }>;

const isCheckEnd = (event: DaemonEvent): event is CheckEnd => Object.hasOwn(checkEnds, event.type);

type End = Extract<DaemonEvent, { type: 'BuildSucceeded' | 'BuildFailed' | 'BuildSkipped' | 'BuildCancelled' }>;

const isEnd = (event: DaemonEvent): event is End =>
  event.type === 'BuildSucceeded' ||
  event.type === 'BuildFailed' ||
  event.type === 'BuildSkipped' ||
  event.type === 'BuildCancelled';

const wordFor = (end: End | undefined): string => {
  switch (end?.type) {
    case 'BuildSucceeded':
      return 'successful';
    case 'BuildSkipped':
      return 'skipped';
    case 'BuildFailed':
      return `failed: ${end.class} in ${end.stage}`;
    case 'BuildCancelled':
      return 'cancelled';
    case undefined:
      return 'without a result';
  }
};
