import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type CheckCommand, type CheckResult, checkDecider } from '../../../src/domain/check/check.ts';
import type { CheckEvent, CheckRequested } from '../../../src/domain/check/events.ts';
import { decodeEvent } from '../../../src/domain/event.ts';

const golden = (name: string) => {
  const file = new URL(`../../golden/events/${name}.json`, import.meta.url);
  return decodeEvent(JSON.parse(readFileSync(file, 'utf8')), name) as CheckEvent;
};
const requested = golden('CheckRequested') as CheckRequested;
const { check } = requested;
const started = (attempt = 1): CheckEvent => ({ type: 'CheckStarted', check, builder: 'ernie', attempt });
const givenBack = (attempt: number): CheckEvent => ({ type: 'CheckGivenBack', check, attempt, reason: 'restart' });
const decide = (command: CheckCommand, ...events: readonly CheckEvent[]) =>
  checkDecider.decide(command, events.reduce(checkDecider.evolve, checkDecider.initial));

const log = { name: 'hello.log.gz', size: 1, sha256: 'b'.repeat(64) } as never;
const found = (error: number, warning: number): CheckResult => ({
  toolVersion: '2.116.3',
  findings: [
    ...(error > 0 ? [{ severity: 'error', tag: 'no-copyright-file', about: 'hello', times: error } as const] : []),
    ...(warning > 0 ? [{ severity: 'warning', tag: 'no-manual-page', about: 'hello', times: warning } as const] : []),
  ],
  report: null,
  log,
});
const failing = (attempt: number) => ({
  check,
  attempt,
  ...(found(1, 0) as Extract<CheckResult, { toolVersion: string }>),
  counts: { error: 1, warning: 0, info: 0 },
  more: 0,
});
const finish = (result: CheckResult, attempt = 1): CheckCommand => ({ command: 'FinishCheck', check, attempt, result });
const outcome = (command: CheckCommand, ...events: readonly CheckEvent[]) => {
  const decision = decide(command, ...events);
  return isLeft(decision) ? decision.left : decision.right.map(({ type }) => type).join();
};

describe('A check', () => {
  it('is requested once', () => {
    const { type, ...request } = requested;
    assert.deepEqual(decide({ command: 'RequestCheck', ...request }), right([requested]));
    assert.deepEqual(decide({ command: 'RequestCheck', ...request }, requested), right([]));
  });

  it('is claimed before it runs, by one attempt at a time', () => {
    const start = (attempt: number): CheckCommand => ({ command: 'StartCheck', check, builder: 'ernie', attempt });
    assert.deepEqual(decide(start(1), requested), right([started()]));
    assert.deepEqual(decide(start(1)), left('unknown-check'));
    assert.deepEqual(decide(start(2), requested), left('stale-attempt'));
    assert.deepEqual(decide(start(1), requested, started()), left('already-running'));
    assert.deepEqual(decide(start(2), requested, started(), givenBack(1)), right([started(2)]));
  });

  it('passes or fails by its mode', () => {
    const warning: CheckRequested = { ...requested, mode: 'warning' };
    assert.equal(outcome(finish(found(1, 0)), requested, started()), 'CheckFailed');
    assert.equal(outcome(finish(found(0, 3)), requested, started()), 'CheckPassed');
    assert.equal(outcome(finish(found(0, 3)), warning, started()), 'CheckFailed');
    assert.equal(outcome(finish({ because: 'no tests', log }), requested, started()), 'CheckSkipped');
  });

  it('is cancelled as long as it has not ended, and what it says after that is stale', () => {
    const cancel: CheckCommand = { command: 'CancelCheck', check, reason: 'nobody waits for it' };
    const cancelled: CheckEvent = { type: 'CheckCancelled', check, reason: 'nobody waits for it' };
    assert.deepEqual(decide(cancel), left('unknown-check'));
    assert.deepEqual(decide(cancel, requested), right([cancelled]));
    assert.deepEqual(decide(cancel, requested, started()), right([cancelled]));
    assert.deepEqual(decide(cancel, requested, started(), cancelled), right([]));
    assert.equal(outcome(finish(found(1, 0)), requested, started(), cancelled), 'stale-attempt');
  });

  it('counts for the attempt that is running only', () => {
    assert.equal(outcome(finish(found(0, 0)), requested), 'stale-attempt');
    assert.equal(outcome(finish(found(0, 0)), requested, started(), givenBack(1)), 'stale-attempt');
    assert.equal(outcome(finish(found(0, 0), 1), requested, started(), givenBack(1), started(2)), 'stale-attempt');
  });

  it('that was made elsewhere is asked for, begun and ended at once, unless somebody was faster', () => {
    const take: CheckCommand = { command: 'TakeCheck', check, requested, builder: 'grover', result: found(1, 0) };
    assert.equal(outcome(take), 'CheckRequested,CheckStarted,CheckFailed');
    assert.equal(outcome(take, requested), 'CheckStarted,CheckFailed');
    assert.equal(
      outcome({ ...take, result: { because: 'no tests', log } }),
      'CheckRequested,CheckStarted,CheckSkipped',
    );
    assert.equal(outcome(take, requested, started()), '', 'it runs here');
    assert.equal(outcome(take, requested, started(), { type: 'CheckCancelled', check, reason: 'over' }), '');
    assert.deepEqual(
      decide(take, requested, started(), givenBack(1)),
      right([
        { ...started(2), builder: 'grover' },
        { type: 'CheckFailed', ...failing(2) },
      ]),
    );
  });

  it('is given back twice and then abandoned', () => {
    const give = (attempt: number): CheckCommand => ({ command: 'GiveBackCheck', check, attempt, reason: 'restart' });
    assert.equal(outcome(give(1), requested, started(1)), 'CheckGivenBack');
    assert.equal(outcome(give(2), requested, started(1), givenBack(1), started(2)), 'CheckGivenBack');
    assert.equal(
      outcome(give(3), requested, started(1), givenBack(1), started(2), givenBack(2), started(3)),
      'CheckAbandoned',
    );
  });

  it('is run again however often the daemon was told to end meanwhile', () => {
    const interrupted = (attempt: number): CheckEvent => ({
      type: 'CheckInterrupted',
      check,
      attempt,
      reason: 'the daemon was stopped',
    });
    const before = [1, 2, 3].flatMap((attempt) => [started(attempt), interrupted(attempt)]);
    const end: CheckCommand = { command: 'InterruptCheck', check, attempt: 4, reason: 'the daemon was stopped' };
    assert.equal(outcome(end, requested, ...before, started(4)), 'CheckInterrupted');
    assert.equal(outcome(end, requested, ...before), 'stale-attempt');
    const give: CheckCommand = { command: 'GiveBackCheck', check, attempt: 4, reason: 'restart' };
    assert.equal(outcome(give, requested, ...before, started(4)), 'CheckGivenBack');
  });

  it('of a package with very many findings says how many are only in the report', () => {
    const findings = Array.from({ length: 400 }, (_, n) => ({
      severity: 'error' as const,
      tag: `t${n}`.padEnd(120, 'x'),
      about: 'p'.repeat(128),
      times: 2,
    }));
    const decision = decide(finish({ toolVersion: '2.116.3', findings, report: null, log }), requested, started());
    assert.ok(!isLeft(decision));
    const [event] = decision.right;
    assert.ok(event?.type === 'CheckFailed');
    assert.deepEqual([event.counts.error, event.findings.length, event.more], [800, 150, 250]);
    assert.ok(JSON.stringify(event).length < 64_000);
  });
});
