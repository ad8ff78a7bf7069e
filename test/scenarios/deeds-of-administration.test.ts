import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { basic } from '../support/accounts-at-work.ts';
import { browserOf, unescaped } from '../support/administrator-in-browser.ts';
import { archiveFingerprint as fingerprint } from '../support/fixed-examples.ts';

describe('Pages of administration', () => {
  it('lead to what is done with an object beside declaring it, and to its form as filled in', async (test) => {
    const { see, run } = await browserOf(test);
    const follows = async (path: string, says: string): Promise<string> => {
      const page = unescaped((await see(path)).page);
      const [, to] = new RegExp(`href="/mini_buildd/commands/([^"]*)">${says}`).exec(page) ?? [];
      assert.ok(to !== undefined, `${says} on ${path}`);
      const form = await see(`/../commands/${to}`);
      assert.equal(form.status, 200, to);
      return unescaped(form.page);
    };
    const refresh = await follows('/chroots/trixie-amd64', 'Make it anew');
    assert.match(refresh, /value="trixie-amd64"/);
    assert.match(refresh, /<option[^>]* selected[^>]*>refresh/);
    assert.match(await follows('/sources/debian-trixie', 'Look at all sources now'), /name="force-check"[^>]* checked/);
    await follows('/instance/instance', 'A new key beside them');
    assert.doesNotMatch((await see('/instance/instance')).page, />Retire/, 'there is no newer key');
    assert.equal((await run('archivekey', { action: 'new', confirm: 'archivekey' }, basic('adam'))).status, 200);
    assert.match(await follows('/instance/instance', 'Retire'), new RegExp(`value="${fingerprint}"`));
  });

  it('stop the engine and start it, as it stands', async (test) => {
    const { see, run, daemon } = await browserOf(test);
    assert.match((await see('/instance/instance')).page, /commands\/stop">Stop the engine/);
    assert.equal((await run('stop', {}, basic('adam'))).status, 200);
    await daemon.until(({ engine }) => engine === 'stopped');
    const { page } = await see('/instance/instance');
    assert.match(page, /commands\/start">Start the engine/);
    assert.doesNotMatch(page, /Stop the engine/);
  });

  it('show the keys of the archive with how long each lasts', async (test) => {
    const { see } = await browserOf(test);
    assert.match((await see('/instance/instance')).page, new RegExp(`${fingerprint}.*signing.*never by itself`, 's'));
  });
});
