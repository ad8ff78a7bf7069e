import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseUploadOptions } from '../../../src/domain/debian/upload-options.ts';

const entry = (...lines: readonly string[]): string =>
  ['', 'hello (2.10-3) bookworm-test-unstable; urgency=medium', '', ...lines].join('\n');

const options = (...lines: readonly string[]): readonly string[] => {
  const read = parseUploadOptions(entry(...lines));
  assert.deepEqual(read.refusals, []);
  return read.options.map(({ key, architecture, value }) => `${key}[${architecture}]=${value}`);
};

const rules = (...lines: readonly string[]): readonly string[] =>
  parseUploadOptions(entry(...lines)).refusals.map(({ rule }) => rule);

const option = '  * MINI_BUILDD_OPTION:';

describe('Upload options', () => {
  for (const [written, read] of [
    ['ignore-lintian=true', 'ignore-lintian[]=true'],
    ['ignore-lintian=TRUE', 'ignore-lintian[]=true'],
    ['ignore-lintian=1', 'ignore-lintian[]=true'],
    ['run-lintian[amd64] = false', 'run-lintian[amd64]=false'],
    ['ignore-lintian=true. It is a false positive.', 'ignore-lintian[]=true'],
    ['ignore-lintian=true because it is a false positive', 'ignore-lintian[]=true'],
    ['internal-apt-priority=500', 'internal-apt-priority[]=500'],
    ['internal-apt-priority=-1', 'internal-apt-priority[]=-1'],
    ['auto-ports=bullseye-test-unstable, sid-test-unstable', 'auto-ports[]=bullseye-test-unstable,sid-test-unstable'],
    ['lintian-mode=ignore', 'lintian-mode[]=ignore'],
    ['autopkgtest-mode[arm64]=0', 'autopkgtest-mode[arm64]=disabled'],
    ['piuparts-mode=3', 'piuparts-mode[]=warning'],
    ['deb-build-options=nocheck  parallel=2', 'deb-build-options[]=nocheck parallel=2'],
    ['deb-build-profiles=nocheck pkg.hello.small', 'deb-build-profiles[]=nocheck pkg.hello.small'],
    ['add-depends=libfoo-dev (>= 1.2),bar:any', 'add-depends[]=libfoo-dev (>= 1.2), bar:any'],
  ] as const) {
    it(`understand ${written}`, () => assert.deepEqual(options(`${option} ${written}`), [read]));
  }

  it('go on in the next lines of their bullet, and end with it', () => {
    assert.deepEqual(
      options(
        '  [ Ernie ]',
        `${option} auto-ports=a-test-unstable,`,
        '    b-test-unstable',
        '  * true story.',
        `${option}`,
        '    run-lintian=false',
        '',
        '  free text',
        `${option} deb-build-options=nocheck`,
        '    - a lesser bullet',
      ),
      ['auto-ports[]=a-test-unstable,b-test-unstable', 'run-lintian[]=false', 'deb-build-options[]=nocheck'],
    );
  });

  it('of older entries do not count', () => {
    const older = ['hello (2.10-2) bookworm-test-unstable; urgency=medium', '', `${option} ignore-lintian=true`];
    assert.deepEqual(options(`${option} run-lintian=false`, '', ...older), ['run-lintian[]=false']);
  });

  it('are not what a changelog says about them', () => {
    assert.deepEqual(options('  * Document "* MINI_BUILDD_OPTION: foo=bar".'), []);
  });

  it('are understood in their old form, with a warning', () => {
    const {
      options: read,
      warnings,
      refusals,
    } = parseUploadOptions(
      entry('  * MINI_BUILDD: BACKPORT_MODE', '  * MINI_BUILDD: AUTO_BACKPORTS: a-test-unstable,b-test-unstable'),
    );
    assert.deepEqual(refusals, []);
    assert.deepEqual(
      read.map(({ key, value }) => [key, value]),
      [
        ['ignore-lintian', 'true'],
        ['auto-ports', 'a-test-unstable,b-test-unstable'],
      ],
    );
    assert.equal(warnings.length, 2);
  });

  for (const [written, rule] of [
    ['frobnicate=1', 'unknown-upload-option'],
    ['__proto__=1', 'unknown-upload-option'],
    ['ignore-lintian', 'invalid-upload-option'],
    ['=true', 'invalid-upload-option'],
    ['', 'invalid-upload-option'],
    ['ignore-lintian=', 'invalid-upload-option'],
    ['ignore-lintian=maybe', 'invalid-upload-option'],
    ['ignore-lintian[$(id)]=true', 'invalid-upload-option'],
    ['ignore-lintian[]=true', 'invalid-upload-option'],
    ['auto-ports[amd64]=a', 'invalid-upload-option'],
    ['internal-apt-priority=many', 'invalid-upload-option'],
    ['internal-apt-priority=99999', 'invalid-upload-option'],
    [`auto-ports=${'a,'.repeat(1000)}`, 'invalid-upload-option'],
    ['lintian-mode=constructor', 'invalid-upload-option'],
    ['deb-build-options=$(id)', 'invalid-upload-option'],
    ['add-depends=foo; rm', 'invalid-upload-option'],
    ['deb-build-options=-x', 'invalid-upload-option'],
  ] as const) {
    it(`refuse ${written.slice(0, 40) || 'nothing'}`, () => assert.deepEqual(rules(`${option} ${written}`), [rule]));
  }

  it('refuse the same key twice, but not for two architectures', () => {
    assert.deepEqual(rules(`${option} run-lintian=1`, `${option} run-lintian=1`), ['duplicate-upload-option']);
    assert.deepEqual(rules(`${option} run-lintian[amd64]=1`, `${option} run-lintian[arm64]=1`), []);
  });
});
