import assert from 'node:assert/strict';
import type { BootedMachine } from './booted-machine.ts';
import { eventually } from './programs.ts';

const daemon = 'mini-buildd.service';
const helper = 'mini-buildd-root-helper.service';

/** What systemd makes of the installed units, from its start to their stop: `reinstall` puts the same packages in anew. */
export const unitsAtWork = async ({ sh, attempt }: BootedMachine, reinstall: string): Promise<void> => {
  const shown = async (unit: string, property: string): Promise<string> =>
    (await sh(`systemctl show --property ${property} --value ${unit}`)).trim();
  const isUp = (unit: string) =>
    eventually(`${unit} to be active`, 180, async () => (await shown(unit, 'ActiveState')) === 'active' || undefined);
  const process = async (unit: string) => Number(await shown(unit, 'MainPID'));
  const anotherThan = (before: number) =>
    eventually('the daemon to be another process', 180, async () => {
      const now = await process(daemon);
      return now !== 0 && now !== before && (await shown(daemon, 'ActiveState')) === 'active' ? now : undefined;
    });

  // Started at boot, as it was enabled by being installed; and ready by its own word.
  assert.equal(await sh(`systemctl list-units --failed --plain --no-legend 'mini-buildd*'`), '');
  await isUp(helper);
  await isUp(daemon);
  assert.equal(await shown(daemon, 'Type'), 'notify');
  assert.equal(await shown(daemon, 'StatusText'), 'serving');

  // Apart: another user, another cgroup, and next to nothing that the daemon might do.
  const [first, helpers] = [await process(daemon), await process(helper)];
  assert.equal((await sh(`stat -c %U /proc/${first} /proc/${helpers}`)).trim(), 'mini-buildd\nroot');
  assert.match(await sh(`cat /proc/${first}/cgroup`), /^0::\/system\.slice\/mini-buildd\.service$/m);
  assert.match(await sh(`cat /proc/${helpers}/cgroup`), /^0::\/system\.slice\/mini-buildd-root-helper\.service/m);
  const status = await sh(`cat /proc/${first}/status`);
  for (const line of [/^CapEff:\s+0+$/m, /^CapBnd:\s+0+$/m, /^NoNewPrivs:\s+1$/m, /^Seccomp:\s+2$/m])
    assert.match(status, line);
  const seen = (command: string) => attempt(`nsenter --target ${first} --mount --root ${command}`);
  for (const place of ['/usr/it', '/etc/mini-buildd/it', '/var/lib/it', '/root/it'])
    assert.match((await seen(`touch ${place}`)).err, /Read-only file system/, place);
  assert.equal((await seen('touch /var/lib/mini-buildd/it')).code, 0);
  const judged = await sh(`systemd-analyze --no-pager --threshold=35 security ${daemon}`);
  assert.match(judged, /Overall exposure level for mini-buildd\.service: [0-2]\.\d/);

  // What it logs is in the journal under its name.
  const logged = () => sh(`journalctl --output=cat --unit ${daemon} PRIORITY=6 _UID=$(id -u mini-buildd)`);
  await eventually(
    `the journal to say that ${daemon} is ready`,
    120,
    async () => /^\{"level":30,.*"msg":"ready"/m.test(await logged()) || undefined,
  );

  // A login that systemd hands over, which nobody else may read.
  await sh('printf %s node:secret >/etc/mini-buildd/node-login', 'chmod 0600 /etc/mini-buildd/node-login');
  await sh(`systemctl restart ${daemon}`);
  const second = await process(daemon);
  assert.notEqual(second, first);
  assert.equal(await process(helper), helpers);
  const [, login = ''] =
    /^MINI_BUILDD_NODE_LOGIN=(.*)$/m.exec(await sh(`tr '\\0' '\\n' </proc/${second}/environ`)) ?? [];
  assert.equal(login, '/run/credentials/mini-buildd.service/node-login');
  assert.equal(await sh(`setpriv --reuid=mini-buildd --clear-groups cat ${login}`), 'node:secret');
  assert.notEqual((await attempt(`setpriv --reuid=nobody --clear-groups cat ${login}`)).code, 0);

  // The watchdog leaves a daemon that turns alone, and ends and starts anew one that does not.
  await sh(
    `mkdir -p /run/systemd/system/${daemon}.d`,
    `printf '[Service]\\nWatchdogSec=15s\\nTimeoutAbortSec=2s\\nRestartSec=100ms\\n' >/run/systemd/system/${daemon}.d/hasty.conf`,
    'systemctl daemon-reload',
    `systemctl restart ${daemon}`,
  );
  const third = await process(daemon);
  const told = await shown(daemon, 'WatchdogTimestampMonotonic');
  await eventually(
    'the daemon to have turned for longer than its watchdog waits',
    90,
    async () => Number(await shown(daemon, 'WatchdogTimestampMonotonic')) - Number(told) > 16_000_000 || undefined,
  );
  assert.equal(await process(daemon), third);
  await sh(`kill -STOP ${third}`);
  const fourth = await anotherThan(third);
  assert.match(await sh(`journalctl --output=cat --unit ${daemon}`), /Watchdog timeout/);

  // Whoever kills it finds another one there.
  await sh(`kill -KILL ${fourth}`);
  const fifth = await anotherThan(fourth);
  await sh(`rm -r /run/systemd/system/${daemon}.d`, 'systemctl daemon-reload');

  // An upgrade starts both anew; a stop is an end without fault.
  await sh(reinstall);
  await anotherThan(fifth);
  assert.notEqual(await process(helper), helpers);
  await sh(`systemctl stop ${daemon}`);
  assert.deepEqual(
    [await shown(daemon, 'ActiveState'), await shown(daemon, 'Result'), await shown(daemon, 'ExecMainStatus')],
    ['inactive', 'success', '0'],
  );
  assert.doesNotMatch(await sh(`journalctl --output=cat --unit ${daemon}`), /systemd was not told/);
  await sh(`systemctl start ${daemon}`);
  await sh(`systemctl stop ${helper}`);
  assert.equal(await shown(daemon, 'ActiveState'), 'inactive', 'without its helper the daemon does not run');
};
