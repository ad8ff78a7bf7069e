import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type Configuration, configure, resolveDistribution } from '../../../src/domain/configuration/configuration.ts';
import { defaultLayouts } from '../../../src/domain/configuration/default-layouts.ts';
import { mandatoryVersion } from '../../../src/domain/configuration/version-rule.ts';
import type { Codename, RepositoryId } from '../../../src/domain/debian/names.ts';
import { foreignVersion, portedVersion, rebuiltVersion } from '../../../src/domain/port/port-version.ts';
import { acmeConfigured, configurationOf, trixieConfigured, version } from '../../support/fixed-examples.ts';

const codenames = [
  ['stretch', '9'],
  ['buster', '10'],
  ['sid', '~SID'],
] as const;

/** Repository `test` with layout `Default`, and `debdev` for any version, both with stretch, buster and sid. */
const configuration: Configuration = [
  ...codenames.map(([codename, codeversion]) => ({ ...trixieConfigured, codename: codename as Codename, codeversion })),
  ...(
    [
      ['test', 'Default'],
      ['debdev', 'Debian Developer'],
    ] as const
  ).map(([repository, layout]) => ({
    ...acmeConfigured,
    repository: repository as RepositoryId,
    layout,
    codenames: codenames.map(([codename]) => codename as Codename),
  })),
].reduce(configure, configurationOf(defaultLayouts));

const target = (name: string) => {
  const found = resolveDistribution(configuration, name);
  assert.ok(!isLeft(found), name);
  return found.right;
};

describe('The version of a rebuild', () => {
  for (const [of, becomes] of [
    ['1.2.3', '1.2.3+rebuilt20130215100453'],
    ['1.2.3-1~test10+1', '1.2.3-1~test10+1+rebuilt20130215100453'],
    ['1.2.3+rebuilt20120101000000', '1.2.3+rebuilt20130215100453'],
    ['1.2+rebuilt20120101000000-1+rebuilt20120102000000', '1.2+rebuilt20120101000000-1+rebuilt20130215100453'],
    ['1.2.3+rebuilt2012', '1.2.3+rebuilt2012+rebuilt20130215100453'],
  ] as const) {
    it(`of ${of} is ${becomes}`, () => {
      assert.equal(rebuiltVersion(version(of), '20130215100453'), becomes);
    });
  }
});

describe('The version of a port between our distributions', () => {
  for (const [of, from, to, becomes] of [
    ['1.2.3-1~test10+4fud15', 'buster-test-unstable', 'stretch-test-unstable', '1.2.3-1~test9+4fud15'],
    ['1.2.3-1~test10+1', 'buster-test-unstable', 'sid-test-unstable', '1.2.3-1~test~SID+1'],
    ['1.2.3-1~test~SID+2', 'sid-test-unstable', 'buster-test-unstable', '1.2.3-1~test10+2'],
    ['1.2.3-1', 'buster-debdev-unstable', 'stretch-test-unstable', '1.2.3-1~test9+1'],
    ['1~test10+1-1~test10+2', 'buster-test-unstable', 'stretch-test-unstable', '1~test10+1-1~test9+2'],
    [
      '1.2-1~test10+1+rebuilt20130215100453',
      'buster-test-unstable',
      'stretch-test-hotfix',
      '1.2-1~test9+1+rebuilt20130215100453',
    ],
    // Where the original carries a number that the other suite refuses.
    ['1.2.3-1~test10+3', 'buster-test-unstable', 'stretch-test-experimental', '1.2.3-1~test9+0'],
    ['1.2.3-1~test10+0', 'buster-test-experimental', 'buster-test-unstable', '1.2.3-1~test10+1'],
    ['1.2.3-1~test10+0exp3', 'buster-test-snapshot', 'sid-test-unstable', '1.2.3-1~test~SID+1exp3'],
  ] as const) {
    it(`from ${from} to ${to}: ${of} becomes ${becomes}`, () => {
      const made = portedVersion(version(of), target(from), target(to));
      assert.equal(made, becomes);
      assert.match(made, mandatoryVersion(target(to)));
    });
  }
});

describe('The version of what comes from outside', () => {
  it('ends in what its suite wants', () => {
    assert.equal(foreignVersion(version('1.2.3'), target('buster-test-unstable')), '1.2.3~test10+1');
    assert.equal(foreignVersion(version('2:1.2-3'), target('sid-test-snapshot')), '2:1.2-3~test~SID+0');
  });
});
