import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, it } from 'node:test';
import { type GnupgHome, gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { type AtABrowser, atABrowser } from './support/at-a-browser.ts';
import { type Instance, startInstance } from './support/instance.ts';
import { run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';
import { throwAwayMachine } from './support/throw-away-machine.ts';

/*
 * One address is opened, the one that `ops/start` prints; from there on everything is read and clicked. On the host is done only what
 * nobody can do in a browser: the instance and its first administrator, the package, and what is pasted where a page says so.
 */

let instance: Instance;
let home: GnupgHome;
let at: AtABrowser;

/** A chroot is made of packages from a mirror. Milliseconds. */
const preparing = 420_000;
const building = 240_000;

before(async () => {
  home = gnupgHome();
  instance = await startInstance({}, ['setup', '--bare', '--id', 'hour']);
  at = await atABrowser(`http://${instance.http}`);
});
after(async () => {
  await at.close();
  await instance.remove();
  home.close();
});

it('leads an administrator in a browser from a fresh instance to a package that apt installs', async () => {
  const { page, clicks, types, sees, copies } = at;
  const [banner, places] = [page.getByRole('banner'), page.getByRole('navigation', { name: 'Main' })];
  await page.goto(`http://${instance.http}/mini_buildd/`);

  // The home page says what is missing, and how the first administrator gets in.
  await sees('mini-buildd user add LOGIN --role admin');
  await instance.stop();
  const added = await instance.verb(['user', 'add', 'adam', '--role', 'admin']);
  await instance.start();
  await page.reload();

  // Wizard: what it is for, what that declares.
  await clicks('link', 'Administration', places);
  await types('Login', 'adam');
  await types('Password', /password (\S+)/.exec(added.out)?.[1] ?? '');
  await clicks('button', 'Log in');
  await clicks('link', 'Set one up');
  await types(/^Repository/, 'first');
  await clicks('button', 'Look at what that declares');
  await page
    .locator('#difference ins')
    .filter({ hasText: /\+ +first:/ })
    .first()
    .waitFor();
  await clicks('button', 'Apply this');

  // The chroot comes to be while one looks: no page is loaded again.
  await page.locator('#chroots .printed samp:not(:empty)').waitFor({ timeout: preparing });
  await sees('Everything is there', page.locator('#whole'), preparing);
  const target = (await page.locator('#whole b').textContent()) ?? '';
  assert.match(target, /^[a-z]+-first-unstable$/);
  const [codename = ''] = target.split('-');

  // A key of one's own, and what dput is to be told.
  const key = home.makeKey('adam', 'rsa3072', [], '1y');
  await types(/^Your own public key/, home.gpg(['--armor', '--export', key]));
  await clicks('button', 'Look at what lets me upload with it');
  await clicks('button', 'Do it');
  await sees('uploads are taken from 1 person');
  const configuration = join(instance.folder, 'dput.cf');
  await writeFile(configuration, await copies(page.locator('#dput')));

  // The page of the distribution says what versions have to end in.
  const distribution = async (suite: string): Promise<void> => {
    await clicks('link', 'Home', places);
    await clicks('link', 'first', page.locator('#repositories'));
    await clicks('link', new RegExp(`^${suite} `));
    await page.getByRole('heading', { level: 1, name: `${codename}-first-${suite}` }).waitFor();
  };
  await distribution('unstable');
  await page.getByText('Versions, and what builds use').click();
  const version = `1.0${await page.locator('#version-suffix').textContent()}`;
  const changes = await makeSource(instance.folder, { name: 'first-hour', version, distribution: target });
  await run('debsign', ['--no-conf', `-k${key}`, changes], { cwd: dirname(changes), env: { GNUPGHOME: home.folder } });
  await run('dput', ['--unchecked', '--config', configuration, 'mini-buildd-hour', changes]);

  // The build, from the home page, as it goes on.
  await clicks('link', 'Home', places);
  const uploaded = page.locator('#packages').getByRole('row').filter({ hasText: 'first-hour' });
  await uploaded
    .getByRole('link', { name: /^[a-z0-9]+ (?:needs-build|building|built)$/ })
    .first()
    .click({ timeout: building });
  await page.getByRole('heading', { level: 1, name: /^first-hour / }).waitFor();
  await sees('Status: successful', page.locator('.log'), building);

  // To stable, one step after the other, each with what it would do before it is done.
  for (const suite of ['testing', 'stable']) {
    await page.getByRole('searchbox', { name: 'Source package' }).fill('first-hour');
    await clicks('button', 'Find', banner);
    if (!page.url().endsWith('/first-hour')) await clicks('link', 'first-hour');
    await button(`→ ${suite}`);
    await sees('What it would do');
    await sees(`${codename}-first-${suite}`);
    await clicks('button', 'Do it');
    await sees('first: published');
  }

  // What the page says to copy, copied to another machine.
  await distribution('stable');
  const sources = await copies(page.locator('pre').filter({ hasText: 'Types: deb' }).first());
  await clicks('link', 'archive key');
  const archiveKey = (await page.locator('pre').textContent()) ?? '';
  const machine = await throwAwayMachine(instance, {
    [/^Signed-By: (\S+)$/m.exec(sources)?.[1] ?? '']: archiveKey,
    '/etc/apt/sources.list.d/first.sources': sources,
  });
  const said = await machine(['apt-get -q update', 'apt-get -qy install first-hour', 'dpkg -s first-hour']);
  assert.match(said, /^Status: install ok installed$/m);
  assert.match(said, new RegExp(`^Version: ${version.replace(/[.+]/g, '\\$&')}$`, 'm'));
});

/** The page of a package is looked at again until its button is there, as somebody does who waits for the end of an installation. */
const button = async (name: string): Promise<void> => {
  const { page, clicks } = at;
  for (const end = Date.now() + building; Date.now() < end; await page.reload()) {
    if ((await page.getByRole('button', { name }).count()) > 0) return clicks('button', name);
    await page.waitForTimeout(1000);
  }
  assert.fail(`there never was a button "${name}"`);
};
