import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { deed, imagined, life, lifeConfigured } from '../support/repository-life.ts';

describe('A repository', () => {
  it('holds what its model says, whatever is done to it in whatever order', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 40 }), async (deeds) => {
        const daemon = await boot(await machine(test, lifeConfigured));
        const { lead } = life(daemon, imagined);
        for (const [at, each] of deeds.entries()) await lead(each, at + 1);
        await daemon.kill();
      }),
      { seed, numRuns: 25, interruptAfterTimeLimit: 20_000 },
    );
  });
});
