import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { Installability } from '../../src/ports/installability.ts';
import { distribution, hello, hello3, source, unstable, version } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { installedBefore } from '../support/installed.ts';

const staff: Caller = { actor: { kind: 'account', name: '5f0c2a9be1d47836' }, privilege: 'staff', shown: 'session' };
const asked = { package: 'hello', distribution: unstable, installability: 'warn' };
const testing = distribution('trixie-acme-testing');

describe('A plan that takes long to be looked at', () => {
  it('is carried out also where something is said each time before the look is over, and is looked at once for that', async (test) => {
    const on = await machine(test);
    await installedBefore(on, hello, hello3, unstable);
    await installedBefore(on, source('greet'), version('1.0-1~acme13+1'), unstable);
    let looks = 0;
    let isBusy = false;
    const examine: Installability['examine'] = async (...given) => {
      looks += 1;
      const { api } = daemon.engine;
      // Nothing that the plan depends on: and yet it is there before anybody is done with looking.
      if (isBusy) for (const command of ['stop', 'start']) await api.run(command, {}, { ...staff, privilege: 'admin' });
      return on.installability.examine(...given);
    };
    const daemon = await boot({ ...on, installability: { ...on.installability, examine } });
    const { api } = daemon.engine;
    const planned = await api.run('migrate', { ...asked, 'dry-run': 'true' }, staff);
    assert.ok(!isLeft(planned));
    const once = looks;
    assert.ok(once > 0);
    isBusy = true;
    const done = await api.run('migrate', asked, staff, planned.right.sum);
    assert.ok(!isLeft(done), JSON.stringify(done));
    assert.ok(daemon.world.contents.shelves.get(testing)?.slots.get(hello)?.present !== undefined);
    assert.equal(looks, 2 * once);
    await daemon.kill();
  });

  it('is looked at again where what it depends on has become another thing', async (test) => {
    const on = await machine(test);
    await installedBefore(on, hello, hello3, unstable);
    await installedBefore(on, source('greet'), version('1.0-1~acme13+1'), unstable);
    let looks = 0;
    let meanwhile: (() => Promise<unknown>) | undefined;
    const examine: Installability['examine'] = async (...given) => {
      looks += 1;
      const now = meanwhile;
      meanwhile = undefined;
      await now?.();
      return on.installability.examine(...given);
    };
    const daemon = await boot({ ...on, installability: { ...on.installability, examine } });
    const { api } = daemon.engine;
    const planned = await api.run('migrate', { ...asked, 'dry-run': 'true' }, staff);
    assert.ok(!isLeft(planned));
    const once = looks;
    meanwhile = async () => {
      await api.run('migrate', { package: 'greet', distribution: unstable }, staff);
      await daemon.rests();
    };
    const done = await api.run('migrate', asked, staff, planned.right.sum);
    assert.ok(!isLeft(done), JSON.stringify(done));
    assert.ok(looks > 2 * once, `${looks} looks`);
    await daemon.kill();
  });
});
