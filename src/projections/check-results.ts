import { logPath } from '../domain/archive/log-path.ts';
import { type CheckTool, type Counts, countsInWords, type Finding } from '../domain/check/findings.ts';
import type { CheckMode } from '../domain/check/policy.ts';
import { parseDistribution } from '../domain/debian/distribution.ts';
import type { Architecture, StoredFile } from '../domain/debian/names.ts';
import type { UploadId } from '../domain/ids.ts';
import { type BuildStatus, rememberedBuilds } from './build-queue.ts';
import { type CheckStatus, type CheckStory, checksOf, comparedWithBefore, isDenied } from './checks.ts';
import type { World } from './world.ts';

/** What people ask about one check: pages, mails and `uploads` show it. */
export type CheckAnswer = {
  readonly tool: CheckTool;
  readonly status: CheckStatus;
  readonly mode: CheckMode;
  /** Whether it keeps the packages from being installed. */
  readonly denied: boolean;
  readonly toolVersion: string | null;
  readonly counts: Counts | null;
  readonly findings: readonly Finding[];
  /** Kinds of findings that are only in the report. */
  readonly more: number;
  /** The checked version before in the same distribution, and what it said otherwise. */
  readonly before: {
    readonly version: string;
    readonly appeared: readonly Finding[];
    readonly gone: readonly Finding[];
  } | null;
  readonly because: string | null;
  readonly log: ReadableFile | null;
  readonly report: ReadableFile | null;
};

/** A kept file, and where it is read: a path behind the address of the instance. */
type ReadableFile = StoredFile & { readonly path: string };

/** What became of one architecture of an upload. */
export type ArchitectureResult = {
  readonly architecture: Architecture;
  readonly build: BuildStatus;
  readonly checks: readonly CheckAnswer[];
};

/** Build and checks of an upload by architecture, as far as they are remembered. */
export const architectureResults = (world: World, upload: UploadId): readonly ArchitectureResult[] => {
  const checks = checksOf(world.checks, upload);
  return rememberedBuilds(world.builds, upload).map(({ id, requested, status }) => ({
    architecture: requested.architecture,
    build: status,
    checks: checks.filter((check) => check.requested.build === id).map((check) => checkAnswer(check, world)),
  }));
};

export const checkAnswer = (check: CheckStory, { checks }: World): CheckAnswer => {
  const { requested, status, outcome, because } = check;
  const found = outcome?.type === 'CheckSkipped' ? undefined : outcome;
  return {
    tool: requested.tool,
    status,
    mode: requested.mode,
    denied: isDenied(check),
    toolVersion: found?.toolVersion ?? null,
    counts: found?.counts ?? null,
    findings: found?.findings ?? [],
    more: found?.more ?? 0,
    before: comparedWithBefore(checks, check) ?? null,
    because: because ?? (outcome?.type === 'CheckSkipped' ? outcome.because : null),
    log: readable(outcome?.log, check),
    report: readable(found?.report, check),
  };
};

const readable = (file: StoredFile | null | undefined, { requested }: CheckStory): ReadableFile | null => {
  if (!file) return null;
  const { repository } = parseDistribution(requested.distribution);
  return { ...file, path: logPath({ ...requested, repository }, file) };
};

/** `lintian:failed(2 errors, 1 new)`, for a line of text. */
export const checkInWords = ({ tool, status, counts, before }: CheckAnswer): string => {
  const said = [
    ...(counts === null ? [] : countsInWords(counts)),
    ...(before === null || before.appeared.length === 0
      ? []
      : [`${before.appeared.length} new since ${before.version}`]),
    ...(before === null || before.gone.length === 0 ? [] : [`${before.gone.length} gone`]),
  ];
  return `${tool}:${status}${said.length === 0 ? '' : `(${said.join(', ')})`}`;
};

/** A sentence's worth of tags. */
const mostNamed = 5;

/** Why an upload is not installed: which check, where, and what it found. */
export const denialOf = (denied: readonly CheckStory[]): string => `denied by ${denied.map(denial).join('; ')}`;

const denial = ({ requested: { tool, architecture, mode }, outcome, because }: CheckStory): string => {
  const where = `${tool} on ${architecture}`;
  if (outcome === undefined || outcome.type === 'CheckSkipped')
    return `${where} (it could not be run: ${because ?? 'unknown'})`;
  const counted = outcome.findings.filter(
    ({ severity }) => severity === 'error' || (severity === 'warning' && mode === 'warning'),
  );
  const named = counted.slice(0, mostNamed).map(({ about, tag }) => (about === '' ? tag : `${about}: ${tag}`));
  const rest = counted.length + outcome.more - named.length;
  return `${where} (${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`;
};
