import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type GnupgHome, gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { type Instance, startInstance } from './support/instance.ts';
import { run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';
import { throwAwayMachine } from './support/throw-away-machine.ts';

/* On the host only what nobody can do in a browser: the instance and its first administrator. Everything else is read and clicked. */

let instance: Instance;
let browser: Browser;
let page: Page;
let home: GnupgHome;

/** A chroot is made of packages from a mirror. Milliseconds. */
const preparing = 420_000;
const building = 240_000;

before(async () => {
  home = gnupgHome();
  instance = await startInstance({}, ['setup', '--bare', '--id', 'hour']);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  page = await (await browser.newContext({ baseURL: `http://${instance.http}` })).newPage();
});
after(async () => {
  await browser.close();
  await instance.remove();
  home.close();
});

it('leads an administrator in a browser from a fresh instance to a package that apt installs', async () => {
  // The home page says what is missing, and how the first administrator gets in.
  await page.goto('/');
  await page.waitForSelector('text=mini-buildd user add LOGIN --role admin');
  await instance.stop();
  const added = await instance.verb(['user', 'add', 'adam', '--role', 'admin']);
  await instance.start();

  // Wizard: what it is for, what that declares.
  await page.goto('/mini_buildd/administration/welcome');
  await page.fill('#login', 'adam');
  await page.fill('#password', /password (\S+)/.exec(added.out)?.[1] ?? '');
  await page.click('main button');
  await page.fill('#repository', 'first');
  await page.click('button:has-text("Look at what that declares")');
  await page.waitForSelector('#difference ins:has-text("+  first:")');
  await page.click('button:has-text("Apply this")');

  // The chroot comes to be while one looks: no page is loaded again.
  await page.waitForSelector('#chroots .tail:not(:empty)', { timeout: preparing });
  await page.waitForSelector('#whole:has-text("Everything is there")', { timeout: preparing });
  const target = (await page.textContent('#whole b')) ?? '';
  assert.match(target, /^[a-z]+-first-unstable$/);

  // A key of one's own, and what dput is to be told.
  const key = home.makeKey('adam', 'rsa3072', [], '1y');
  await page.fill('#own-key', home.gpg(['--armor', '--export', key]));
  await page.click('button:has-text("lets me upload with it")');
  await page.click('button:has-text("Do it")');
  await page.waitForSelector('text=uploads are taken from 1 person');
  const configuration = join(instance.folder, 'dput.cf');
  await writeFile(configuration, (await page.textContent('#dput')) ?? '');
  const [codename = ''] = target.split('-');
  const version = `1.0${await versionSuffix(page, codename)}`;
  const changes = await makeSource(instance.folder, { name: 'first-hour', version, distribution: target });
  await run('debsign', ['--no-conf', `-k${key}`, changes], { cwd: dirname(changes), env: { GNUPGHOME: home.folder } });
  await run('dput', ['--unchecked', '--config', configuration, 'mini-buildd-hour', changes]);

  // The build, from the home page, as it goes on.
  await page.goto('/');
  await page.click('#packages a[href^="/mini_buildd/builds/"]', { timeout: building });
  await page.waitForSelector('.log:has-text("Status: successful")', { timeout: building });

  // To stable, one step after the other, each with what it would do before it is done.
  for (const suite of ['testing', 'stable']) {
    const from = suite === 'testing' ? 'unstable' : 'testing';
    await waitForPublication(`${codename}-first-${from}`, version);
    await page.goto(`/mini_buildd/commands/migrate?package=first-hour&distribution=${codename}-first-${from}`);
    await page.click('text=Look at what it would do');
    await page.waitForSelector(`text=${codename}-first-${suite}`);
    await page.click('text=Do it');
    await page.waitForSelector('text=first: published');
  }

  // What the page says to copy, copied to another machine.
  await page.goto('/mini_buildd/administration/welcome/progress?repository=first');
  const sources = (await page.textContent(`[data-apt="${codename}-first-stable"]`)) ?? '';
  const getKey = await page.getAttribute('#apt a:has-text("archive key")', 'href');
  const archiveKey = await (await page.request.get(getKey ?? '')).text();
  const machine = await throwAwayMachine(instance, {
    [/^Signed-By: (\S+)$/m.exec(sources)?.[1] ?? '']: archiveKey,
    '/etc/apt/sources.list.d/first.sources': sources,
  });
  const said = await machine(['apt-get -q update', 'apt-get -qy install first-hour', 'dpkg -s first-hour']);
  assert.match(said, /^Status: install ok installed$/m);
  assert.match(said, new RegExp(`^Version: ${version.replace(/[.+]/g, '\\$&')}$`, 'm'));
});

/** What versions have to end in, as the page of the distribution's layout would say it: asked of the command that tells. */
const versionSuffix = async (from: Page, codename: string): Promise<string> => {
  const answer = await from.request.get('/mini_buildd/api/distributions?output=json');
  const rows = (await answer.json()) as readonly { readonly distribution: string; readonly defaultVersion: string }[];
  return rows.find(({ distribution }) => distribution === `${codename}-first-unstable`)?.defaultVersion ?? '';
};

const waitForPublication = async (distribution: string, version: string): Promise<void> => {
  await page.goto('/mini_buildd/packages/first-hour');
  for (const end = Date.now() + building; Date.now() < end; await page.reload()) {
    const text = (await page.textContent('main')) ?? '';
    if (text.includes(version) && (await isPublished(distribution))) return;
    await page.waitForTimeout(500);
  }
  assert.fail(`${distribution} never held ${version}`);
};

const isPublished = async (distribution: string): Promise<boolean> => {
  const packages = await page.request.get(`/repositories/first/dists/${distribution}/main/binary-amd64/Packages`);
  return packages.ok() && (await packages.text()).includes('Package: first-hour');
};
