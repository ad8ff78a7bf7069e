import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { noSeriousFault, noSidewaysScrolling } from '../browser/support/accessible.ts';
import { debiansChromium, windowOf } from '../browser/support/browser.ts';
import { identityProvider } from '../support/identity-provider.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';

/* Debian's Chromium, an identity provider and the daemon, each at a port of its own, as cookies and policies see them. */

describe('signing on elsewhere in a browser', () => {
  let folder: string;
  let daemon: QuickDaemon;
  let browser: Browser;
  let provider: Awaited<ReturnType<typeof identityProvider>>;
  const ended: (() => unknown)[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-signing-on-'));
    provider = await identityProvider({ after: (end: unknown) => void ended.push(end as () => unknown) } as never);
    await writeFile(join(folder, 'secret'), provider.secret, { mode: 0o600 });
    const { issuer, client } = provider;
    const roles = { developers: 'user', 'release team': 'staff', root: 'admin' };
    const file = join(folder, 'oidc.yaml');
    await writeFile(file, JSON.stringify({ issuer, client, secret: 'secret', name: 'Sesame', roles }));
    daemon = await quickDaemon(Date.now, { MINI_BUILDD_OIDC: file });
    browser = await debiansChromium();
  });
  after(async () => {
    await browser?.close();
    await daemon?.remove();
    for (const end of ended) await end();
    await removeFolder(folder);
  });

  const roleIn = async (page: Awaited<ReturnType<typeof windowOf>>['page']): Promise<string> => {
    await page.goto('/mini_buildd/account');
    return (await page.locator('#who dt:text-is("Role") + dd').textContent()) ?? '';
  };

  for (const scripts of [true, false])
    it(`leads there and back, ${scripts ? 'with' : 'without'} scripts, with the role of the groups each time, and out of both`, async () => {
      Object.assign(provider.state.claims, { sub: `grover-${scripts}`, preferred_username: `grover-${scripts}` });
      provider.state.claims.groups = ['release team'];
      const { page, close } = await windowOf(browser, daemon, { scripts });
      const login = `grover-${scripts}`;
      await page.goto('/mini_buildd/login?next=/mini_buildd/packages');
      await page.getByRole('link', { name: 'Log in with Sesame' }).click();
      await page.waitForURL(({ pathname }) => pathname === '/mini_buildd/packages');
      assert.equal(await roleIn(page), 'staff');
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), login);
      if (scripts) await noSeriousFault(page);

      await page.getByRole('button', { name: 'Log out here and there' }).click();
      await page.getByText('Logged out at Sesame.').waitFor();
      assert.equal(new URL(page.url()).origin, provider.issuer);
      await page.getByRole('link', { name: 'Back' }).click();
      await page.waitForURL(`${daemon.url}/mini_buildd/`);
      await page.goto('/mini_buildd/account');
      await page.getByRole('heading', { name: 'Log in' }).waitFor();

      provider.state.claims.groups = ['developers'];
      await page.getByRole('link', { name: 'Log in with Sesame' }).click();
      await page.waitForURL(({ pathname }) => pathname === '/mini_buildd/account');
      assert.equal(await roleIn(page), 'user');

      provider.state.claims.groups = [];
      await page.getByRole('button', { name: 'Log out', exact: true }).click();
      await page.goto('/mini_buildd/login');
      await page.getByRole('link', { name: 'Log in with Sesame' }).click();
      await page.getByText('so your account is disabled').waitFor();
      await close();
    });

  it('makes an account of before theirs, when its owner says so on a page of ours', async () => {
    Object.assign(provider.state.claims, { sub: 'adam there', preferred_username: 'a.smith', groups: ['root'] });
    const { page, close } = await windowOf(browser, daemon, { phone: true });
    await page.goto('/mini_buildd/login?next=/mini_buildd/account');
    await page.getByLabel('Login').fill('adam');
    await page.getByLabel('Password').fill('the password of adam');
    await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
    await page.getByLabel('Your password here').fill('the password of adam');
    await page.getByRole('button', { name: 'Sign on there, too' }).click();
    await page.getByRole('heading', { name: 'You are a.smith at Sesame' }).waitFor();
    await noSeriousFault(page);
    await noSidewaysScrolling(page);
    await page.getByRole('button', { name: 'That is me' }).click();
    await page.getByText('is let in here as you').waitFor();
    await noSeriousFault(page);
    await noSidewaysScrolling(page);

    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.goto('/mini_buildd/login?next=/mini_buildd/account');
    await page.getByRole('link', { name: 'Log in with Sesame' }).click();
    await page.waitForURL(({ pathname }) => pathname === '/mini_buildd/account');
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'adam');
    assert.equal(await roleIn(page), 'admin');
    await close();
  });

  it('says on the page to log in why nobody was let in', async () => {
    const { page, close } = await windowOf(browser, daemon, {});
    for (const lie of ['a token of another key', 'another nonce', 'no token but a redirect elsewhere'] as const) {
      provider.state.lie = lie;
      await page.goto('/mini_buildd/login');
      await page.getByRole('link', { name: 'Log in with Sesame' }).click();
      await page.getByRole('alert').getByText('what Sesame answered is not believed').waitFor();
      await page.goto('/mini_buildd/account');
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
    }
    provider.state.lie = undefined;
    await close();
  });
});
