import { optionFor } from '../build/recipe.ts';
import type { DistributionConfigured, PackageCheck, Suite } from '../configuration/events.ts';
import type { UploadOption } from '../debian/upload-options.ts';
import { type CheckTool, type Counts, checkTools } from './findings.ts';

/** `ignore` runs and never denies. */
export type CheckMode = Exclude<PackageCheck['mode'], 'disabled'>;

/** A check of what one build made. `denies`: what fails under its mode is not installed. */
export type WantedCheck = {
  readonly tool: CheckTool;
  readonly mode: CheckMode;
  readonly denies: boolean;
  readonly options: readonly string[];
};

/**
 * What the suite says counts before what its distribution says; what the upload asks for counts before both, though it cannot
 * switch on what they have switched off. Experimental suites note, and never deny.
 */
export const wantedChecks = (
  asked: readonly UploadOption[],
  architecture: string,
  {
    distribution,
    suite,
  }: {
    readonly distribution: Pick<DistributionConfigured, 'checks'>;
    readonly suite: Pick<Suite, 'checks' | 'experimental'>;
  },
): readonly WantedCheck[] =>
  checkTools.flatMap((tool) => {
    const { mode: configured, options } = suite.checks[tool] ?? distribution.checks[tool];
    const mode = configured === 'disabled' ? configured : modeAsked(tool, asked, architecture, configured);
    return mode === 'disabled' ? [] : [{ tool, mode, options, denies: mode !== 'ignore' && !suite.experimental }];
  });

/** `run-lintian=false` does not run it, and that is no failure; `ignore-lintian=true` runs it and installs in spite of it. */
const modeAsked = (
  tool: CheckTool,
  asked: readonly UploadOption[],
  architecture: string,
  configured: CheckMode,
): PackageCheck['mode'] => {
  const mode = (optionFor(asked, `${tool}-mode`, architecture) as PackageCheck['mode'] | undefined) ?? configured;
  if (tool !== 'lintian') return mode;
  if (optionFor(asked, 'run-lintian', architecture) === 'false') return 'disabled';
  return mode !== 'disabled' && optionFor(asked, 'ignore-lintian', architecture) === 'true' ? 'ignore' : mode;
};

/** Whether what was found is a failure: warnings are one only where they are said to be. */
export const passes = (mode: CheckMode, { error, warning }: Counts): boolean =>
  error === 0 && (mode !== 'warning' || warning === 0);
