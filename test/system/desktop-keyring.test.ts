import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { secretTool } from '../../src/cli/tool/desktop-keyring.ts';
import { desktopKeyringContract } from '../contracts/desktop-keyring.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { attempt } from './support/programs.ts';

// A desktop's session bus and an unlocked keyring are what a person who logs in has: the test runs itself again inside of them.
if (process.env.DESKTOP_OF_A_TEST === 'yes') desktopKeyringContract('behind secret-tool', () => secretTool);
else {
  it('Passwords are kept by gnome-keyring', async () => {
    const home = await mkdtemp(join(tmpdir(), 'mini-buildd-desktop-'));
    try {
      const inside = `printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "${process.execPath}" --test --test-reporter=spec --test-isolation=none "${import.meta.filename}"`;
      const { code, out, err } = await attempt('dbus-run-session', ['--', 'sh', '-c', inside], {
        env: {
          PATH: process.env.PATH,
          HOME: home,
          XDG_RUNTIME_DIR: home,
          DESKTOP_OF_A_TEST: 'yes',
          NODE_TEST_CONTEXT: undefined,
        },
      });
      assert.equal(code, 0, `${out}\n${err}`);
      assert.match(out, /pass 2\b/);
    } finally {
      await removeFolder(home);
    }
  });

  it('Without a keyring nothing is found and nothing is kept', async () => {
    assert.equal(await secretTool.lookup('jane@nowhere'), undefined);
    assert.equal(await secretTool.store('jane@nowhere', 'x'), false);
  });
}
