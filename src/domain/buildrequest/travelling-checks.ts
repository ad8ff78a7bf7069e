import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { CheckResult } from '../check/check.ts';
import { CheckTool, Finding } from '../check/findings.ts';
import { decode } from '../codec.ts';
import { FileName, type StoredFile } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';

/** A check that whoever builds is asked to make of what was built, with the tool's further arguments. */
export type AskedCheck = { readonly tool: CheckTool; readonly options: readonly string[] };

const Options = t.readonlyArray(t.string);
const mostOptions = 4000;

/** One line each, as `lintian ["--info"]`. */
export const writeAskedChecks = (checks: readonly AskedCheck[]): string =>
  ['', ...checks.map(({ tool, options }) => `${tool} ${JSON.stringify(options)}`)].join('\n');

export const readAskedChecks = (lines: readonly string[]): Either<Refusal, readonly AskedCheck[]> => {
  const asked: AskedCheck[] = [];
  for (const line of lines) {
    const [, tool, json = ''] = /^([a-z]+) (\[.*\])$/.exec(line) ?? [];
    const options = decode(Options, parsed(json));
    const isFitting = CheckTool.is(tool) && json.length <= mostOptions && asked.every((other) => other.tool !== tool);
    if (!isFitting || isLeft(options)) return left(strange(`Checks: ${JSON.stringify(line.slice(0, 80))}`));
    asked.push({ tool, options: options.right });
  }
  return right(asked);
};

/** What lies in the tar of a buildresult beside what was built: what checks found, with the names of their files there. */
export const checksName = 'checks.json' as FileName;

const TravellingCheck = t.union([
  t.strict({
    tool: CheckTool,
    outcome: t.literal('checked'),
    toolVersion: t.string,
    findings: t.readonlyArray(Finding),
    report: t.union([FileName, t.null]),
    log: FileName,
  }),
  t.strict({ tool: CheckTool, outcome: t.literal('skipped'), because: t.string, log: FileName }),
]);
const TravellingChecks = t.readonlyArray(TravellingCheck);
export type TravellingCheck = t.TypeOf<typeof TravellingCheck>;

export const writeTravellingChecks = (checks: readonly TravellingCheck[]): string => JSON.stringify(checks);

/** What another instance says of its checks; at most one of each tool. */
export const readTravellingChecks = (json: string): Either<Refusal, readonly TravellingCheck[]> => {
  const read = decode(TravellingChecks, parsed(json));
  if (isLeft(read)) return left(strange(`${checksName}: ${read.left.join('; ').slice(0, 200)}`));
  const isTwice = new Set(read.right.map(({ tool }) => tool)).size < read.right.length;
  return isTwice ? left(strange(`${checksName} names a tool twice`)) : read;
};

/** The same with its files, as if the tool had run here; texts are cut to what such a tool says. */
export const asCheckResult = (check: TravellingCheck, log: StoredFile, report: StoredFile | null): CheckResult =>
  check.outcome === 'skipped'
    ? { because: line(check.because, 200), log }
    : {
        toolVersion: line(check.toolVersion, 100),
        findings: check.findings.slice(0, mostFindings).map(({ severity, tag, about, times }) => ({
          severity,
          tag: line(tag, 150),
          about: line(about, 150),
          times,
        })),
        report,
        log,
      };

/** Far more kinds than any tool finds. */
const mostFindings = 10_000;

/** What takes one byte a character in an event, however it is written there. */
const line = (said: string, most: number): string => said.replace(/[^\x20-\x7e]|["\\]/g, '?').slice(0, most);

const strange = (fact: string): Refusal => refusal('malformed-checks', fact, 'see that both run the same version');

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};
