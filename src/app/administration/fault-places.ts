import { kinds } from '../../domain/configuration/declaration/kinds.ts';
import type { Field } from '../../domain/form/shape.ts';
import type { Refusal } from '../../domain/refusal.ts';

/** What is wrong, and with which field of the form; `undefined` for what is not wrong with one alone. */
export type PlacedFault = { readonly field: string | undefined; readonly because: Refusal };

/** Where each fault belongs, so that it is read beside what it is about. */
export const placed = (
  section: string,
  fields: readonly Field[],
  faults: readonly Refusal[],
): readonly PlacedFault[] => {
  const names = new Set([...fields.map(({ name }) => name), nameField]);
  const known = (field: string | undefined): string | undefined =>
    field !== undefined && names.has(field) ? field : undefined;
  return faults.map((because) => ({
    field: known(placeOf(section, because, names)),
    because,
  }));
};

/** Of an object that has none yet. */
const nameField = '_name';

/** What cannot be read, and is none of the fields, is what the name stands for. */
const placeOf = (section: string, because: Refusal, names: ReadonlySet<string>): string | undefined => {
  const { rule, fact } = because;
  const byRule = fieldByRule[section]?.[rule] ?? fieldByRule.all?.[rule];
  if (byRule !== undefined) return byRule === 'version' ? versionField(rule, fact) : byRule;
  const field = fieldInFact(because);
  return field === undefined || names.has(field) || !named.has(section) ? field : nameField;
};

const named: ReadonlySet<string> = new Set(kinds.map(({ section }) => section));

/** Of a layout: what ports append, or what every upload has to match; and the same for experimental suites. */
const versionField = (rule: string, fact: string): string => {
  const which = rule === 'malformed-version-rule' ? 'MandatoryVersion' : 'DefaultVersion';
  return /\bthe experimental /.test(fact) ? `experimental${which}` : which.charAt(0).toLowerCase() + which.slice(1);
};

/** Where in the object there is something else than its codec takes: `source debian-sid: uris.0 is …`. */
const fieldInFact = ({ rule, fact }: Refusal): string | undefined =>
  rule === 'malformed-declaration' ? /^[^:]*: ([A-Za-z]+)[. ]/.exec(fact)?.[1] : undefined;

const fieldByRule: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: {
    'missing-name': nameField,
    'already-there': nameField,
    'unknown-person': 'notify',
    'main-is-required': 'components',
    'malformed-priority': 'extras',
    'mandatory-architecture': 'architectures',
    'no-architecture': 'architectures',
    'optional-arch-all': 'architectures',
    'one-arch-all': 'architectures',
    'malformed-build-option': 'build',
    'malformed-build-profile': 'build',
    'oversized-setup-script': 'build',
    'malformed-parallel': 'build',
    'malformed-check-option': 'checks',
    'malformed-codeversion': 'codeversion',
    'base-of-another-codename': 'base',
    'malformed-age': 'chrootDays',
  },
  instance: { 'malformed-address': 'email', 'malformed-pattern': 'allowEmailsTo', 'malformed-place': 'portextFrom' },
  sources: {
    'source-without-archive': 'uris',
    'malformed-archive': 'uris',
    'secret-in-archive': 'uris',
    'malformed-origin': 'origin',
    'malformed-suite': 'suite',
    'source-without-components': 'components',
    'origin-protected': 'pin',
    'unknown-pin': 'pin',
    'malformed-pin': 'pin',
    'malformed-prefix': 'removeFromComponents',
    'malformed-keyring': 'keys',
    'source-without-keys': 'keys',
    'private-key': 'keys',
    'oversized-keys': 'keys',
    'malformed-interval': 'checkHours',
  },
  layouts: {
    'layout-without-suites': 'suites',
    'named-twice': 'suites',
    'malformed-suite': 'suites',
    'experimental-is-uploadable': 'suites',
    'experimental-stays': 'suites',
    'keyring-is-uploaded': 'suites',
    'one-keyring-suite': 'suites',
    'unknown-migration-target': 'suites',
    'migration-target-is-managed': 'suites',
    'days-without-migration': 'suites',
    'too-many-days': 'suites',
    'migration-in-circles': 'suites',
    'too-many-rollbacks': 'suites',
    'malformed-check-option': 'suites',
    'malformed-version-rule': 'version',
    'malformed-version-suffix': 'version',
    'default-version-breaks-rule': 'version',
    'malformed-meta-distribution': 'metaDistributions',
    'ambiguous-meta-distribution': 'metaDistributions',
  },
  repositories: {
    'unique-codenames': 'codenames',
    'missing-distribution': 'codenames',
    'missing-layout': 'layout',
    'malformed-keyring': 'uploaderKeyrings',
    'malformed-validity': 'validForDays',
    'malformed-builders': 'builders',
    'malformed-url': 'externalHomeUrl',
  },
  welcome: {
    'missing-codename': 'codenames',
    'unknown-preset': 'codenames',
    'no-architecture': 'architectures',
    'repository-is-there': 'repository',
    'unknown-mirror': 'mirrors',
    'unknown-keyring': 'keyrings',
  },
  chroots: {
    'malformed-package': 'include',
    'missing-volume-group': 'options',
    'strange-chroot-option': 'options',
    'malformed-chroot-option': 'options',
  },
};
