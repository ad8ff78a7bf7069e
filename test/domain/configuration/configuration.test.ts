import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import {
  internalSuites,
  resolveDistribution,
  suitesOf,
  type Target,
  uploadableDistributions,
} from '../../../src/domain/configuration/configuration.ts';
import { defaultLayouts } from '../../../src/domain/configuration/default-layouts.ts';
import type { LayoutConfigured } from '../../../src/domain/configuration/events.ts';
import { defaultVersion, mandatoryVersion } from '../../../src/domain/configuration/version-rule.ts';
import { distributionName, parseDistribution } from '../../../src/domain/debian/distribution.ts';
import {
  acmeConfiguration,
  acmeConfigured,
  configurationOf,
  configured,
  trixieConfigured,
} from '../../support/fixed-examples.ts';

const target = (written: string, configuration = acmeConfiguration): Target => {
  const found = resolveDistribution(configuration, written);
  assert.ok(isRight(found), JSON.stringify(isLeft(found) && found.left));
  return found.right;
};

const layout = (name: string): LayoutConfigured => {
  const found = defaultLayouts.find((each) => each.layout === name);
  assert.ok(found !== undefined);
  return found;
};

/** As the original's manual has it: uploadable, experimental, where to, keyring package, rollbacks, NotAutomatic, ButAutomaticUpgrades. */
const asTable = ({ suites }: LayoutConfigured): readonly string[] =>
  suites.map((suite) =>
    [
      suite.suite,
      suite.uploadable ? 'uploadable' : '-',
      suite.experimental ? 'experimental' : '-',
      suite.migratesTo ?? '-',
      suite.buildsKeyring ? 'keyring' : '-',
      suite.rollbacks,
      suite.notAutomatic ? 'NA' : '-',
      suite.butAutomaticUpgrades ? 'BAU' : '-',
    ].join(' '),
  );

describe('The layout', () => {
  it('Default is the original’s', () => {
    assert.deepEqual(asTable(layout('Default')), [
      'experimental uploadable experimental - - 6 NA -',
      'snapshot uploadable experimental - - 12 NA BAU',
      'unstable uploadable - testing keyring 9 NA BAU',
      'testing - - stable - 3 NA BAU',
      'hotfix uploadable - stable - 4 NA BAU',
      'stable - - - - 6 NA BAU',
    ]);
  });

  it('Default (no rollbacks) is the same without rollbacks', () => {
    assert.deepEqual(
      layout('Default (no rollbacks)').suites,
      layout('Default').suites.map((suite) => ({ ...suite, rollbacks: 0 })),
    );
  });

  it('Debian Developer takes any version under Debian’s own names', () => {
    const debian = layout('Debian Developer');
    assert.deepEqual(asTable(debian), [
      'unstable uploadable - - keyring 0 NA BAU',
      'experimental uploadable experimental - - 0 NA -',
    ]);
    assert.equal(debian.mandatoryVersion, '.*');
    assert.equal(debian.experimentalMandatoryVersion, '.*');
    assert.deepEqual(debian.metaDistributions, { unstable: 'sid-unstable', experimental: 'sid-experimental' });
  });

  it('lets builds draw from where a suite migrates to, and experimental ones from all that are not', () => {
    const suites = (name: string) => {
      const found = layout('Default').suites.find(({ suite }) => suite === name);
      assert.ok(found !== undefined);
      return internalSuites(layout('Default'), found);
    };
    assert.deepEqual(suites('unstable'), ['unstable', 'testing', 'stable']);
    assert.deepEqual(suites('hotfix'), ['hotfix', 'stable']);
    assert.deepEqual(suites('stable'), ['stable']);
    assert.deepEqual(suites('snapshot'), ['snapshot', 'unstable', 'testing', 'hotfix', 'stable']);
  });

  it('may lead in a circle without harm', () => {
    const [unstable, testing] = layout('Default').suites.filter(({ suite }) => ['unstable', 'testing'].includes(suite));
    assert.ok(unstable !== undefined && testing !== undefined);
    const circle = { ...layout('Default'), suites: [unstable, { ...testing, migratesTo: unstable.suite }] };
    assert.deepEqual(internalSuites(circle, unstable), ['unstable', 'testing']);
  });
});

describe('A version', () => {
  const codeversions = { trixie: '13', sid: '~SID', bionic: '1804' } as const;
  const configuration = configurationOf([
    ...configured,
    ...Object.entries(codeversions).map(([codename, codeversion]) => ({
      ...trixieConfigured,
      codename: codename as never,
      codeversion,
    })),
    { ...acmeConfigured, repository: 'test' as never, codenames: Object.keys(codeversions) as never },
  ]);

  for (const [distribution, appended] of [
    ['trixie-test-unstable', '~test13+1'],
    ['trixie-test-experimental', '~test13+0'],
    ['trixie-test-snapshot', '~test13+0'],
    ['trixie-test-hotfix', '~test13+1'],
    ['bionic-test-unstable', '~test1804+1'],
    ['sid-test-unstable', '~test~SID+1'],
  ] as const) {
    it(`gets ${appended} appended for ${distribution}, which its rule takes`, () => {
      const found = target(distribution, configuration);
      assert.equal(defaultVersion(found), appended);
      assert.match(`2.10-3${appended}`, mandatoryVersion(found));
      assert.match(`2.10-3${appended}+hotfix1`, mandatoryVersion(found));
      assert.doesNotMatch('2.10-3', mandatoryVersion(found));
    });
  }

  it('is not taken for what only looks like the codeversion to a regular expression', () => {
    const dotted = configurationOf([...configured, { ...trixieConfigured, codeversion: '1.4' }]);
    assert.doesNotMatch('2.10-3~acme124+1', mandatoryVersion(target('trixie-acme-unstable', dotted)));
    assert.match('2.10-3~acme1.4+1', mandatoryVersion(target('trixie-acme-unstable', dotted)));
  });
});

describe('A distribution name', () => {
  for (const [name, parts] of [
    ['trixie-acme-unstable', ['trixie', 'acme', 'unstable', undefined]],
    ['trixie-acme-unstable-rollback0', ['trixie', 'acme', 'unstable', 0]],
    ['trixie-acme-unstable-rollback12', ['trixie', 'acme', 'unstable', 12]],
  ] as const) {
    it(`${name} is taken apart and put together again`, () => {
      const parsed = parseDistribution(name as never);
      assert.deepEqual([parsed.codename, parsed.repository, parsed.suite, parsed.rollback], parts);
      assert.equal(distributionName(parsed), name);
    });
  }

  for (const written of [
    '',
    'trixie',
    'trixie-acme',
    'trixie-acme-unstable-rollback',
    'trixie-acme-unstable-rollback-1',
    'trixie-acme-unstable-extra',
    'trixie-acme-unstable\n',
    '../acme-unstable',
    'trixie-acme-unstable ',
    '__proto__',
    'constructor',
  ]) {
    it(`is refused as ${JSON.stringify(written)}`, () => {
      const found = resolveDistribution(acmeConfiguration, written);
      assert.equal(isLeft(found) && found.left.rule, 'malformed-distribution');
    });
  }

  it('means nothing when two repositories claim Debian’s own', () => {
    const two = configurationOf([
      ...configured,
      { ...trixieConfigured, codename: 'sid' as never },
      ...['one', 'two'].map((repository) => ({
        ...acmeConfigured,
        repository: repository as never,
        layout: 'Debian Developer',
        codenames: ['sid' as never],
      })),
    ]);
    assert.ok(isLeft(resolveDistribution(two, 'unstable')));
    assert.equal(target('sid-two-unstable', two).repository.repository, 'two');
  });

  it('is listed for every suite, and for uploads where they are taken', () => {
    assert.deepEqual(
      suitesOf(acmeConfiguration, acmeConfigured).map(({ name }) => name),
      ['experimental', 'snapshot', 'unstable', 'testing', 'hotfix', 'stable'].map((suite) => `trixie-acme-${suite}`),
    );
    assert.deepEqual(uploadableDistributions(acmeConfiguration), [
      'trixie-acme-experimental',
      'trixie-acme-snapshot',
      'trixie-acme-unstable',
      'trixie-acme-hotfix',
    ]);
  });
});

describe('What is removed', () => {
  it('is there no more, and everything else is', () => {
    const removed = [
      { type: 'SourceRemoved', id: 'debian-trixie' as never },
      { type: 'DistributionRemoved', codename: 'trixie' as never },
      { type: 'LayoutRemoved', layout: 'Debian Developer' },
      { type: 'RepositoryRemoved', repository: 'acme' as never },
      { type: 'ChrootRemoved', codename: 'trixie' as never, architecture: 'amd64' as never },
    ] as const;
    const left = configurationOf([...configured, ...removed]);
    const { sources, distributions, layouts, repositories, chroots } = left;
    assert.deepEqual(
      [sources, distributions, layouts, repositories, chroots].map((each) => [...each.keys()]),
      [['debian-trixie-security'], [], ['Default', 'Default (no rollbacks)'], [], ['trixie-arm64']],
    );
    assert.deepEqual(configurationOf([...configured, ...removed, ...configured]), acmeConfiguration);
  });
});
