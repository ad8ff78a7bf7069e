import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { openEventStoreLog } from '../../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { teller } from '../../../src/app/tell.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { Architecture, Codename } from '../../../src/domain/debian/names.ts';
import { sentence } from '../../../src/domain/refusal.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { duty } from '../../../src/ports/tell.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { run } from './programs.ts';

const place = '/var/lib/mini-buildd';
const chroots = `${place}/chroots`;
/** Where the templates are that all system tests share. No instance of this name ever runs: tests of two files may run at once. */
const shared = 'systemtest';
const generation = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-\d+$/;

/**
 * Gives an instance that was set up and does not run yet a template that an earlier test left, by hard links; without one the instance
 * prepares its own. Preparing is what the demo's test is about: the others would only wait for it.
 */
export const borrowTemplate = async (instance: string, home: string, where: string): Promise<void> => {
  const lent = await linkTemplates(instance);
  if (where !== 'embedded:') return await sayPrepared(await openEventStoreLog(where), lent);
  await sayPrepared(await openEmbeddedLog(join(home, 'log')), lent);
  await run('chown', ['-R', 'mini-buildd:mini-buildd', join(home, 'log')]);
};

/** The same, without saying so to a log: for one that stands elsewhere. */
export const linkTemplates = async (instance: string) => {
  const lent = await templates(shared);
  for (const { chroot, template } of lent) {
    const own = join(chroots, instance, chroot);
    await mkdir(own, { recursive: true });
    await run('cp', ['--archive', '--link', join(chroots, shared, chroot, template), own]);
    // Builds lock their template by this file: its locks are not to be shared.
    const about = join(own, template, 'about.json');
    await rm(about);
    await copyFile(join(chroots, shared, chroot, template, 'about.json'), about);
  }
  return lent;
};

/** When a template was prepared, by its name. */
export const preparedAt = (template: string) => instant(Date.parse(template.replace(generation, '$1-$2-$3T$4:$5:$6Z')));

/** Leaves the templates that an instance had to prepare to the tests that follow. */
export const leaveTemplate = async (instance: string): Promise<void> => {
  const there = new Set((await templates(shared)).map(({ chroot }) => chroot));
  for (const { chroot, template } of await templates(instance)) {
    if (there.has(chroot)) continue;
    await mkdir(join(chroots, shared, chroot), { recursive: true });
    await rename(join(chroots, instance, chroot, template), join(chroots, shared, chroot, template));
  }
};

/** For an instance that a test makes without a home of its own: templates of earlier tests are lent to it, and what a killed run left is gone. */
export const takeRoom = async (instance: string): Promise<void> => {
  await removeRoom(instance);
  await linkTemplates(instance);
};

/** Leaves nothing of an instance on this machine but templates for the tests that follow. */
export const leaveRoom = async (instance: string): Promise<void> => {
  await leaveTemplate(instance);
  await removeRoom(instance);
};

const removeRoom = async (instance: string): Promise<void> => {
  for (const kind of ['chroots', 'builds']) await removeFolder(join(place, kind, instance));
};

type Lent = { readonly chroot: string; readonly template: string; readonly folder: string };

/** Where builds of `instance` find the newest template of each chroot. */
export const templates = async (instance: string): Promise<readonly Lent[]> => {
  const found: Lent[] = [];
  for (const chroot of await readdir(join(chroots, instance)).catch(() => [])) {
    const [template] = (await readdir(join(chroots, instance, chroot)))
      .filter((name) => generation.test(name))
      .sort()
      .reverse();
    if (template !== undefined) found.push({ chroot, template, folder: join(chroots, instance, chroot, template) });
  }
  return found;
};

const sayPrepared = async (log: EventLog, lent: readonly Lent[]): Promise<void> => {
  for (const { chroot, template } of lent) {
    const [codename = '', architecture = '', ...purpose] = chroot.split('-');
    const told = await teller(log, async () => undefined)(
      {
        command: 'Report',
        event: {
          type: purpose[0] === 'checks' ? 'CheckChrootPrepared' : 'ChrootPrepared',
          codename: codename as Codename,
          architecture: architecture as Architecture,
          generation: template,
          preparedAt: preparedAt(template),
          seconds: 0,
        },
      },
      duty('prepare-chroots', chroot),
    );
    if (isLeft(told)) throw new Error(sentence(told.left));
  }
  await log.close();
};
