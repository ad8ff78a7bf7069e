import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atWork, basic, bearer } from '../support/accounts-at-work.ts';

describe('Events that are followed by name and password', () => {
  it('go on where a stranger tries passwords for that login', { timeout: 20_000 }, async (test) => {
    const { url, run } = await atWork(test);
    const { body: issued } = await run('token', { action: 'issue', scope: 'admin' }, basic('adam'));
    let ahead = 0;
    const now = performance.now.bind(performance);
    test.mock.method(performance, 'now', () => now() + ahead);
    const followed = await fetch(`${url}/mini_buildd/events?after=`, {
      headers: { ...basic('stan'), accept: 'text/event-stream' },
    });
    const reader = followed.body?.getReader() ?? assert.fail('no stream');
    const words = new TextDecoder();
    let text = '';
    const until = async (said: string): Promise<void> => {
      while (!text.includes(said))
        text += words.decode((await reader.read()).value ?? assert.fail(`it ended: ${text}`));
    };
    await until('"TokenIssued"');
    while ((await run('whoami', {}, basic('stan', 'a guess'))).status !== 429);
    ahead = 61_000;
    await run('user', { action: 'disable', login: 'oscar' }, bearer(issued.secret));
    await until('"AccountDisabled"');
    // It was looked at, and is again a minute later; what the account may do counts all the time.
    await run('user', { action: 'disable', login: 'stan' }, bearer(issued.secret));
    assert.equal((await reader.read()).done, true);
  });
});
