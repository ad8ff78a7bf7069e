import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Configuration } from '../../../src/domain/configuration/configuration.ts';
import type { DistributionConfigured, LayoutConfigured } from '../../../src/domain/configuration/events.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { ChangesFacts, DscFacts, UploadReceived } from '../../../src/domain/upload/events.ts';
import { type Circumstances, judgeUpload } from '../../../src/domain/upload/judge-upload.ts';
import {
  acmeConfiguration,
  acmeConfigured,
  amd64,
  arm64,
  configurationOf,
  configured,
  hello3,
  helloAccepted,
  helloFacts,
  helloOrig,
  helloReceived,
  stored,
  trixieConfigured,
  unsigned,
  uploadId,
  version,
} from '../../support/fixed-examples.ts';

const usual: Circumstances = {
  configuration: acmeConfiguration,
  signature: helloReceived().signature,
  autoPorts: new Map(),
  replayOf: undefined,
  pool: new Map(),
};

const judged = (upload: Partial<UploadReceived>, circumstances: Partial<Circumstances> = {}) =>
  judgeUpload(helloReceived(uploadId(1), hello3, upload), { ...usual, ...circumstances });

const facts = (news: Partial<ChangesFacts>): Partial<UploadReceived> => ({ facts: helloFacts(hello3, news) });

const dsc = (news: Partial<DscFacts>): Partial<UploadReceived> => {
  const usualDsc = helloFacts().dsc;
  assert.ok(usualDsc !== null);
  return facts({ dsc: { ...usualDsc, ...news } });
};

const withRepository = (news: Partial<typeof acmeConfigured>): Configuration =>
  configurationOf([...configured, { ...acmeConfigured, ...news }]);
const withDistribution = (architectures: DistributionConfigured['architectures']): Configuration =>
  configurationOf([...configured, { ...trixieConfigured, architectures }]);
const withRule = (mandatoryVersion: string): Configuration => {
  const layout = acmeConfiguration.layouts.get('Default') as LayoutConfigured;
  return configurationOf([...configured, { ...layout, mandatoryVersion }]);
};

const unauthenticated = (rule: string): Partial<Circumstances> => ({
  signature: { status: 'unauthenticated', because: refusal(rule, 'a fact', 'a remedy') },
});

const porting = (to: string, signature = helloReceived().signature): Partial<Circumstances> => ({
  autoPorts: new Map([[to, signature]]),
});

const orig = helloOrig;
const tar = stored(`hello_${hello3}.debian.tar.xz`);
const dscFile = stored(`hello_${hello3}.dsc`);

type Row = readonly [string, Partial<UploadReceived>, Partial<Circumstances>, string];

/** One row a rule: what is wrong, and the rule that the refusal names. */
const refusals: readonly Row[] = [
  [
    'the gravest fault of the door',
    { faults: [refusal('checksum-mismatch', 'x', 'y'), refusal('missing-file', 'x', 'y')] },
    {},
    'checksum-mismatch',
  ],
  [
    'a fault before anything else, also of a .changes that cannot be read',
    { facts: null, faults: [refusal('missing-field', 'x', 'y')] },
    {},
    'missing-field',
  ],
  ['a .changes that cannot be read', { facts: null }, {}, 'malformed-changes'],
  ['a distribution that is none', facts({ distribution: 'trixie' }), {}, 'malformed-distribution'],
  ['a distribution with capitals', facts({ distribution: 'Trixie-acme-unstable' }), {}, 'malformed-distribution'],
  [
    'Debian’s own name for a distribution where no layout gives it a meaning',
    facts({ distribution: 'unstable' }),
    {},
    'malformed-distribution',
  ],
  [
    'a distribution of another repository',
    facts({ distribution: 'trixie-other-unstable' }),
    {},
    'unknown-distribution',
  ],
  ['a codename that is not configured', facts({ distribution: 'buster-acme-unstable' }), {}, 'unknown-distribution'],
  [
    'a codename that the repository does not have',
    {},
    { configuration: withRepository({ codenames: [] }) },
    'unknown-distribution',
  ],
  ['a suite that the layout does not have', facts({ distribution: 'trixie-acme-nightly' }), {}, 'unknown-distribution'],
  [
    'a layout that is not configured',
    {},
    { configuration: withRepository({ layout: 'Nobody’s' }) },
    'unknown-distribution',
  ],
  ['a rollback distribution', facts({ distribution: 'trixie-acme-unstable-rollback0' }), {}, 'rollback-not-uploadable'],
  [
    'a rollback distribution deeper than the suite remembers',
    facts({ distribution: 'trixie-acme-unstable-rollback9' }),
    {},
    'unknown-distribution',
  ],
  ['a suite that takes migrations only', facts({ distribution: 'trixie-acme-testing' }), {}, 'suite-not-uploadable'],
  ['an unsigned upload', {}, { signature: unsigned }, 'unsigned'],
  [
    'auto-ports to where its uploader may not upload',
    {},
    porting('trixie-acme-hotfix', unsigned),
    'auto-ports-refused',
  ],
  ['auto-ports to a suite without uploads', {}, porting('trixie-acme-stable'), 'auto-ports-refused'],
  ['auto-ports to a rollback', {}, porting('trixie-acme-unstable-rollback0'), 'auto-ports-refused'],
  ['auto-ports to where nothing is', {}, porting('trixie-other-unstable'), 'auto-ports-refused'],
  ['an unknown key', {}, unauthenticated('unknown-key'), 'unknown-key'],
  ['a key that may upload elsewhere only', {}, unauthenticated('not-authorised'), 'not-authorised'],
  ['a replay', {}, { replayOf: uploadId(7) }, 'replay'],
  ['a version without the suffix of the distribution', facts({ version: version('2.10-3') }), {}, 'version-rule'],
  ['a version with the suffix of another codename', facts({ version: version('2.10-3~acme12+1') }), {}, 'version-rule'],
  [
    'a version with the suffix of another repository',
    facts({ version: version('2.10-3~test13+1') }),
    {},
    'version-rule',
  ],
  [
    'an experimental version in a suite that is not',
    facts({ version: version('2.10-3~acme13+0') }),
    {},
    'version-rule',
  ],
  [
    'a version that ends before an anchored rule does',
    facts({ version: version('2.10-3~acme13+10') }),
    { configuration: withRule('~%IDENTITY%%CODEVERSION%\\+[1-9]$') },
    'version-rule',
  ],
  [
    'every version when the rule is no regular expression',
    {},
    { configuration: withRule('~acme13+[') },
    'version-rule',
  ],
  ['an upload without a .dsc', facts({ dsc: null }), {}, 'missing-dsc'],
  ['a tarball that is neither uploaded nor in the pool', { files: [dscFile, tar] }, {}, 'missing-source'],
  [
    'a tarball whose namesake in the pool has other bytes',
    { files: [dscFile, tar] },
    { pool: new Map([[orig.name, stored(orig.name, 'other bytes')]]) },
    'pool-conflict',
  ],
  [
    'a source for architectures that the distribution does not have',
    dsc({ architectures: ['s390x', 'kfreebsd-any'] }),
    {},
    'nothing-to-build',
  ],
  [
    'a source of arch-indep packages where no architecture builds them',
    dsc({ architectures: ['all'] }),
    { configuration: withDistribution([{ architecture: amd64, optional: false, buildsArchAll: false }]) },
    'nothing-to-build',
  ],
];

describe('An upload is rejected for', () => {
  for (const [what, upload, circumstances, rule] of refusals) {
    it(what, () => {
      const verdict = judged(upload, circumstances);
      assert.ok(isLeft(verdict), 'it was accepted');
      assert.equal(verdict.left.rule, rule);
      assert.ok(verdict.left.fact.length > 0 && verdict.left.remedy.length > 0);
    });
  }

  it('a version with what to append to it', () => {
    const verdict = judged(facts({ version: version('2.10-3') }));
    assert.deepEqual(
      isLeft(verdict) && verdict.left,
      refusal(
        'version-rule',
        'versions in trixie-acme-unstable must match ~acme13\\+[1-9], and 2.10-3 does not',
        'append ~acme13+1 to the version',
      ),
    );
  });

  it('its distribution with a list of those that take uploads', () => {
    const verdict = judged(facts({ distribution: 'trixie' }));
    assert.equal(
      isLeft(verdict) && verdict.left.remedy,
      'set Distribution to one of trixie-acme-experimental, trixie-acme-snapshot, trixie-acme-unstable, trixie-acme-hotfix',
    );
  });
});

const accepted = (upload: Partial<UploadReceived>, circumstances: Partial<Circumstances> = {}) => {
  const verdict = judged(upload, circumstances);
  assert.ok(isRight(verdict), `rejected: ${JSON.stringify(isLeft(verdict) && verdict.left)}`);
  return verdict.right;
};

describe('An upload is accepted', () => {
  it('with everything that building it needs', () => {
    assert.deepEqual(accepted({}), helloAccepted());
  });

  it('unsigned, where the repository allows it', () => {
    assert.deepEqual(
      accepted({}, { signature: unsigned, configuration: withRepository({ allowUnauthenticated: true }) }),
      helloAccepted(),
    );
  });

  it('with a suffix after the one that its distribution asks for', () => {
    const hotfix = version('2.10-3~acme13+2+hotfix1');
    assert.equal(accepted(facts({ version: hotfix })).version, hotfix);
  });

  it('with an experimental version into an experimental suite', () => {
    const wip = version('2.10-3~acme13+0exp3');
    assert.equal(accepted(facts({ version: wip, distribution: 'trixie-acme-snapshot' })).version, wip);
  });

  it('under Debian’s own name for a distribution, where the layout gives it a meaning', () => {
    const sid = configurationOf([
      ...configured,
      { ...trixieConfigured, codename: 'sid' as never, codeversion: '~SID' },
      { ...acmeConfigured, layout: 'Debian Developer', codenames: ['sid' as never] },
    ]);
    const debian = accepted(facts({ distribution: 'unstable', version: version('2.10-3') }), { configuration: sid });
    assert.equal(debian.distribution, 'sid-acme-unstable');
  });

  it('with a tarball from the pool', () => {
    const pool = new Map([[orig.name as string, orig]]);
    assert.deepEqual(accepted({ files: [dscFile, tar] }, { pool }).sources, [dscFile, orig, tar]);
  });

  it('with its own tarball where the pool has the same', () => {
    const pool = new Map([[orig.name as string, orig]]);
    assert.deepEqual(accepted({}, { pool }).sources, [dscFile, orig, tar]);
  });

  it('with a warning when it brings binaries, which are not used', () => {
    const { warnings } = accepted(facts({ architectures: ['source', 'amd64'] }));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /binaries/);
  });
});

describe('What is built', () => {
  const optional = withDistribution([
    { architecture: amd64, optional: false, buildsArchAll: true },
    { architecture: arm64, optional: true, buildsArchAll: false },
  ]);
  const on = (architectures: readonly string[], configuration = optional) =>
    accepted(dsc({ architectures }), { configuration }).builds.map(
      ({ architecture, mandatory, archAll }) =>
        `${architecture}${mandatory ? '' : ' optional'}${archAll ? ' with all' : ''}`,
    );

  for (const [architectures, expected] of [
    [['any'], ['amd64', 'arm64 optional']],
    [
      ['any', 'all'],
      ['amd64 with all', 'arm64 optional'],
    ],
    [['all'], ['amd64 with all']],
    [['linux-any'], ['amd64', 'arm64 optional']],
    [['any-arm64'], ['arm64 optional']],
    [
      ['arm64', 'all'],
      ['amd64 with all', 'arm64 optional'],
    ],
    [['amd64', 's390x'], ['amd64']],
  ] as const) {
    it(`of a source for ${architectures.join(' ')} is ${expected.join(' and ')}`, () => {
      assert.deepEqual(on(architectures), expected);
    });
  }
});
