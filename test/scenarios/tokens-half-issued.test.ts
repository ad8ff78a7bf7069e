import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { memoryStore, openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import { accountReader } from '../../src/app/tell.ts';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { TokenId } from '../../src/domain/account/events.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { because, personOf } from '../support/accounts-at-work.ts';
import { configured } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';

/** A daemon with the account `stan`, whose log breaks with an append of whatever `breaks` says; before or after it is written. */
const withStan = async (test: TestContext) => {
  const store = memoryStore();
  let breaks: 'no' | 'before' | 'after' = 'no';
  const openLog = async (now: () => number) => async (): Promise<EventLog> => {
    const log = openMemoryLog(store, now);
    const append: EventLog['append'] = async (stream, expected, events) => {
      const isToken = events.some(({ body }) => body.type === 'TokenIssued');
      if (isToken && breaks === 'before') throw new Error('the log broke before it wrote');
      const said = await log.append(stream, expected, events);
      if (isToken && breaks === 'after') throw new Error('the log broke after it wrote');
      return said;
    };
    return { ...log, append };
  };
  const on = await machine(test, [...configured, { type: 'EngineStarted' }], undefined, openLog);
  const daemon = await boot(on);
  const read = accountReader(openMemoryLog(store, on.clock.now));
  const added = await addAccount(personOf('stan', 'staff'), on.people, read, daemon.engine.tell, because);
  assert.ok(!isLeft(added));
  const [account] = [...daemon.world.accounts.keys()].slice(-1);
  assert.ok(account !== undefined);
  const stan: Caller = { actor: { kind: 'account', name: account }, privilege: 'staff', shown: 'session' };
  const issue = (given: Readonly<Record<string, string>> = {}) =>
    daemon.engine.api.run('token', { action: 'issue', scope: 'login', ...given }, stan);
  return {
    ...{ on, daemon, account, issue },
    breakDown: (when: typeof breaks) => {
      breaks = when;
    },
  };
};

describe('A token that is issued while the log breaks', () => {
  for (const when of ['before', 'after'] as const)
    it(`leaves no secret behind, broken ${when} it was told`, async (test) => {
      const { on, daemon, issue, breakDown } = await withStan(test);
      const planned = await issue({ 'dry-run': 'true' });
      assert.ok(!isLeft(planned));
      breakDown(when);
      await assert.rejects(issue(), /the log broke/);
      assert.deepEqual(await on.people.tokens(), []);
      breakDown('no');
      assert.ok(!isLeft(await issue()));
      assert.equal((await on.people.tokens()).length, 1);
      await daemon.kill();
    });

  it('leaves none behind where the power failed in between, and takes none from who holds one', async (test) => {
    const { on, daemon, account, issue } = await withStan(test);
    const issued = await issue();
    assert.ok(!isLeft(issued));
    const { token, secret } = issued.right.json as { readonly token: string; readonly secret: string };
    const untold = await on.people.addToken(account, 'ab'.repeat(8) as TokenId);
    await daemon.kill();
    const again = await boot(on);
    assert.deepEqual(await on.people.tokens(), [token]);
    assert.equal(await on.people.byToken(untold), undefined);
    assert.equal((await on.people.byToken(secret))?.token, token);
    await again.kill();
  });
});
