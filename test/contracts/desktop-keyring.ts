import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesktopKeyring } from '../../src/cli/tool/desktop-keyring.ts';

/** What every keyring of a desktop promises. */
export const desktopKeyringContract = (name: string, open: () => DesktopKeyring): void => {
  describe(`The keyring ${name}`, () => {
    it('finds what was kept under a name, and nothing else', async () => {
      const keyring = open();
      assert.equal(await keyring.store('jane@buildd.example.org:8066', 'se cret\\"ü'), true);
      assert.equal(await keyring.lookup('jane@buildd.example.org:8066'), 'se cret\\"ü');
      assert.equal(await keyring.lookup('jane@buildd.example.org'), undefined);
    });

    it('keeps the newest, and forgets what it is told to', async () => {
      const keyring = open();
      await keyring.store('--option', 'one');
      await keyring.store('--option', 'two');
      assert.equal(await keyring.lookup('--option'), 'two');
      await keyring.clear('--option');
      await keyring.clear('--option');
      assert.equal(await keyring.lookup('--option'), undefined);
    });
  });
};
