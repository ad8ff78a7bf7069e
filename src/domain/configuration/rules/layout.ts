import type { Refusal } from '../../refusal.ts';
import type { LayoutConfigured, Suite } from '../events.ts';
import { checkFaults } from './distribution.ts';
import { isOneLine, isPattern, quoted, repeated, unless } from './rule.ts';

/** What is wrong with a layout by itself. */
export const layoutFaults = (layout: LayoutConfigured): readonly Refusal[] => {
  const about = `layout "${layout.layout.slice(0, 100)}"`;
  const names = layout.suites.map(({ suite }) => suite);
  return [
    ...unless(
      isOneLine(layout.layout, 50) && layout.layout.trim() === layout.layout && layout.layout !== '',
      'malformed-layout',
      `${about} cannot be its name`,
      'use at most 50 characters on one line',
    ),
    ...unless(names.length > 0, 'layout-without-suites', `${about} has no suites`, 'give it some, such as unstable'),
    ...unless(
      repeated(names).length === 0,
      'named-twice',
      `${about} has the suite ${quoted(repeated(names))} more than once`,
      'name each once',
    ),
    ...layout.suites.flatMap((suite) => suiteFaults(about, suite, layout)),
    ...versionFaults(about, layout),
    ...Object.entries(layout.metaDistributions).flatMap(([meta, meaning]) =>
      unless(
        /^[a-z][a-z0-9-]{0,49}$/.test(meta) && /^[a-z][a-z0-9]*-[a-z]+$/.test(meaning),
        'malformed-meta-distribution',
        `${about}: "${meta.slice(0, 60)}" is to mean "${meaning.slice(0, 60)}"`,
        'write META: CODENAME-SUITE, such as unstable: sid-unstable',
      ),
    ),
  ];
};

const suiteFaults = (layout: string, suite: Suite, { suites }: LayoutConfigured): readonly Refusal[] => {
  const about = `${layout}, suite ${suite.suite}`;
  const target = suites.find((other) => other.suite === suite.migratesTo);
  return [
    ...unless(/^[a-z]+$/.test(suite.suite), 'malformed-suite', `${about}: not of letters a to z`, 'call it otherwise'),
    ...unless(
      !suite.experimental || suite.uploadable,
      'experimental-is-uploadable',
      `${about} is experimental, and nothing can be uploaded to it`,
      'make it uploadable, or not experimental',
    ),
    ...unless(
      !suite.experimental || suite.migratesTo === null,
      'experimental-stays',
      `${about} is experimental and migrates to ${suite.migratesTo}`,
      'what is experimental is uploaded anew with a version that is not: set migratesTo to null',
    ),
    ...unless(
      !suite.buildsKeyring || suite.uploadable,
      'keyring-is-uploaded',
      `${about} shall get keyring packages, and nothing can be uploaded to it`,
      'let the uploadable suite that migrates here have them',
    ),
    ...unless(
      !suite.buildsKeyring || suites.filter(({ buildsKeyring }) => buildsKeyring).length === 1,
      'one-keyring-suite',
      `${about} shall get keyring packages, and so shall another suite: one version cannot be in both`,
      'let one suite have them, and others by migration',
    ),
    ...unless(
      suite.migratesTo === null || target !== undefined,
      'unknown-migration-target',
      `${about} migrates to ${suite.migratesTo}, which the layout does not have`,
      `name one of ${suites.map((each) => each.suite).join(', ')}`,
    ),
    ...unless(
      suite.migratesAfterDays === 0 || suite.migratesTo !== null,
      'days-without-migration',
      `${about}: what lies there for ${suite.migratesAfterDays} days is to migrate by itself, and it migrates nowhere`,
      'say with migratesTo which suite it migrates to, or set migratesAfterDays to 0',
    ),
    ...unless(
      suite.migratesAfterDays <= 3650,
      'too-many-days',
      `${about}: packages are to migrate by themselves after ${suite.migratesAfterDays} days`,
      'say at most 3650 days, or 0 for never',
    ),
    ...unless(
      target === undefined || !target.uploadable,
      'migration-target-is-managed',
      `${about} migrates to ${suite.migratesTo}, which takes uploads`,
      'let packages reach a suite in one way: make the target not uploadable',
    ),
    ...unless(
      !isInCircle(suite, suites),
      'migration-in-circles',
      `${about} migrates to itself in the end`,
      'let the chain end: set migratesTo of its last suite to null',
    ),
    ...unless(
      suite.rollbacks <= 99,
      'too-many-rollbacks',
      `${about} is to keep ${suite.rollbacks} rollbacks`,
      'keep at most 99; any version ever installed can be restored besides',
    ),
    ...checkFaults(about, suite.checks),
  ];
};

const isInCircle = (suite: Suite, suites: readonly Suite[]): boolean => {
  let next = suite.migratesTo;
  for (let steps = 0; next !== null && steps <= suites.length; steps += 1) {
    if (next === suite.suite) return true;
    next = suites.find((other) => other.suite === next)?.migratesTo ?? null;
  }
  return false;
};

/** What a port is given must be what an upload must have: seen by an example. */
const versionFaults = (about: string, layout: LayoutConfigured): readonly Refusal[] => {
  const rules = [
    ['', layout.defaultVersion, layout.mandatoryVersion],
    ['experimental ', layout.experimentalDefaultVersion, layout.experimentalMandatoryVersion],
  ] as const;
  return rules.flatMap(([which, suffix, pattern]) => [
    ...unless(
      isPattern(pattern),
      'malformed-version-rule',
      `${about}: the ${which}mandatory version "${pattern.slice(0, 80)}" is no regular expression`,
      'write one of at most 200 characters, such as ~%IDENTITY%%CODEVERSION%\\+[1-9]',
    ),
    ...unless(
      /^[A-Za-z0-9.+~-]{0,60}$/.test(filled(suffix)),
      'malformed-version-suffix',
      `${about}: the ${which}default version "${suffix.slice(0, 80)}" holds what no version can`,
      'write letters, digits, ".", "+" and "~", with %IDENTITY% and %CODEVERSION%',
    ),
    ...unless(
      !isPattern(pattern) || new RegExp(filled(pattern)).test(`1.0-1${filled(suffix)}`),
      'default-version-breaks-rule',
      `${about}: 1.0-1${filled(suffix)}, made from the ${which}default version, does not match ${filled(pattern)}`,
      'let the default be what the rule demands',
    ),
  ]);
};

const filled = (rule: string): string => rule.replaceAll('%IDENTITY%', 'test').replaceAll('%CODEVERSION%', '13');
