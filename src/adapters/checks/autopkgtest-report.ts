import { type Finding, gathered, type Severity } from '../../domain/check/findings.ts';

const severities: Readonly<Record<string, Severity | undefined>> = { FAIL: 'error', FLAKY: 'warning', SKIP: 'info' };

/**
 * What `--summary-file` holds (autopkgtest(1)): `NAME  RESULT REASON` a test. `status` is autopkgtest's; 0 to 8 say that what could be run was
 * run, 12 and 14 that the package is at fault. Throws for everything else: the testbed failed.
 */
export const autopkgtestReport = (status: number, summary: string): readonly Finding[] | 'no tests' => {
  if (status === 8) return 'no tests';
  if (status === 12 || status === 14) return [{ severity: 'error', tag: 'erroneous-package', about: '', times: 1 }];
  if (![0, 2, 4, 6].includes(status)) throw new Error(`autopkgtest ended with ${status}: the testbed failed`);
  const found = gathered(summary.split('\n').flatMap(asFinding));
  if (status >= 4 && !found.some(({ severity }) => severity === 'error')) {
    throw new Error('autopkgtest says that a test failed, and not which');
  }
  return found;
};

const asFinding = (line: string): readonly Omit<Finding, 'times'>[] => {
  const [, test = '', result = ''] = /^(\S{1,100})\s+(PASS|FAIL|SKIP|FLAKY)\b/.exec(line) ?? [];
  const severity = severities[result];
  return severity === undefined ? [] : [{ severity, tag: `${result.toLowerCase()}-${test}`, about: 'source' }];
};
