import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { doseInstallability } from '../../../src/adapters/dose/dose-installability.ts';
import { runBounded } from '../../../src/adapters/dose/run-bounded.ts';
import { amd64 } from '../../support/fixed-examples.ts';

const question = {
  architecture: amd64,
  packages: Buffer.from('Package: a\nVersion: 1\nArchitecture: amd64\n\n'),
  beside: [],
};

describe('A program that is asked', () => {
  it('is ended when it takes too long', async () => {
    const { code } = await runBounded('sleep', ['60'], { milliseconds: 50, bytes: 100 });
    assert.equal(code, null);
  });
  it('is ended when it says too much', async () => {
    const { code, stdout } = await runBounded('yes', [], { milliseconds: 20_000, bytes: 100_000 });
    assert.equal(code, null);
    assert.ok(stdout.length <= 100_000);
  });
  it('that is not there leaves the answer unknown, with a remedy', async () => {
    const answer = await doseInstallability((_, args, bounds) =>
      runBounded('/nonexistent/program', args, bounds),
    ).examine(question);
    assert.match(JSON.stringify(answer), /unknown.*dose-distcheck/);
  });
  it('and is not there is not waited for', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    await runBounded('/nonexistent/program', [], { milliseconds: 60_000, bytes: 100 });
    assert.equal(timers(), before);
  });
});
