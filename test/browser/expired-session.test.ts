import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { passwordOf } from '../support/accounts-at-work.ts';
import { people } from './support/believable-instance.ts';
import { type TestBed, testBed } from './support/browser.ts';

/** A form in whose middle a session ends: where it stands, what sends it, and what is typed into which of its fields. */
type LongForm = { readonly path: string; readonly button: string; readonly typed: Readonly<Record<string, string>> };

const forms: Readonly<Record<string, LongForm>> = {
  'an object': {
    path: '/mini_buildd/administration/repositories/lab/edit',
    button: 'Show what that changes',
    typed: { externalHomeUrl: 'https://example.org/typed?a=1&b=é', validForDays: '5' },
  },
  'the whole configuration': {
    path: '/mini_buildd/administration/configuration',
    button: 'Show what that changes',
    typed: { text: `# typed & kept\n${'# a long line of it\n'.repeat(500)}repositories: { lab: { validForDays: 3 } }` },
  },
  'a command with a key': {
    path: '/mini_buildd/commands/setuserkey',
    button: 'Look at what it would do',
    typed: { key: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nno key at all, and kept\n' },
  },
};

for (const scripts of [true, false])
  describe(`A session that ends in the middle of a form, ${scripts ? 'with' : 'without'} scripts,`, () => {
    let bed: TestBed;
    before(async () => {
      bed = await testBed();
    });
    after(() => bed.close());

    for (const [what, { path, button, typed }] of Object.entries(forms))
      it(`loses nothing of ${what}, and leads back to its own address`, async () => {
        const window = await bed.window({ who: 'administrator', scripts });
        const { page } = window;
        await window.open(path);
        await page.context().clearCookies();
        for (const [field, text] of Object.entries(typed)) await page.fill(`#${field}`, text);
        await page.getByRole('button', { name: button }).click();
        await page.getByRole('heading', { name: 'Log in', level: 1 }).waitFor();
        const events = bed.on.store.events.filter(({ actor }) => actor.kind === 'account').length;
        await page.fill('#login', people.administrator);
        await page.fill('#password', passwordOf(people.administrator));
        await page.getByRole('button', { name: 'Log in' }).click();
        const holds = async () => {
          for (const [field, text] of Object.entries(typed)) {
            await page.waitForSelector(`#${field}`);
            assert.equal((await page.inputValue(`#${field}`)).trim(), text.trim());
          }
          assert.equal(new URL(page.url()).pathname, path);
        };
        await page.waitForURL(`**${path}`);
        await holds();
        await page.reload();
        await holds();
        await page.getByRole('button', { name: button }).click();
        await page.waitForLoadState();
        assert.equal(new URL(page.url()).pathname, path);
        assert.equal(bed.on.store.events.filter(({ actor }) => actor.kind === 'account').length, events);
        window.isQuiet();
        await window.close();
      });

    it('brings back a form that was sent with a fault in it, when it is loaded again', async () => {
      const window = await bed.window({ who: 'administrator', scripts });
      const { page } = window;
      const { path, button } = forms['a command with a key'] ?? assert.fail();
      await window.open(path);
      const wrong = `no key at all\n${'and a long text of it\n'.repeat(200)}`;
      await page.fill('#key', wrong);
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('alert').first().waitFor();
      await page.reload();
      assert.equal((await page.inputValue('#key')).trim(), wrong.trim());
      window.isQuiet();
      await window.close();
    });
  });
