import type { Refusal } from '../../refusal.ts';
import type { DistributionConfigured, PackageChecks } from '../events.ts';
import { isOneLine, quoted, repeated, unless } from './rule.ts';

/** What is wrong with a distribution by itself. */
export const distributionFaults = (distribution: DistributionConfigured): readonly Refusal[] => {
  const { codename, codeversion, base, extras, components, checks, chrootDays } = distribution;
  const about = `distribution ${codename}`;
  const sources = [base, ...extras.map(({ source }) => source)];
  return [
    ...unless(
      /^[A-Za-z0-9~][A-Za-z0-9~.+]{0,30}$/.test(codeversion),
      'malformed-codeversion',
      `${about}: the codeversion is "${codeversion.slice(0, 40)}"`,
      'write what its versions shall carry, such as 13 or ~SID',
    ),
    ...unless(
      components.includes('main' as never),
      'main-is-required',
      `${about} has no component main`,
      'add main to its components',
    ),
    ...twice(about, 'component', components),
    ...twice(about, 'source', sources),
    ...extras.flatMap(({ source, priority }) =>
      unless(
        priority === null || isPriority(priority),
        'malformed-priority',
        `${about}: the priority of ${source} is ${priority}`,
        'give a whole number from -32768 to 32767 other than 0 (apt_preferences(5)), or null for what apt does by itself',
      ),
    ),
    ...architectureFaults(about, distribution.architectures),
    ...buildFaults(about, distribution.build),
    ...checkFaults(about, checks),
    ...unless(
      chrootDays >= 1 && chrootDays <= 365,
      'malformed-age',
      `${about}: a chroot is to be made anew after ${chrootDays} days`,
      'give a number of days from 1 to 365',
    ),
  ];
};

const twice = (about: string, what: string, words: readonly string[]): readonly Refusal[] =>
  unless(
    repeated(words).length === 0,
    'named-twice',
    `${about} names the ${what} ${quoted(repeated(words))} more than once`,
    'name each once',
  );

const isPriority = (priority: number): boolean =>
  Number.isInteger(priority) && Math.abs(priority) <= 32_767 && priority !== 0;

/** Exactly one architecture builds what is for all; were it optional, a package could lack a part without anybody failing. */
const architectureFaults = (
  about: string,
  architectures: DistributionConfigured['architectures'],
): readonly Refusal[] => {
  const mandatory = architectures.filter(({ optional }) => !optional);
  const forAll = mandatory.filter(({ buildsArchAll }) => buildsArchAll).map(({ architecture }) => architecture);
  const both = architectures.filter(({ optional, buildsArchAll }) => optional && buildsArchAll);
  return [
    ...twice(
      about,
      'architecture',
      architectures.map(({ architecture }) => architecture),
    ),
    ...unless(
      architectures.every(({ architecture }) => architecture !== 'all' && architecture !== 'source'),
      'no-architecture',
      `${about} is to be built on "all"`,
      'name architectures of machines; one of them builds what is for all',
    ),
    ...unless(
      mandatory.length > 0,
      'mandatory-architecture',
      `${about} has no architecture that is not optional`,
      'make at least one mandatory: its builds decide whether a package is installed',
    ),
    ...unless(
      both.length === 0,
      'optional-arch-all',
      `${about}: ${quoted(both.map(({ architecture }) => architecture))} is optional and builds what is for all architectures`,
      'let a mandatory architecture do that',
    ),
    ...unless(
      forAll.length === 1,
      'one-arch-all',
      `${about}: what is for all architectures is built on ${forAll.length === 0 ? 'no mandatory architecture' : quoted(forAll)}`,
      'set buildsArchAll on exactly one mandatory architecture',
    ),
  ];
};

const buildFaults = (about: string, build: DistributionConfigured['build']): readonly Refusal[] => [
  ...unless(
    isPriority(build.internalAptPriority),
    'malformed-priority',
    `${about}: internalAptPriority is ${build.internalAptPriority}`,
    'give a whole number from -32768 to 32767 other than 0 (apt_preferences(5))',
  ),
  ...build.debBuildOptions.flatMap((option) =>
    unless(
      /^[a-z][a-z0-9_-]*(?:=[A-Za-z0-9,._-]+)?$/.test(option) && !option.startsWith('parallel'),
      'malformed-build-option',
      `${about}: "${option.slice(0, 60)}" cannot be one of debBuildOptions`,
      'write words as Policy §4.9.1 has them, such as nocheck; how many jobs a build may run is said by parallel',
    ),
  ),
  ...build.debBuildProfiles.flatMap((profile) =>
    unless(
      /^[a-z][a-z0-9.+-]*$/.test(profile),
      'malformed-build-profile',
      `${about}: "${profile.slice(0, 60)}" cannot be one of debBuildProfiles`,
      'write names as dpkg-buildpackage -P has them, such as nodoc',
    ),
  ),
  ...unless(
    build.setupScript.length <= 16_000 && !build.setupScript.includes('\0'),
    'oversized-setup-script',
    `${about}: the setup script has ${build.setupScript.length} characters, 16000 fit`,
    'put what it needs into a package',
  ),
  ...unless(
    build.parallel === null || (build.parallel >= 1 && build.parallel <= 1024),
    'malformed-parallel',
    `${about}: a build cannot run ${build.parallel} jobs`,
    'give a number from 1 to 1024, or null to leave it to the machine',
  ),
];

/** Also those of a suite, some of which may be missing. */
export const checkFaults = (
  about: string,
  checks: { readonly [K in keyof PackageChecks]: PackageChecks[K] | null },
): readonly Refusal[] =>
  Object.entries(checks).flatMap(([tool, check]) =>
    (check?.options ?? []).flatMap((option) =>
      unless(
        isOneLine(option) && option.startsWith('-'),
        'malformed-check-option',
        `${about}: "${option.slice(0, 60)}" cannot be an option of ${tool}`,
        'write one option a word, such as --info',
      ),
    ),
  );
