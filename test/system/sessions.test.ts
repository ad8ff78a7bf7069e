import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sessionsContract } from '../contracts/sessions.ts';
import { helperAtWork, hostChroot } from './helper-at-work.ts';

const procedures = resolve(import.meta.dirname, 'procedures');

sessionsContract('through the root helper', async () => {
  const machine = await hostChroot();
  const at = await helperAtWork('systemtest', ['--procedures', procedures]);
  await at.chroots.sweep();
  const { codename, architecture } = machine.chroot;
  const templates = await readdir(`/var/lib/mini-buildd/chroots/systemtest/${codename}-${architecture}`).catch(
    () => [],
  );
  if (!templates.some((name) => /^\d{8}T\d{6}Z-\d+$/.test(name))) {
    const prepared = await at.chroots.prepare(machine.chroot, machine.base, machine.extras, () => {});
    assert.equal(prepared.outcome, 'prepared', JSON.stringify(prepared));
  }
  return { ...at, codename, architecture };
});
