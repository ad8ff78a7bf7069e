import assert from 'node:assert/strict';
import type { BootedMachine } from './booted-machine.ts';
import { eventually } from './programs.ts';

/**
 * What systemd makes of the units of a builder node and of a web replica, which nobody starts unasked: each waits for an event store that is not there, shut in as the
 * daemon of the archive is, and ends without fault.
 */
export const nodesAtWork = async (machine: BootedMachine): Promise<void> => {
  await machine.sh('systemctl stop mini-buildd.service');
  await isShutIn(machine, 'node', ['MINI_BUILDD_NODE=localhost:18066']);
  await isShutIn(machine, 'web', []);
};

const isShutIn = async (
  { sh, attempt }: BootedMachine,
  role: 'node' | 'web',
  more: readonly string[],
): Promise<void> => {
  const unit = `mini-buildd-${role}.service`;
  const journal = `journalctl --output=cat --unit ${unit}`;
  await sh(
    'cd /etc/mini-buildd',
    'for login in node-login store-login; do printf %s node:0123456789abcdef >$login; chmod 0600 $login; done',
    `printf '%s\\n' ${[...settings, ...more].map((line) => `'${line}'`).join(' ')} >${role}.env`,
  );
  await sh(`systemctl start ${unit}`);
  const shown = async (property: string): Promise<string> =>
    (await sh(`systemctl show --property ${property} --value ${unit}`)).trim();
  const first = await eventually(`${unit} to say what it waits for`, 120, async () => {
    assert.equal(await shown('NRestarts'), '0', await sh(journal));
    return /does not answer/.test(await sh(journal)) ? await shown('MainPID') : undefined;
  });
  const status = await sh(`cat /proc/${first}/status`);
  for (const line of [/^CapEff:\s+0+$/m, /^CapBnd:\s+0+$/m, /^NoNewPrivs:\s+1$/m, /^Seccomp:\s+2$/m])
    assert.match(status, line, unit);
  const seen = (command: string) => attempt(`nsenter --target ${first} --mount --root ${command}`);
  for (const place of ['/usr/it', '/etc/mini-buildd/it', '/var/lib/it', '/root/it'])
    assert.match((await seen(`touch ${place}`)).err, /Read-only file system/, `${unit}: ${place}`);
  assert.equal((await seen(`touch ${own[role]}/it`)).code, 0, unit);
  await sh(`systemctl stop ${unit}`);
  assert.deepEqual([await shown('Result'), await shown('ExecMainStatus')], ['success', '0'], unit);
  await sh(`cd /etc/mini-buildd && rm node-login store-login ${role}.env`);
};

/** Where each may write. */
const own = { node: '/var/lib/mini-buildd-node', web: '/var/cache/mini-buildd-web' };

const settings = [
  'MINI_BUILDD_LOG=esdb://127.0.0.1:9',
  'MINI_BUILDD_ARCHIVE=http://127.0.0.1:9',
  'MINI_BUILDD_HTTP=127.0.0.1:18066',
];
