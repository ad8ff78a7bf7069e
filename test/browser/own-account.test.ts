import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { passwordOf } from '../support/accounts-at-work.ts';
import { asks } from '../support/asks.ts';
import { publicKey } from '../support/fake-keyring.ts';
import { noSeriousFault } from './support/accessible.ts';
import { people } from './support/believable-instance.ts';
import { type TestBed, testBed } from './support/browser.ts';

const fingerprint = 'E1'.repeat(20) as Fingerprint;

describe("The page of one's own account in a browser", () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  /** What they do elsewhere: at a terminal, in another browser. */
  const elsewhere = async (command: string, given: Readonly<Record<string, string>>): Promise<void> => {
    const caller = await bed.daemon.engine.access.byPassword(people.user, passwordOf(people.user), '192.0.2.1');
    assert.ok(!isLeft(caller));
    const answer = await bed.daemon.engine.api.run(command, given, caller.right);
    assert.ok(!isLeft(answer), JSON.stringify(answer));
  };

  it('says live how it stands with the key, and leaves alone what is typed', async () => {
    const window = await bed.window({ who: 'user' });
    const { page } = window;
    await window.open('/mini_buildd/account');
    await page.getByText('Live', { exact: true }).waitFor();
    const state = page.locator('#own-key');
    const uploader = { login: people.user, repository: 'acme', fingerprint };
    assert.match((await state.textContent()) ?? '', /handed in none yet/);
    await page.fill('#key-text', 'begun to type');
    await elsewhere('setuserkey', { key: publicKey(fingerprint) });
    await state.getByText('waits for approval').waitFor();
    await state.getByText(fingerprint).waitFor();
    assert.equal((await asks(bed.daemon, 'uploader', { action: 'approve', ...uploader })).refused, undefined);
    await state.getByText(/may upload to/).waitFor();
    assert.equal(await state.getByText('waits for approval').count(), 0);
    await state.getByRole('link', { name: 'acme' }).waitFor();
    assert.equal((await asks(bed.daemon, 'uploader', { action: 'revoke', ...uploader })).refused, undefined);
    await state.getByText('waits for approval').waitFor();
    assert.equal(await page.inputValue('#key-text'), 'begun to type');
    assert.ok(await page.locator('#key-text').evaluate((field) => field === document.activeElement));
    await noSeriousFault(page);
    window.isQuiet();
    await window.close();
  });

  it('says live which tokens there are, and what mails are sent', async () => {
    const window = await bed.window({ who: 'user' });
    const { page } = window;
    await window.open('/mini_buildd/account');
    await page.getByText('Live', { exact: true }).waitFor();
    assert.equal(await page.locator('#own-tokens tbody tr').count(), 0);
    await elsewhere('token', { action: 'issue', scope: 'login', days: '3' });
    await page.locator('#own-tokens tbody tr').waitFor();
    await elsewhere('subscription', { action: 'add', subscription: 'hello:' });
    await page.locator('#mails').getByText('You subscribed to one thing.').waitFor();
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByText('is revoked').waitFor();
    window.isQuiet();
    await window.close();
  });

  it('ends with the session', async () => {
    const window = await bed.window({ who: 'user' });
    const { page } = window;
    await window.open('/mini_buildd/account');
    await page.getByText('Live', { exact: true }).waitFor();
    const [cookie] = await page.context().cookies();
    const told = await page.request.get('/mini_buildd/account/live', { headers: { cookie: '' } });
    assert.equal(told.status(), 401);
    await bed.on.people.closeSession(cookie?.value ?? '');
    await elsewhere('subscription', { action: 'add', subscription: 'rocket:' });
    await page.getByText(/^Not live just now/).waitFor();
    assert.equal(await page.locator('#mails').getByText('2 things').count(), 0);
    await window.close();
  });
});
