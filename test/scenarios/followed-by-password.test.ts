import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AccountId } from '../../src/domain/account/events.ts';
import type { LoginName, Password } from '../../src/domain/account/person.ts';
import { atWork, basic, bearer, passwordOf } from '../support/accounts-at-work.ts';

type AtWork = Awaited<ReturnType<typeof atWork>>;

/** What `stan` hears at `path` by his password, and an administrator's token: no password is looked at any more behind the guesses. */
const following = async (test: TestContext, path: string) => {
  const daemon = await atWork(test);
  const { url, run } = daemon;
  const { body: issued } = await run('token', { action: 'issue', scope: 'admin' }, basic('adam'));
  const followed = await fetch(`${url}${path}`, { headers: { ...basic('stan'), accept: 'text/event-stream' } });
  assert.equal(followed.status, 200);
  const reader = followed.body?.getReader() ?? assert.fail('no stream');
  const words = new TextDecoder();
  let text = '';
  const until = async (said: RegExp): Promise<void> => {
    while (!said.test(text)) text += words.decode((await reader.read()).value ?? assert.fail(`it ended: ${text}`));
    text = '';
  };
  const ended = async (): Promise<string> => {
    for (let rest = text; ; ) {
      const { done, value } = await reader.read();
      if (done) return rest;
      rest += words.decode(value);
    }
  };
  return { ...daemon, until, ended, admin: bearer(issued.secret) };
};

const guessed = async ({ run }: AtWork): Promise<void> => {
  while ((await run('whoami', {}, basic('stan', 'a guess'))).status !== 429);
};

const stanOf = async ({ on }: AtWork): Promise<AccountId> =>
  (await on.people.byLogin('stan' as LoginName))?.account ?? assert.fail('no stan');

describe('What is followed by name and password', () => {
  it('goes on where a stranger tries passwords for that login', { timeout: 120_000 }, async (test) => {
    const daemon = await following(test, '/mini_buildd/events?after=');
    await daemon.until(/"TokenIssued"/);
    await guessed(daemon);
    await daemon.run('user', { action: 'disable', login: 'oscar' }, daemon.admin);
    await daemon.until(/"AccountDisabled"/);
    // What the account may do counts all the time.
    await daemon.run('user', { action: 'disable', login: 'stan' }, daemon.admin);
    assert.equal(await daemon.ended(), '');
  });

  for (const [which, next] of [
    ['another one', 'quite another password'],
    ['set anew, to the same', passwordOf('stan')],
  ] as const)
    it(`ends with its password where that is ${which}, while strangers guess`, { timeout: 120_000 }, async (test) => {
      const daemon = await following(test, '/mini_buildd/events?after=');
      await daemon.until(/"TokenIssued"/);
      await guessed(daemon);
      await daemon.on.people.setPassword(await stanOf(daemon), next as Password);
      await daemon.run('user', { action: 'disable', login: 'oscar' }, daemon.admin);
      assert.equal(await daemon.ended(), '');
    });

  it('ends as a live page, too, while strangers guess', { timeout: 120_000 }, async (test) => {
    const daemon = await following(test, '/mini_buildd/live');
    await daemon.until(/data:/);
    await guessed(daemon);
    await daemon.on.people.setPassword(await stanOf(daemon), 'quite another password' as Password);
    await daemon.run('engine', { action: 'stop' }, daemon.admin);
    await daemon.ended();
  });
});
