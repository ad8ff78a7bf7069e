import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passes, wantedChecks } from '../../../src/domain/check/policy.ts';
import { distributionDefaults, noSuiteChecks } from '../../../src/domain/configuration/defaults.ts';
import type { PackageCheck, SuiteChecks } from '../../../src/domain/configuration/events.ts';
import { parseUploadOptions } from '../../../src/domain/debian/upload-options.ts';

type Mode = PackageCheck['mode'];

const target = (lintian: Mode, experimental = false, inSuite: Partial<SuiteChecks> = {}) => ({
  distribution: { checks: { ...distributionDefaults.checks, lintian: { mode: lintian, options: ['--info'] } } },
  suite: { experimental, checks: { ...noSuiteChecks, ...inSuite } },
});

/** What lintian does to a package with an error, and to one with a warning. */
const outcomes = (lintian: Mode, experimental: boolean, ...options: readonly string[]): string => {
  const asked = parseUploadOptions(options.map((option) => ` * MINI_BUILDD_OPTION: ${option}`).join('\n')).options;
  const [wanted] = wantedChecks(asked, 'amd64', target(lintian, experimental));
  if (wanted === undefined) return 'not run';
  const fate = (error: number, warning: number): string => {
    const isPassed = passes(wanted.mode, { error, warning, info: 7 });
    return isPassed ? 'passes' : wanted.denies ? 'denied' : 'noted';
  };
  return `error ${fate(1, 0)}, warning ${fate(0, 1)}, neither ${fate(0, 0)}`;
};

describe('A check', () => {
  for (const [mode, experimental, options, expected] of [
    ['disabled', false, [], 'not run'],
    ['ignore', false, [], 'error noted, warning passes, neither passes'],
    ['error', false, [], 'error denied, warning passes, neither passes'],
    ['warning', false, [], 'error denied, warning denied, neither passes'],
    ['error', true, [], 'error noted, warning passes, neither passes'],
    ['warning', true, [], 'error noted, warning noted, neither passes'],
    ['error', false, ['ignore-lintian=true'], 'error noted, warning passes, neither passes'],
    [
      'error',
      false,
      ['ignore-lintian=true', 'ignore-lintian[amd64]=false'],
      'error denied, warning passes, neither passes',
    ],
    ['error', false, ['ignore-lintian[i386]=true'], 'error denied, warning passes, neither passes'],
    ['error', false, ['run-lintian=false'], 'not run'],
    ['disabled', false, ['run-lintian=true'], 'not run'],
    ['disabled', false, ['lintian-mode=error'], 'not run'],
    ['ignore', false, ['lintian-mode=warning'], 'error denied, warning denied, neither passes'],
    ['warning', false, ['lintian-mode[amd64]=1'], 'error noted, warning passes, neither passes'],
    ['error', false, ['lintian-mode=disabled'], 'not run'],
  ] as const) {
    it(`in mode ${mode}${experimental ? ', experimental' : ''}${options.map((each) => `, ${each}`).join('')}: ${expected}`, () => {
      assert.equal(outcomes(mode, experimental, ...options), expected);
    });
  }

  it('is what its suite says before it is what its distribution says', () => {
    const inSuite = {
      lintian: { mode: 'disabled', options: [] },
      piuparts: { mode: 'error', options: ['-v'] },
    } as const;
    assert.deepEqual(wantedChecks([], 'amd64', target('error', false, inSuite)), [
      { tool: 'piuparts', mode: 'error', options: ['-v'], denies: true },
    ]);
  });
});
