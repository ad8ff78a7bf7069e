import type { BuildTimes } from '../../domain/build/events.ts';

/** The last block of sbuild's log by name: `Status`, `Fail-Stage`, `Build-Time` … */
export type BuildSummary = ReadonlyMap<string, string>;

/**
 * Reads the summary from the end of a log, or `undefined` when sbuild did not come to write one. Only the last block
 * under the heading counts: a package may print the same words before.
 */
export const buildSummary = (logEnd: string): BuildSummary | undefined => {
  const heading = logEnd.lastIndexOf('\n| Summary ');
  if (heading < 0) return undefined;
  const summary = new Map(
    logEnd
      .slice(heading)
      .split('\n')
      .map((line) => /^([A-Z][A-Za-z -]{0,40}): (.{0,1000})$/.exec(line))
      .filter((match) => match !== null)
      .map(([, name = '', value = '']) => [name, value]),
  );
  return summary.has('Status') ? summary : undefined;
};

/** Seconds as the summary tells them. */
export const summaryTimes = (summary: BuildSummary | undefined): Omit<BuildTimes, 'stages'> => {
  const seconds = (name: string): number => {
    const given = Number(summary?.get(name) ?? 0);
    return Number.isFinite(given) && given >= 0 ? given : 0;
  };
  return { install: seconds('Install-Time'), build: seconds('Build-Time'), total: seconds('Package-Time') };
};
