import { describe, it } from 'node:test';
import { everyStep, lossAt } from '../support/power-failures.ts';

describe('A standby, when its power fails after any step', () => {
  it('has what it said that it has', (test) => everyStep(test, (n) => ({ two: { n, loss: lossAt(n) } })));
  it('has it also of what was lost in the other half of cases', (test) =>
    everyStep(test, (n) => ({ two: { n, loss: lossAt(n + 1) } })));
  it('has it also when that of the archive fails at once', (test) =>
    everyStep(test, (n) => ({ one: { n, loss: lossAt(n + 1) }, together: true })));
});
