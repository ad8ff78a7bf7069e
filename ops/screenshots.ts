/**
 * Writes what the main pages look like, light and dark, to `docs/screenshots`: `npm run screenshots`. Each is the top of a page of the
 * instance that browser tests look at, and some are taken on a phone as well.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Reader, testBed } from '../test/browser/support/browser.ts';
import { pages } from '../test/browser/support/pages.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'screenshots');

type Shot = { readonly name: string; readonly path: string; readonly reader?: Reader };

const bed = await testBed();
try {
  await mkdir(folder, { recursive: true });
  const there = pages(bed);
  const shots: readonly Shot[] = [
    { name: 'home', path: '/mini_buildd/', reader: { who: 'administrator' } },
    { name: 'package', path: '/mini_buildd/packages/hello', reader: { who: 'manager' } },
    { name: 'build', path: `/mini_buildd/builds/${bed.buildOf('rocket')}` },
    { name: 'stages', path: there['build with checks'] ?? '' },
    { name: 'repository', path: '/mini_buildd/repositories/acme' },
    { name: 'distribution', path: there.distribution ?? '', reader: { who: 'manager' } },
    { name: 'compare', path: there['two suites'] ?? '' },
    { name: 'history', path: '/mini_buildd/history', reader: { who: 'administrator' } },
    { name: 'event', path: there.event ?? '' },
    { name: 'statistics', path: '/mini_buildd/statistics' },
    { name: 'upload', path: there.upload ?? '' },
    { name: 'command', path: '/mini_buildd/commands/migrate?package=hello', reader: { who: 'manager' } },
    { name: 'administration', path: '/mini_buildd/administration', reader: { who: 'administrator' } },
    { name: 'form', path: '/mini_buildd/administration/repositories/acme/edit', reader: { who: 'administrator' } },
    { name: 'welcome', path: '/mini_buildd/administration/welcome', reader: { who: 'administrator' } },
    { name: 'account', path: '/mini_buildd/account', reader: { who: 'maintainer' } },
    { name: 'manual', path: '/mini_buildd/doc/uploading' },
    { name: 'home-phone', path: '/mini_buildd/', reader: { phone: true } },
    { name: 'package-phone', path: '/mini_buildd/packages/hello', reader: { phone: true } },
    { name: 'build-phone', path: `/mini_buildd/builds/${bed.buildOf('birdseed')}`, reader: { phone: true } },
  ];
  for (const { name, path, reader } of shots) {
    for (const dark of [false, true]) {
      const window = await bed.window({ ...reader, dark });
      await window.open(path);
      await window.page.screenshot({ path: join(folder, `${name}-${dark ? 'dark' : 'light'}.png`) });
      await window.close();
    }
    process.stderr.write(`${name}\n`);
  }
} finally {
  await bed.close();
}
process.exit();
