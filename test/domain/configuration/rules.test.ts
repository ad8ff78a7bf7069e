import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { configureDecider } from '../../../src/domain/command.ts';
import { defaultLayouts } from '../../../src/domain/configuration/default-layouts.ts';
import type {
  ConfigurationEvent,
  DistributionConfigured,
  InstanceConfigured,
  LayoutConfigured,
  RepositoryConfigured,
  SourceConfigured,
  Suite,
} from '../../../src/domain/configuration/events.ts';
import { faultsOf, newFaults } from '../../../src/domain/configuration/rules/faults.ts';
import {
  acmeConfiguration,
  acmeConfigured,
  chrootConfigured,
  configurationOf,
  configured,
  instanceConfigured,
  trixieConfigured,
  trixieSources,
} from '../../support/fixed-examples.ts';

const source = (news: Partial<SourceConfigured>) => ({ ...(trixieSources[0] as SourceConfigured), ...news });
const distribution = (news: object) => ({ ...trixieConfigured, ...news }) as DistributionConfigured;
const build = (news: object) => distribution({ build: { ...trixieConfigured.build, ...news } });
const on = (...architectures: readonly string[]) =>
  distribution({
    architectures: architectures.map((text) => ({
      architecture: text.replace(/[?*]/g, ''),
      optional: text.includes('?'),
      buildsArchAll: text.includes('*'),
    })),
  });
const [usual] = defaultLayouts as [LayoutConfigured];
const layout = (news: Partial<LayoutConfigured>) => ({ ...usual, ...news });
const suite = (name: string, news: object) =>
  layout({ suites: usual.suites.map((each) => (each.suite === name ? ({ ...each, ...news } as Suite) : each)) });
const repository = (news: object) => ({ ...acmeConfigured, ...news }) as RepositoryConfigured;
const instance = (news: Partial<InstanceConfigured>) => ({ ...instanceConfigured, ...news });
const armored = (body: string) =>
  `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${body}\n-----END PGP PUBLIC KEY BLOCK-----\n`;

const broken: readonly (readonly [string, ConfigurationEvent])[] = [
  ['source-without-archive', source({ uris: [] })],
  ['malformed-archive', source({ uris: ['http://x.example.org/debian'] })],
  ['malformed-archive', source({ uris: ['http://x.example.org/debian//'] })],
  ['malformed-archive', source({ uris: ['http://x.example.org/debian/\nTrusted: yes/'] })],
  ['malformed-archive', source({ uris: ['file:/etc/'] })],
  ['malformed-archive', source({ uris: ['not a url/'] })],
  ['secret-in-archive', source({ uris: ['https://oscar:secret@x.example.org/debian/'] })],
  ['malformed-origin', source({ origin: 'Debian, a=unstable' })],
  ['malformed-origin', source({ origin: '' })],
  ['malformed-suite', source({ suite: 'trixie main' })],
  ['malformed-suite', source({ suite: '../trixie' })],
  ['source-without-components', source({ components: [] })],
  ['origin-protected', source({ pin: { Origin: 'Other' } })],
  ['unknown-pin', source({ pin: { Colour: 'red' } })],
  ['malformed-pin', source({ pin: { Label: 'Debian, o=Other' } })],
  ['malformed-prefix', source({ removeFromComponents: 'updates /' })],
  ['malformed-interval', source({ checkHours: 0 })],
  ['malformed-interval', source({ checkHours: 169 })],
  ['malformed-keyring', source({ keys: '/usr/share/../../etc/shadow' })],
  ['source-without-keys', source({ keys: '' })],
  ['private-key', source({ keys: armored('-----BEGIN PGP PRIVATE KEY BLOCK-----') })],
  ['oversized-keys', source({ keys: armored('A'.repeat(60_000)) })],
  ['malformed-codeversion', distribution({ codeversion: '13/4' })],
  ['main-is-required', distribution({ components: ['contrib'] })],
  ['named-twice', distribution({ components: ['main', 'main'] })],
  ['named-twice', distribution({ extras: [{ source: 'debian-trixie', priority: 1 }] })],
  ['malformed-priority', distribution({ extras: [{ source: 'debian-trixie-security', priority: 0 }] })],
  ['malformed-priority', build({ internalAptPriority: 1.5 })],
  ['malformed-build-option', build({ debBuildOptions: ['parallel=4'] })],
  ['malformed-build-option', build({ debBuildOptions: ['nocheck; reboot'] })],
  ['malformed-build-profile', build({ debBuildProfiles: ['no doc'] })],
  ['oversized-setup-script', build({ setupScript: '#'.repeat(20_000) })],
  ['malformed-parallel', build({ parallel: 0 })],
  ['malformed-check-option', distribution({ checks: { lintian: { mode: 'error', options: ['--info\n--x'] } } })],
  ['malformed-age', distribution({ chrootDays: 0 })],
  ['malformed-age', distribution({ chrootDays: 366 })],
  ['mandatory-architecture', on('amd64?*')],
  ['optional-arch-all', on('amd64*', 'arm64?*')],
  ['one-arch-all', on('amd64', 'arm64')],
  ['one-arch-all', on('amd64*', 'arm64*')],
  ['named-twice', on('amd64*', 'amd64')],
  ['no-architecture', on('amd64*', 'all')],
  ['malformed-layout', layout({ layout: '' })],
  ['layout-without-suites', layout({ suites: [] })],
  ['named-twice', layout({ suites: [...usual.suites, ...usual.suites] })],
  ['malformed-suite', suite('snapshot', { suite: 'snapshot2' })],
  ['experimental-is-uploadable', suite('experimental', { uploadable: false })],
  ['experimental-stays', suite('experimental', { migratesTo: 'testing' })],
  ['keyring-is-uploaded', suite('testing', { buildsKeyring: true })],
  ['one-keyring-suite', suite('experimental', { buildsKeyring: true })],
  ['unknown-migration-target', suite('stable', { migratesTo: 'oldstable' })],
  ['days-without-migration', suite('stable', { migratesAfterDays: 5 })],
  ['too-many-days', suite('unstable', { migratesAfterDays: 3651 })],
  ['migration-target-is-managed', suite('stable', { migratesTo: 'unstable' })],
  ['migration-in-circles', suite('stable', { migratesTo: 'testing' })],
  ['too-many-rollbacks', suite('stable', { rollbacks: 100 })],
  ['malformed-version-rule', layout({ mandatoryVersion: '(' })],
  ['malformed-version-suffix', layout({ defaultVersion: '~%IDENTITY% 1' })],
  ['default-version-breaks-rule', layout({ defaultVersion: '~%IDENTITY%+0' })],
  ['malformed-meta-distribution', layout({ metaDistributions: { unstable: 'sid' } })],
  ['unique-codenames', repository({ codenames: ['trixie', 'trixie'] })],
  ['malformed-keyring', repository({ uploaderKeyrings: ['keys.gpg'] })],
  ['malformed-validity', repository({ validForDays: 4000 })],
  ['malformed-url', repository({ externalHomeUrl: 'javascript:alert(1)' })],
  ['no-architecture', chrootConfigured('all' as never)],
  ['malformed-package', { ...chrootConfigured(), include: ['--help'] }],
  ['malformed-chroot-option', { ...chrootConfigured(), options: { 'volume-group': 'vg0\nx' } }],
  ['malformed-address', instance({ email: 'oscar' })],
  ['malformed-pattern', instance({ allowEmailsTo: '[' })],
  ['malformed-pattern', instance({ allowEmailsTo: '(?=a)a' })],
  ['malformed-pattern', instance({ allowEmailsTo: '(a)\\1' })],
  ['malformed-place', instance({ portextFrom: ['https://deb.example.org'] })],
  ['malformed-place', instance({ portextFrom: ['../sources'] })],
];

describe('An object of the configuration', () => {
  it('is right in every example', () => assert.deepEqual(configured.flatMap(faultsOf), []));

  for (const [rule, event] of broken) {
    const [first] = faultsOf(event).filter((fault) => fault.rule === rule);
    it(`is refused for ${rule}: ${first?.fact.slice(0, 80)}`, () => {
      assert.ok(
        faultsOf(event).some((fault) => fault.rule === rule),
        JSON.stringify(faultsOf(event)),
      );
      const decision = configureDecider.decide({ command: 'Configure', event }, configureDecider.initial);
      assert.ok(isLeft(decision), 'the stream itself takes it');
    });
  }

  it('may be a flat archive, an embedded key, and a folder for foreign sources', () => {
    const fine = [
      source({ suite: 'trixie/', components: [] }),
      source({ keys: armored('bWluaS1idWlsZGQ=') }),
      source({ pin: { Codename: 'trixie', Label: 'Debian-Security' }, removeFromComponents: 'updates/' }),
      instance({ portextFrom: ['https://deb.example.org/pool/', '/srv/sources'], email: 'buildd@example.org' }),
      on('amd64*', 'arm64?'),
    ];
    assert.deepEqual(fine.flatMap(faultsOf), []);
  });
});

const isConfiguration = (event: (typeof configured)[number]): event is ConfigurationEvent =>
  event.type !== 'ArchiveKeyGenerated';

describe('A configuration', () => {
  const rules = (...events: readonly ConfigurationEvent[]) =>
    newFaults(acmeConfiguration, events).map(({ rule }) => rule);

  it('fits together in the examples', () =>
    assert.deepEqual(newFaults(configurationOf([]), configured.filter(isConfiguration)), []));

  it('refuses what refers to nothing', () => {
    assert.deepEqual(rules(distribution({ base: 'debian-forky' })), ['missing-source']);
    assert.deepEqual(rules(repository({ layout: 'Other' })), ['missing-layout']);
    assert.deepEqual(rules(repository({ codenames: ['trixie', 'sid'] })), ['missing-distribution']);
    assert.deepEqual(rules(source({ codename: 'sid' as never })), ['base-of-another-codename']);
  });

  it('keeps what is in use', () => {
    assert.deepEqual(rules({ type: 'SourceRemoved', id: 'debian-trixie' as never }), ['missing-source']);
    assert.deepEqual(rules({ type: 'LayoutRemoved', layout: 'Default' }), ['missing-layout']);
    assert.deepEqual(rules({ type: 'DistributionRemoved', codename: 'trixie' as never }), [
      'missing-distribution',
      'missing-distribution',
      'missing-distribution',
    ]);
    assert.deepEqual(rules({ type: 'LayoutRemoved', layout: 'Debian Developer' }), []);
  });

  it('refuses a meta distribution that two repositories claim, naming both', () => {
    const sid = distribution({ codename: 'sid', base: 'debian-sid', extras: [] });
    const base = source({ id: 'debian-sid' as never, suite: 'sid', codename: 'sid' as never });
    const developers = (name: string) =>
      repository({ repository: name, layout: 'Debian Developer', codenames: ['sid'] });
    const faults = newFaults(acmeConfiguration, [base, sid, developers('one'), developers('two')]);
    assert.deepEqual(
      faults.map(({ rule }) => rule),
      ['ambiguous-meta-distribution', 'ambiguous-meta-distribution'],
    );
    assert.match(faults[0]?.fact ?? '', /one and two/);
  });

  it('does not hinder whoever mends one thing while another is wrong', () => {
    const wrong = configurationOf([...configured, repository({ repository: 'other', layout: 'Gone' })]);
    assert.deepEqual(newFaults(wrong, [source({ origin: 'Debian' })]), []);
  });
});
