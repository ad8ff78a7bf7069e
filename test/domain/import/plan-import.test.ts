import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DistributionName } from '../../../src/domain/debian/distribution.ts';
import type { RepositoryId } from '../../../src/domain/debian/names.ts';
import { readIndex } from '../../../src/domain/import/found.ts';
import { type PlanRequest, planImport, roomFaults } from '../../../src/domain/import/plan-import.ts';
import { readRelease } from '../../../src/domain/import/release-indices.ts';
import { distributionFor } from '../../../src/domain/import/suite-names.ts';
import { acme, amd64, arm64, main, sha256, uploadId } from '../../support/fixed-examples.ts';

const md5 = '0'.repeat(32);

const sourceEntry = (name: string, version: string, directory = `pool/main/${name}`, also = ''): string => {
  const files = [`${name}_${version}.dsc`, `${name}_${version}.tar.xz`];
  return [
    `Package: ${name}`,
    `Version: ${version}`,
    `Directory: ${directory}`,
    `Files:\n${files.map((file) => ` ${md5} 10 ${file}`).join('\n')}`,
    `Checksums-Sha256:\n${files.map((file) => ` ${sha256(file + also)} 10 ${file}`).join('\n')}`,
  ].join('\n');
};

const binaryEntry = (
  name: string,
  version: string,
  architecture = 'amd64',
  more: Record<string, string> = {},
): string =>
  Object.entries({
    Package: name,
    Version: version,
    Architecture: architecture,
    Filename: `pool/main/${name}_${version}_${architecture}.deb`,
    Size: '10',
    SHA256: sha256(`${name}_${version}_${architecture}`),
    ...more,
  })
    .map(([field, value]) => `${field}: ${value}`)
    .join('\n');

const suite = (name: string, sources: readonly string[], binaries: readonly string[]) => ({
  suite: name,
  distribution: name as DistributionName,
  sources: readIndex(sources.join('\n\n'), 'sources', main).sources,
  ...(({ binaries: found, faults }) => ({ binaries: found, faults }))(
    readIndex(binaries.join('\n\n'), 'binaries', main),
  ),
});

const plan = (suites: PlanRequest['suites'], more: Partial<PlanRequest> = {}) =>
  planImport({
    repository: acme,
    suites,
    roomOf: () => ({ components: [main], architectures: [amd64, arm64] }),
    damaged: new Map(),
    older: 'refuse',
    closeGaps: false,
    newUpload: () => uploadId(1),
    ...more,
  });

const rules = ({ refused }: ReturnType<typeof planImport>) =>
  refused.map(({ suite: where, about, because }) => `${where}: ${about}: ${because.rule}`);

const stable = 'trixie-acme-stable';
const hello = (version: string) => [sourceEntry('hello', version), binaryEntry('hello', version)] as const;
const several = suite(
  stable,
  [hello('1')[0], hello('3')[0], hello('2')[0]],
  [hello('1')[1], hello('3')[1], hello('2')[1]],
);

describe('A plan of an import', () => {
  it('leaves out what has more binary packages than can be said at once', () => {
    const parts = (count: number) =>
      Array.from({ length: count }, (_, n) => binaryEntry(`part${n}`, '1', 'amd64', { Source: 'hello' }));
    const source = sourceEntry('hello', '1');
    assert.deepEqual(rules(plan([suite(stable, [source], parts(2000))])), []);
    assert.deepEqual(rules(plan([suite(stable, [source], parts(6000))])), [`${stable}: hello 1: too-many-binaries`]);
  });

  it('refuses lower versions beside a higher one, makes rollbacks of them, or leaves them out', () => {
    assert.deepEqual(rules(plan([several])), [
      `${stable}: hello 2: several-versions`,
      `${stable}: hello 1: several-versions`,
    ]);
    const [rolled] = plan([several], { older: 'rollbacks' }).shelves;
    assert.deepEqual(rolled?.occupants, ['1', '2', '3']);
    const left = plan([several], { older: 'leave-out' });
    assert.deepEqual([left.shelves[0]?.occupants, left.refused], [['3'], []]);
  });

  it('takes rollbacks in their order, and closes gaps where it is told to', () => {
    const levels = [
      suite(stable, [hello('3')[0]], [hello('3')[1]]),
      suite(`${stable}-rollback1`, [hello('1')[0]], [hello('1')[1]]),
    ];
    assert.deepEqual(rules(plan(levels)), [`${stable}-rollback1: hello 1: rollback-gap`]);
    assert.deepEqual(plan(levels, { closeGaps: true }).shelves[0]?.occupants, ['1', '3']);
  });

  it('refuses binaries without their source, and one version that is another in another suite', () => {
    assert.deepEqual(rules(plan([suite(stable, [], [binaryEntry('alien', '1')])])), [
      `${stable}: alien 1 (source alien 1): no-source`,
    ]);
    const more = suite('trixie-acme-testing', [hello('1')[0]], [hello('1')[1], binaryEntry('hello', '1', 'arm64')]);
    assert.deepEqual(rules(plan([suite(stable, [hello('1')[0]], [hello('1')[1]]), more])), [
      `${stable}: hello 1: differing-binaries`,
    ]);
    const other = suite('trixie-acme-testing', [sourceEntry('hello', '1', 'pool/main/hello', 'x')], [hello('1')[1]]);
    assert.deepEqual(rules(plan([suite(stable, [hello('1')[0]], [hello('1')[1]]), other])), [
      `${stable}: hello 1: pool-conflict`,
      'trixie-acme-testing: hello 1: pool-conflict',
    ]);
  });

  it('refuses the lower of two sources that have the same binary package in one suite', () => {
    const found = suite(
      stable,
      [sourceEntry('aa', '1'), sourceEntry('bb', '2')],
      [binaryEntry('tool', '1', 'amd64', { Source: 'aa' }), binaryEntry('tool', '2', 'arm64', { Source: 'bb' })],
    );
    assert.deepEqual(rules(plan([found])), [`${stable}: aa 1: binary-of-other-source`]);
  });

  it('takes a binary of another version than its source: a rebuild', () => {
    const found = suite(
      stable,
      [sourceEntry('hello', '1')],
      [binaryEntry('hello', '1+b1', 'amd64', { Source: 'hello (1)' })],
    );
    const [only] = plan([found]).packages;
    assert.equal(only?.versions[0]?.binaries[0]?.version, '1+b1');
    assert.deepEqual(plan([found]).refused, []);
  });

  it('reads no path that climbs, hides or begins at the root, and one bad entry spoils no other', () => {
    for (const path of [
      '../etc/passwd',
      '/etc/passwd',
      'pool/../../x.deb',
      'pool//x.deb',
      'pool/.x.deb',
      'pool/a b.deb',
    ]) {
      const { binaries, faults } = readIndex(
        `${binaryEntry('evil', '1', 'amd64', { Filename: path })}\n\n${binaryEntry('good', '1')}`,
        'binaries',
        main,
      );
      assert.deepEqual(
        binaries.map(({ package: name }) => name),
        ['good'],
      );
      assert.deepEqual(
        faults.map(({ about, because }) => `${about}: ${because.rule}`),
        ['evil: unsafe-filename'],
        path,
      );
    }
    const climbing = readIndex(sourceEntry('evil', '1', '../..'), 'sources', main);
    assert.deepEqual(
      climbing.faults.map(({ because }) => because.rule),
      ['unsafe-filename'],
    );
    const weak = readIndex(binaryEntry('old', '1').replace(/^SHA256: .*$/m, 'MD5sum: 0'), 'binaries', main);
    assert.deepEqual(
      weak.faults.map(({ because }) => because.rule),
      ['weak-digest'],
    );
  });

  it('wants components and architectures that the codename has', () => {
    const found = suite(stable, [hello('1')[0]], [hello('1')[1], binaryEntry('hello', '1', 'i386')]);
    const room = { components: [], architectures: [amd64] };
    assert.deepEqual(
      roomFaults(found, room).map(({ rule }) => rule),
      ['unknown-component', 'unknown-architecture'],
    );
  });
});

describe('The name of a suite elsewhere', () => {
  const naming = {
    said: new Map([['foreign', 'trixie-acme-hotfix' as DistributionName]]),
    repository: 'acme' as RepositoryId,
    codenames: new Set(['trixie']),
  };
  for (const [name, becomes] of [
    ['trixie-other-unstable', 'trixie-acme-unstable'],
    ['trixie-other-unstable-rollback3', 'trixie-acme-unstable-rollback3'],
    ['trixie', 'trixie-acme-stable'],
    ['trixie-updates', 'trixie-acme-updates'],
    ['trixie-rollback0', 'trixie-acme-stable-rollback0'],
    ['foreign', 'trixie-acme-hotfix'],
    ['foreign-rollback1', 'trixie-acme-hotfix-rollback1'],
    ['sid', undefined],
    ['stable', undefined],
  ] as const)
    it(`${name} becomes ${becomes ?? 'nothing by itself'}`, () => {
      const found = distributionFor(name, naming);
      assert.equal(found._tag === 'Right' ? found.right : undefined, becomes);
    });
});

describe('A Release that is imported', () => {
  const rules = { anyRelease: false, now: Date.UTC(2026, 0, 2) };
  const release = (files: readonly string[]) =>
    readRelease(
      'trixie',
      `Codename: trixie\nSHA256:\n${files.map((file) => ` ${sha256(file)} 10 ${file}`).join('\n')}\n`,
      rules,
    );

  it('names each index once, in the forms that can be read', () => {
    const read = release([
      'main/binary-amd64/Packages.xz',
      'main/binary-amd64/Packages',
      'main/source/Sources.gz',
      'main/Contents-amd64',
    ]);
    assert.ok(read._tag === 'Right');
    assert.deepEqual(
      read.right.indices.map(({ holds, forms }) => [holds, ...forms.map(({ packing }) => packing)]),
      [
        ['binaries', '', '.xz'],
        ['sources', '.gz'],
      ],
    );
  });

  for (const [fields, rule] of [
    ['Suite: trixie', 'read'],
    ['Suite: stable\nCodename: trixie', 'read'],
    ['Suite: trixie\nCodename: acme', 'read'],
    ['Origin: somebody', 'read'],
    ['Suite: stable\nCodename: bookworm', 'other-suite'],
    ['Codename: trixie-updates', 'other-suite'],
    ['Codename: trixie\nValid-Until: Fri, 02 Jan 2026 00:00:01 UTC', 'read'],
    ['Codename: trixie\nValid-Until: Thu, 01 Jan 2026 23:59:59 UTC', 'expired-release'],
  ] as const)
    it(`is ${rule === 'read' ? rule : `refused as ${rule}, unless any is taken`}: ${fields.replace('\n', ', ')}`, () => {
      const text = `${fields}\nSHA256:\n`;
      const read = readRelease('trixie', text, rules);
      assert.equal(read._tag === 'Left' ? read.left.rule : 'read', rule);
      assert.equal(readRelease('trixie', text, { ...rules, anyRelease: true })._tag, 'Right');
    });

  it('is refused with components that are no words, forms nobody reads, or no SHA-256', () => {
    for (const [files, rule] of [
      [['updates/main/binary-amd64/Packages'], 'unknown-component'],
      [['main/binary-amd64/Packages.lzma'], 'malformed-release'],
    ] as const) {
      const read = release(files);
      assert.equal(read._tag === 'Left' ? read.left.rule : undefined, rule);
    }
    const weak = readRelease('trixie', 'Codename: trixie\nMD5Sum:\n', rules);
    assert.equal(weak._tag === 'Left' ? weak.left.rule : undefined, 'weak-digest');
  });
});
