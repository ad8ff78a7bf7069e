import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutRivals } from '../../src/projections/rivals.ts';
import { imagined } from '../support/repository-life.ts';

const packagesOf = (holds: Awaited<ReturnType<typeof imagined>>[]) =>
  withoutRivals(holds).map(({ source, binaries }) => [source, ...binaries.map((binary) => binary.package)]);

describe('A binary package that passed from one source to another', () => {
  it('is of the higher version in a rollback that holds both', async () => {
    const [gamma, beta, alpha] = [await imagined('gamma', 12), await imagined('beta', 15), await imagined('alpha', 3)];
    const wanted = { gamma: ['gamma'], beta: ['beta', 'common'], alpha: ['alpha'] };
    for (const holds of [
      [gamma, beta, alpha],
      [alpha, beta, gamma],
      [beta, alpha, gamma],
    ])
      assert.deepEqual(
        packagesOf(holds),
        holds.map(({ source }) => [source, ...wanted[source as string as keyof typeof wanted]]),
      );
  });
  it('leaves a rollback without rivals as it is', async () => {
    const holds = [await imagined('gamma', 12), await imagined('beta', 14)];
    assert.equal(withoutRivals(holds), holds);
  });
  it('leaves the same of a version every time', async () => {
    const holds = [await imagined('gamma', 12), await imagined('beta', 15)];
    assert.equal(withoutRivals(holds)[0], withoutRivals([...holds])[0]);
  });
});
