import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootedMachine } from './booted-machine.ts';
import { eventually } from './programs.ts';

const docs = join(import.meta.dirname, '../../../docs');
const daemon = 'mini-buildd.service';
const settings = '/etc/mini-buildd/mini-buildd.env';

/** What the manual tells to write by `systemctl edit` is enough for a port below 1024, and for a home elsewhere. */
export const settingsAtWork = async (machine: BootedMachine): Promise<void> => {
  const { sh } = machine;
  await withSettings(machine, 'administration.md', ['MINI_BUILDD_HTTP=127.0.0.1:80'], async () => {
    assert.match(await sh('mini-buildd-tool http://127.0.0.1:80 status'), /Daemon: UP/);
  });
  await sh('install -d -o mini-buildd -g mini-buildd /srv/mini-buildd');
  await withSettings(machine, 'recovery.md', ['MINI_BUILDD_HOME=/srv/mini-buildd'], async () => {
    assert.notEqual(await sh('ls /srv/mini-buildd/log'), '');
  });
};

const withSettings = async (
  { sh }: BootedMachine,
  page: string,
  lines: readonly string[],
  deed: () => Promise<void>,
): Promise<void> => {
  const dropIn = await toldBy(page);
  await sh(
    `mkdir -p /run/systemd/system/${daemon}.d`,
    `printf '%s\\n' ${dropIn.map((line) => `'${line}'`).join(' ')} >/run/systemd/system/${daemon}.d/override.conf`,
    `cp ${settings} /tmp/settings`,
    `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >>${settings}`,
    'systemctl daemon-reload',
    `systemctl restart ${daemon}`,
  );
  await eventually(`${daemon} to serve as ${page} says`, 120, async () => {
    assert.equal((await sh(`systemctl show --property NRestarts --value ${daemon}`)).trim(), '0');
    return /^active$/m.test(await sh(`systemctl show --property ActiveState --value ${daemon}`)) || undefined;
  });
  await deed();
  await sh(`cp /tmp/settings ${settings}`, `rm -r /run/systemd/system/${daemon}.d`, 'systemctl daemon-reload');
  await sh(`systemctl restart ${daemon}`);
};

/** The lines of the drop-in that a page of the manual shows. */
const toldBy = async (page: string): Promise<readonly string[]> => {
  const [, block = ''] = /\n {4}(\[Service\]\n(?: {4}.*\n)+)/.exec(await readFile(join(docs, page), 'utf8')) ?? [];
  assert.notEqual(block, '', page);
  return block
    .trim()
    .split('\n')
    .map((line) => line.trim());
};
