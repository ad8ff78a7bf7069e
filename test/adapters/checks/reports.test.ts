import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autopkgtestReport } from '../../../src/adapters/checks/autopkgtest-report.ts';
import { lintianReport } from '../../../src/adapters/checks/lintian-report.ts';
import { piupartsReport } from '../../../src/adapters/checks/piuparts-report.ts';
import type { Finding } from '../../../src/domain/check/findings.ts';

const words = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ severity, about, tag, times }) => `${severity} ${about} ${tag} ${times}`);

const hint = (tag: string, visibility: string, more: object = {}) => ({
  tag,
  visibility,
  note: '',
  experimental: false,
  ...more,
});
const lintian = (...files: readonly (readonly [string, readonly object[]])[]): string =>
  JSON.stringify({
    lintian_version: '2.116.3',
    groups: [{ input_files: files.map(([path, hints]) => ({ path, hints })) }],
  });

describe('The report of lintian', () => {
  it('is read by package and severity, the same tags together', () => {
    const report = lintianReport(
      lintian(
        ['source/hello_1.0.dsc', [hint('no-debian-copyright-in-source', 'warning')]],
        [
          'source/hello_1.0_all.deb',
          [hint('spelling', 'info'), hint('spelling', 'info'), hint('no-copyright-file', 'error')],
        ],
      ),
    );
    assert.equal(report.version, '2.116.3');
    assert.deepEqual(words(report.findings), [
      'error hello no-copyright-file 1',
      'warning source no-debian-copyright-in-source 1',
      'info hello spelling 2',
    ]);
  });

  it('counts neither what is overridden or masked, nor what only classifies', () => {
    const hints = [
      hint('a', 'error', { override: { justification: '' } }),
      hint('b', 'error', { masks: [{ screen: 's', excuse: 'e' }] }),
      hint('c', 'classification'),
      hint('d', 'error', { experimental: true }),
    ];
    assert.deepEqual(words(lintianReport(lintian(['hello_1.0_all.deb', hints])).findings), ['info hello d 1']);
  });

  for (const wrong of [
    '',
    'E: hello: no-copyright-file',
    '{}',
    '{"lintian_version":"1","groups":[{"input_files":1}]}',
  ]) {
    it(`says nothing when it is ${wrong === '' ? 'empty' : wrong}`, () => {
      assert.throws(() => lintianReport(wrong));
    });
  }
});

const log = (...lines: readonly string[]): string => lines.map((line) => `0m1.0s ${line}\n`).join('');

describe('The log of piuparts', () => {
  it('passes when it speaks of all tests', () => {
    assert.deepEqual(piupartsReport(log('INFO: PASS: All tests.', 'INFO: piuparts run ends.')), []);
  });

  it('tells failures by their first words, and warnings beside them', () => {
    const found = piupartsReport(
      log(
        'WARN: Broken symlinks:\n  /usr/a -> b',
        'ERROR: FAIL: Package purging left files on system:\n  /etc/hello\t not owned\n',
        'ERROR: FAIL: Installation and purging test.',
        'ERROR: piuparts run ends.',
      ),
    );
    assert.deepEqual(words(found), ['error  package-purging-left-files-on-system 1', 'warning  broken-symlinks 1']);
  });

  it('blames a package whose installation fails, but not for the mirror', () => {
    const failed = (program: string, said: string) =>
      log(
        `ERROR: Command failed (status=100): ['chroot', '/tmp/x', '${program}', 'update']\n  ${said}\n`,
        'ERROR: piuparts run ends.',
      );
    assert.deepEqual(words(piupartsReport(failed('dpkg', 'postinst returned 1'))), ['error  command-failed-dpkg 1']);
    assert.throws(() => piupartsReport(failed('apt-get', 'E: The list of sources could not be read.')), /apt-get/);
  });

  it('says nothing when it ends in the middle', () => {
    assert.throws(() => piupartsReport(log('INFO: Running scripts post_test', 'ERROR: piuparts run ends.')), /through/);
    assert.throws(() => piupartsReport(''), /through/);
  });
});

describe('The summary of autopkgtest', () => {
  it('tells failures, flaky and skipped tests', () => {
    const summary =
      'smoke  PASS (superficial)\nunit  FAIL non-zero exit status 1\nslow  SKIP no\nodd  FLAKY non-zero\n';
    assert.deepEqual(words(autopkgtestReport(6, summary) as readonly Finding[]), [
      'error source fail-unit 1',
      'warning source flaky-odd 1',
      'info source skip-slow 1',
    ]);
  });

  it('is nothing where there are no tests, and no verdict where the testbed failed', () => {
    assert.equal(autopkgtestReport(8, ''), 'no tests');
    assert.throws(() => autopkgtestReport(16, ''), /testbed/);
    assert.throws(() => autopkgtestReport(4, 'unit PASS\n'), /not which/);
    assert.deepEqual(words(autopkgtestReport(12, '') as readonly Finding[]), ['error  erroneous-package 1']);
  });
});
