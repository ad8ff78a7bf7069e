import type { Target } from '../../domain/configuration/configuration.ts';
import { defaultVersion, mandatoryVersion } from '../../domain/configuration/version-rule.ts';

/** What the version of an upload must hold, as a regular expression, and what is appended where it comes from elsewhere. */
export const versionsOf = (target: Target) => ({
  rule: mandatoryVersion(target).source,
  appended: defaultVersion(target),
});

/** What builds install from, besides the distribution itself. `priority`: a pin, where it has one. */
export const buildSourcesOf = ({ distribution: { base, extras } }: Target) => [
  { source: base as string, priority: null },
  ...extras.map(({ source, priority }) => ({ source: source as string, priority })),
];
