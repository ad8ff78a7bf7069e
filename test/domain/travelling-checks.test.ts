import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import {
  asCheckResult,
  readTravellingChecks,
  type TravellingCheck,
  writeTravellingChecks,
} from '../../src/domain/buildrequest/travelling-checks.ts';
import { stored } from '../support/fixed-examples.ts';

const lintian = {
  tool: 'lintian',
  outcome: 'checked',
  toolVersion: '2.116.3',
  findings: [{ severity: 'warning', tag: 'no-manual-page', about: 'hello', times: 2 }],
  report: 'hello_2.10-3_amd64.lintian.json',
  log: 'hello_2.10-3_amd64.lintian.log.gz',
} as unknown as TravellingCheck;
const skipped = {
  tool: 'autopkgtest',
  outcome: 'skipped',
  because: 'no tests',
  log: 'hello.log.gz',
} as unknown as TravellingCheck;

describe('Checks that come with a buildresult', () => {
  it('are read as they were written', () => {
    const read = readTravellingChecks(writeTravellingChecks([lintian, skipped]));
    assert.ok(isRight(read));
    assert.deepEqual(read.right, [lintian, skipped]);
  });

  for (const [what, json] of [
    ['no JSON', '{'],
    ['no list', '{}'],
    ['of a tool that is none', JSON.stringify([{ ...skipped, tool: 'rm' }])],
    ['with a log elsewhere', JSON.stringify([{ ...skipped, log: '../../keys/secret' }])],
    ['with a report elsewhere', JSON.stringify([{ ...lintian, report: '/etc/passwd' }])],
    ['with a finding that is none', JSON.stringify([{ ...lintian, findings: [{ severity: 'fatal' }] }])],
    ['twice of one tool', JSON.stringify([skipped, skipped])],
  ] as const) {
    it(`${what} are refused`, () => assert.ok(isLeft(readTravellingChecks(json))));
  }

  it('say no more than fits into an event, each in one line', () => {
    const [finding] = 'findings' in lintian ? lintian.findings : [];
    assert.ok(finding);
    const endless = { ...finding, tag: '"\u2028'.repeat(100_000), about: 'a\nb\u001b[2J' };
    const findings = Array.from({ length: 20_000 }, () => endless);
    const result = asCheckResult({ ...lintian, findings } as TravellingCheck, stored('hello.log.gz', 'log'), null);
    assert.ok('findings' in result);
    assert.ok(result.findings.length <= 10_000);
    assert.deepEqual([result.findings[0]?.tag.length, result.findings[0]?.about], [150, 'a?b?[2J']);
    assert.ok(Buffer.byteLength(JSON.stringify(result.findings.slice(0, 150))) < 60_000);
  });
});
