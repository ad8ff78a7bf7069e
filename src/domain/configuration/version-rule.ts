import type { Target } from './configuration.ts';

/**
 * What versions of a suite must contain (anywhere: suffixes are allowed), with `%IDENTITY%` and `%CODEVERSION%`
 * filled in. A rule that is no regular expression matches nothing.
 */
export const mandatoryVersion = ({ layout, suite, repository, distribution }: Target): RegExp => {
  const rule = suite.experimental ? layout.experimentalMandatoryVersion : layout.mandatoryVersion;
  const filled = fill(rule, escaped(repository.repository), escaped(distribution.codeversion));
  try {
    return new RegExp(filled);
  } catch {
    return /(?!)/;
  }
};

/** What to append to a foreign version so that it fits the suite: `~test12+1`. */
export const defaultVersion = ({ layout, suite, repository, distribution }: Target): string =>
  fill(
    suite.experimental ? layout.experimentalDefaultVersion : layout.defaultVersion,
    repository.repository,
    distribution.codeversion,
  );

const fill = (rule: string, identity: string, codeversion: string): string =>
  rule.replaceAll('%IDENTITY%', identity).replaceAll('%CODEVERSION%', codeversion);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
