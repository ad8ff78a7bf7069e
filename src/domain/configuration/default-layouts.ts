import type { SuiteName } from '../debian/names.ts';
import { noSuiteChecks } from './defaults.ts';
import type { LayoutConfigured, Suite } from './events.ts';

const suite = (
  name: string,
  traits: Partial<Omit<Suite, 'suite' | 'migratesTo'>> & { migratesTo?: string },
): Suite => ({
  uploadable: true,
  experimental: false,
  migratesAfterDays: 0,
  buildsKeyring: false,
  rollbacks: 0,
  notAutomatic: true,
  butAutomaticUpgrades: true,
  checks: noSuiteChecks,
  ...traits,
  suite: name as SuiteName,
  migratesTo: (traits.migratesTo ?? null) as SuiteName | null,
});

const versionRules = {
  defaultVersion: '~%IDENTITY%%CODEVERSION%+1',
  mandatoryVersion: '~%IDENTITY%%CODEVERSION%\\+[1-9]',
  experimentalDefaultVersion: '~%IDENTITY%%CODEVERSION%+0',
  experimentalMandatoryVersion: '~%IDENTITY%%CODEVERSION%\\+0',
};

const withRollbacks: LayoutConfigured = {
  type: 'LayoutConfigured',
  layout: 'Default',
  suites: [
    suite('experimental', { experimental: true, rollbacks: 6, butAutomaticUpgrades: false }),
    suite('snapshot', { experimental: true, rollbacks: 12 }),
    suite('unstable', { migratesTo: 'testing', buildsKeyring: true, rollbacks: 9 }),
    suite('testing', { uploadable: false, migratesTo: 'stable', rollbacks: 3 }),
    suite('hotfix', { migratesTo: 'stable', rollbacks: 4 }),
    suite('stable', { uploadable: false, rollbacks: 6 }),
  ],
  ...versionRules,
  metaDistributions: {},
};

const withoutRollbacks: LayoutConfigured = {
  ...withRollbacks,
  layout: 'Default (no rollbacks)',
  suites: withRollbacks.suites.map((each) => ({ ...each, rollbacks: 0 })),
};

/** For test builds of packages meant for Debian itself: any version, Debian's own distribution names. */
const debianDeveloper: LayoutConfigured = {
  type: 'LayoutConfigured',
  layout: 'Debian Developer',
  suites: [
    suite('unstable', { buildsKeyring: true }),
    suite('experimental', { experimental: true, butAutomaticUpgrades: false }),
  ],
  ...versionRules,
  mandatoryVersion: '.*',
  experimentalMandatoryVersion: '.*',
  metaDistributions: { unstable: 'sid-unstable', experimental: 'sid-experimental' },
};

/** The layouts every instance begins with. */
export const defaultLayouts: readonly LayoutConfigured[] = [withRollbacks, withoutRollbacks, debianDeveloper];
