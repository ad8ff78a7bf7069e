import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { BuildStage, type BuildTimes, FailureClass } from '../build/events.ts';
import { text } from '../codec.ts';
import { onlyParagraph } from '../debian/control-fields.ts';
import { fieldOf, formatParagraph, linesOf } from '../debian/deb822.ts';
import { DistributionName } from '../debian/distribution.ts';
import { type ListedFile, listedFiles } from '../debian/file-lists.ts';
import { Architecture, type FileName, Sha256, SourceName, Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { all, type Enclosed, fileFields, resultName } from './request-file.ts';

/** How an attempt ended, without the files it left. */
export type Ending =
  | { readonly outcome: 'succeeded' }
  | { readonly outcome: 'skipped' }
  | { readonly outcome: 'dep-wait'; readonly missing: readonly string[]; readonly fact: string }
  | {
      readonly outcome: 'failed';
      readonly class: t.TypeOf<typeof FailureClass>;
      readonly stage: string;
      readonly fact: string;
    };

export type Result = {
  /** Hash of the request that it answers. */
  readonly request: Sha256;
  readonly distribution: DistributionName;
  readonly source: SourceName;
  readonly version: Version;
  readonly architecture: Architecture;
  readonly ending: Ending;
  readonly times: BuildTimes;
};

/** `SOURCE_VERSION_ARCHITECTURE.buildlog` */
export const logName = ({
  source,
  version,
  architecture,
}: Pick<Result, 'source' | 'version' | 'architecture'>): FileName =>
  `${source}_${withoutEpoch(version)}_${architecture}.buildlog` as FileName;

/** What sbuild calls it: `Sbuild-Status` and `Sbuildretval` as the original has them. */
export const sbuildWords = ({ outcome }: Ending): { readonly status: string; readonly code: number } => words[outcome];

const words = {
  succeeded: { status: 'successful', code: 0 },
  skipped: { status: 'skipped', code: 0 },
  'dep-wait': { status: 'given-back', code: 3 },
  failed: { status: 'attempted', code: 2 },
} as const;

/** The fields of the original, in its order, and behind them what it had no words for. `lintian`: what it came to, where it was asked for and made. */
export const writeResult = (result: Result, files: readonly Enclosed[], lintian?: 'pass' | 'fail'): string => {
  const { ending, times } = result;
  const { status, code } = sbuildWords(ending);
  return formatParagraph([
    { name: 'Distribution', value: result.distribution },
    { name: 'Source', value: result.source },
    { name: 'Version', value: result.version },
    { name: 'Architecture', value: result.architecture },
    { name: 'Sbuildretval', value: String(code) },
    { name: 'Sbuild-Status', value: status },
    ...(lintian === undefined ? [] : [{ name: 'Sbuild-Lintian', value: lintian }]),
    ...fileFields(files),
    { name: 'Buildrequest', value: result.request },
    { name: 'Outcome', value: ending.outcome },
    { name: 'Times', value: [times.install, times.build, times.total].map(inMilliseconds).join(' ') },
    {
      name: 'Stages',
      value: [
        '',
        ...times.stages.slice(0, mostLines).map(({ stage, seconds }) => `${stage} ${inMilliseconds(seconds)}`),
      ].join('\n'),
    },
    ...('class' in ending ? [{ name: 'Failure', value: `${ending.class} ${ending.stage}` }] : []),
    ...('fact' in ending ? [{ name: 'Fact', value: oneLine(ending.fact) }] : []),
    ...('missing' in ending ? [{ name: 'Waits-For', value: ['', ...ending.missing.map(oneLine)].join('\n') }] : []),
  ]);
};

const inMilliseconds = (seconds: number): string => String(Math.round(Math.max(0, seconds) * 1000) / 1000);

const oneLine = (said: string): string =>
  said
    .replace(/[^\x20-\x7E\u00A0-\uFFFD]/g, ' ')
    .trim()
    .slice(0, 1000);

/** Reads what a verifier returned. `tar` is there exactly when something was built. */
export const readResult = (
  signedText: string,
): Either<Refusal, { readonly result: Result; readonly log: ListedFile; readonly tar: ListedFile | undefined }> => {
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return paragraph;
  const read = all(paragraph.right, resultFields);
  if (isLeft(read)) return read;
  const { Source: source, Version: version, Architecture: architecture, Distribution: distribution } = read.right;
  const files = listedFiles(paragraph.right, 5);
  if (isLeft(files)) return files;
  const ending = endingOf(
    read.right.Outcome,
    fieldOf(paragraph.right, 'Failure'),
    fieldOf(paragraph.right, 'Fact') ?? '',
    linesOf(fieldOf(paragraph.right, 'Waits-For') ?? ''),
  );
  if (isLeft(ending)) return ending;
  const named = { source, version, architecture };
  const log = files.right.find(({ name }) => name === logName(named));
  const tar = files.right.find(({ name }) => name === `${resultName(named)}.tar`);
  const wanted = ending.right.outcome === 'succeeded' ? 2 : 1;
  if (log === undefined || files.right.length !== wanted || (tar !== undefined) !== (wanted === 2)) {
    const fact = `a build that ${ending.right.outcome} lists ${files.right
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 300)}`;
    return left(refusal('foreign-files', fact, 'see that both run the same version'));
  }
  const [install = 0, build = 0, total = 0] = read.right.Times.split(' ').map(Number);
  const stages = stagesOf(linesOf(fieldOf(paragraph.right, 'Stages') ?? ''));
  if (isLeft(stages)) return stages;
  return right({
    log,
    tar,
    result: {
      ...named,
      distribution,
      request: read.right.Buildrequest,
      ending: ending.right,
      times: { install, build, total, stages: stages.right },
    },
  });
};

const resultFields = {
  Distribution: DistributionName,
  Source: SourceName,
  Version,
  Architecture,
  Buildrequest: Sha256,
  Outcome: t.keyof({ succeeded: null, skipped: null, 'dep-wait': null, failed: null }),
  Times: text('Times', /^\d{1,9}(?:\.\d{1,3})? \d{1,9}(?:\.\d{1,3})? \d{1,9}(?:\.\d{1,3})?$/, 'three times seconds'),
};

/** Of relations, and of stages. */
const mostLines = 100;

const stagesOf = (lines: readonly string[]): Either<Refusal, BuildTimes['stages']> => {
  const read = lines.map((line) => /^(\S+) (\d{1,9}(?:\.\d{1,3})?)$/.exec(line));
  const stages = read.flatMap((found) =>
    found !== null && BuildStage.is(found[1]) ? [{ stage: found[1], seconds: Number(found[2]) }] : [],
  );
  return stages.length === lines.length && lines.length <= mostLines
    ? right(stages)
    : left(
        refusal(
          'malformed-field',
          `Stages has ${lines.length} lines, ${stages.length} of them are stages`,
          'see that both run the same version',
        ),
      );
};

const endingOf = (
  outcome: Ending['outcome'],
  failure: string | undefined,
  fact: string,
  missing: readonly string[],
): Either<Refusal, Ending> => {
  const said = oneLine(fact);
  switch (outcome) {
    case 'succeeded':
    case 'skipped':
      return right({ outcome });
    case 'dep-wait':
      return missing.length > 0 && missing.length <= mostLines
        ? right({ outcome, missing: missing.map(oneLine), fact: said })
        : left(
            refusal('malformed-field', `Waits-For has ${missing.length} lines`, 'see that both run the same version'),
          );
    case 'failed': {
      const [kind, stage, ...more] = (failure ?? '').split(' ');
      return FailureClass.is(kind) && stage !== undefined && /^[\w.-]{1,60}$/.test(stage) && more.length === 0
        ? right({ outcome, class: kind, stage, fact: said })
        : left(
            refusal(
              'malformed-field',
              `Failure: ${JSON.stringify((failure ?? '').slice(0, 80))} is no class and stage`,
              'see that both run the same version',
            ),
          );
    }
  }
};
