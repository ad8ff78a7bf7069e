import { describe, it } from 'node:test';
import { everyStep, lossAt } from '../support/power-failures.ts';

describe('An archive with a standby, when its power fails after any step', () => {
  it('loses nothing that was acknowledged', (test) => everyStep(test, (n) => ({ one: { n, loss: lossAt(n) } })));
  it('writes and publishes nothing more when it was only stopped, and wakes up after the other took over', (test) =>
    everyStep(test, (n) => ({ one: { n, loss: 'whole', freezes: true } })));
});
