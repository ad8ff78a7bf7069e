import * as t from 'io-ts';
import type { FailureClass } from '../../domain/build/events.ts';
import { type BuildSummary, buildSummary } from './build-summary.ts';
import { unmetDependencies } from './unmet-dependencies.ts';

/**
 * How sbuild ended, as the helper saw it. `because`: why the helper itself could not begin or go on; `limit`: which bound of its own
 * the build met.
 */
export const Ended = t.intersection([
  t.partial({ because: t.string, limit: t.strict({ stage: t.string, fact: t.string }) }),
  t.partial({ exit: t.union([t.number, t.null]), signal: t.union([t.number, t.null]) }),
]);
export type Ended = t.TypeOf<typeof Ended>;

/** Why we asked the build to end. sbuild itself would call most of it a failed build. */
export type Stop =
  | { readonly why: 'cancelled' }
  | { readonly why: 'timeout'; readonly seconds: number }
  | { readonly why: 'silence'; readonly seconds: number };

export type Verdict =
  | { readonly outcome: 'succeeded' }
  | { readonly outcome: 'skipped' }
  | DepWait
  | Failure
  /** The attempt says nothing about the package. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export type DepWait = {
  readonly outcome: 'dep-wait';
  /** Relations, each of which has to be met. */
  readonly missing: readonly string[];
  readonly fact: string;
};

export type Failure = {
  readonly outcome: 'failed';
  readonly class: t.TypeOf<typeof FailureClass>;
  readonly stage: string;
  readonly fact: string;
};

/**
 * What became of a build, from our own record of stopping it, then the helper's, then the end of the log. sbuild's exit
 * code alone means little: `skipped` gives 0, a missing dependency the same 3 as a damaged source.
 */
export const verdict = (ended: Ended, stop: Stop | undefined, logEnd: string): Verdict => {
  if (stop?.why === 'cancelled') return failed('killed', 'cancelled', 'the build was cancelled');
  const summary = buildSummary(logEnd);
  if (ended.exit === 0 && summary?.get('Status') === 'successful') return { outcome: 'succeeded' };
  if (stop !== undefined) return stoppedByUs(stop);
  if (ended.limit !== undefined) return failed('killed', ended.limit.stage, ended.limit.fact);
  if (ended.because !== undefined) return { outcome: 'unknown', reason: ended.because };
  if (summary === undefined) return { outcome: 'unknown', reason: `sbuild ended ${howEnded(ended)} without a summary` };
  if (ended.exit === 0 && summary.get('Status') === 'skipped') return { outcome: 'skipped' };
  return failure(ended, summary, logEnd);
};

const failed = (kind: Failure['class'], stage: string, fact: string): Failure => ({
  outcome: 'failed',
  class: kind,
  stage,
  fact,
});

const stoppedByUs = (stop: Exclude<Stop, { readonly why: 'cancelled' }>): Failure =>
  stop.why === 'timeout'
    ? failed('timeout', 'timeout', `the build took longer than ${stop.seconds} s`)
    : failed('timeout', 'silence', `the build printed nothing for ${stop.seconds} s`);

const howEnded = ({ exit, signal }: Ended): string =>
  typeof signal === 'number' ? `by signal ${signal}` : `with exit code ${exit ?? 'unknown'}`;

/** Before these stages are through, nothing of the package has been looked at. */
const sessionStages = ['init', 'create-session', 'create-build-dir', 'lock-session', 'chroot-arch', 'abort'];
const sourceStages = ['fetch-src', 'unpack', 'check-unpacked-version'];
const packageStages = ['build', 'dpkg-buildpackage', 'arch-check', 'check-architecture', 'parse-changes'];

const failure = (ended: Ended, summary: BuildSummary, logEnd: string): Verdict => {
  const stage = summary.get('Fail-Stage') ?? 'unknown';
  if (sessionStages.includes(stage) || /^E: ABORT: Received /m.test(logEnd)) {
    return { outcome: 'unknown', reason: `sbuild ended ${howEnded(ended)} at ${stage}: ${lastError(logEnd)}` };
  }
  if (sourceStages.includes(stage)) return failed('source', stage, lastError(logEnd));
  if (stage === 'install-deps') return dependencyFailure(logEnd);
  return failed(packageStages.includes(stage) ? 'ftbfs' : 'chroot', stage, lastError(logEnd));
};

/** Printed by the `apt-get` that the helper puts into a chroot. */
const noLists = 'E: mini-buildd: package lists could not be fetched';

/** An archive that cannot be reached says nothing about the package, nor does what fails without a dependency that is unmet. */
const dependencyFailure = (logEnd: string): Verdict => {
  const notFetched = lastMatch(logEnd, /^E: (?:Failed to fetch|Unable to fetch).*/gm);
  if (notFetched !== '' || logEnd.includes(noLists)) {
    return { outcome: 'unknown', reason: `an archive could not be reached: ${notFetched || lastError(logEnd)}` };
  }
  const { facts, missing } = unmetDependencies(logEnd);
  if (facts.length === 0) {
    return { outcome: 'unknown', reason: `build dependencies could not be installed: ${lastError(logEnd)}` };
  }
  const fact = facts.map(printable).join('; ').slice(0, 1000);
  return missing.length > 0 ? { outcome: 'dep-wait', missing, fact } : failed('dep-wait', 'install-deps', fact);
};

/** How Debian's tools say why, the most telling first. */
const errorLines = [
  /^(?:dh_\w+: error: |make(?:\[\d+\])?: \*\*\* ).*/gm,
  /^dpkg-[a-z]+: error: .*/gm,
  /^E: (?!Build killed|Package installation failed|Package build dependencies not satisfied).*/gm,
];

const lastError = (logEnd: string): string => {
  const before = logEnd.slice(0, Math.max(logEnd.lastIndexOf('\n| Summary '), 0));
  const found = errorLines.map((pattern) => lastMatch(before, pattern)).find((line) => line !== '');
  return found ?? 'see the log';
};

const lastMatch = (text: string, pattern: RegExp): string => printable([...text.matchAll(pattern)].at(-1)?.[0] ?? '');

/** Log lines are a stranger's. */
const printable = (line: string): string => line.replace(/[^\x20-\x7E\u00A0-\uFFFD]/g, '?').slice(0, 300);
