import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sessionsContract } from '../contracts/sessions.ts';
import { helperAtWork, hostChroot } from './helper-at-work.ts';
import { leaveRoom, takeRoom } from './support/template.ts';

const instance = 'systemsessions';

const procedures = resolve(import.meta.dirname, 'procedures');

sessionsContract('through the root helper', async () => {
  await takeRoom(instance);
  const machine = await hostChroot();
  const at = await helperAtWork(instance, ['--procedures', procedures]);
  const { codename, architecture } = machine.chroot;
  const templates = await readdir(`/var/lib/mini-buildd/chroots/${instance}/${codename}-${architecture}`).catch(
    () => [],
  );
  if (!templates.some((name) => /^\d{8}T\d{6}Z-\d+$/.test(name))) {
    const prepared = await at.chroots.prepare(machine.chroot, machine.base, machine.extras, () => {});
    assert.equal(prepared.outcome, 'prepared', JSON.stringify(prepared));
  }
  const stop = async (): Promise<void> => {
    await at.stop();
    await leaveRoom(instance);
  };
  return { ...at, codename, architecture, stop };
});
