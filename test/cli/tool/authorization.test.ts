import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { authorization } from '../../../src/cli/tool/authorization.ts';
import { memoryDesktopKeyring } from '../../support/memory-desktop-keyring.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-netrc-'));
after(() => removeFolder(folder));
const netrc = join(folder, 'netrc');
writeFileSync(
  netrc,
  `# who we are
machine mirror.example.org login oscar password elsewhere
macdef init
  machine buildd.example.org login macro password macro

machine buildd.example.org:8067
  login oscar
  password "with blank and \\"quotes\\""
machine buildd.example.org login grover account x password secret
machine buildd.example.org login robot password mbd_abc
`,
);

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const nothing = { password: undefined, token: undefined, netrc, keyring: memoryDesktopKeyring(), ask: undefined };
const keyring = memoryDesktopKeyring({ 'oscar@buildd.example.org:8066': 'kept' });
const at = (user: string | undefined, address = 'buildd.example.org:8066') => ({ user, address });

describe('Who the tool says it is', () => {
  for (const [what, target, secrets, expected] of [
    ['the user with the password of the environment', at('oscar'), { password: 'p:q', token: 't' }, basic('oscar:p:q')],
    ['the token of the environment', at(undefined), { token: 'mbd_x' }, 'Bearer mbd_x'],
    ['the token, also of a user without password', at('oscar'), { token: 'mbd_x' }, 'Bearer mbd_x'],
    ['no user who was not named', at(undefined, 'other.example.org:8066'), { password: 'p' }, undefined],
    ['what netrc says of the host', at(undefined), {}, basic('grover:secret')],
    [
      'what netrc says of host and port',
      at(undefined, 'buildd.example.org:8067'),
      {},
      basic('oscar:with blank and "quotes"'),
    ],
    ['what netrc says of the user', at('robot'), {}, 'Bearer mbd_abc'],
    ['the user with the password of the keyring', at('oscar'), { keyring }, basic('oscar:kept')],
    ['the user of the environment before the keyring', at('oscar'), { keyring, password: 'p' }, basic('oscar:p')],
    ['the user of the keyring before netrc', at('grover'), { keyring }, basic('grover:secret')],
    ['the user with the password that was typed', at('bert'), { ask: async () => 'typed' }, basic('bert:typed')],
    ['nobody when nothing was typed', at('bert'), { ask: async () => '' }, undefined],
    ['nothing of a user that netrc does not know', at('bert'), {}, undefined],
    ['nothing to a host that netrc does not know', at(undefined, 'other.example.org:8066'), {}, undefined],
    ['nothing without netrc', at('oscar'), { netrc: join(folder, 'none') }, undefined],
  ] as const) {
    it(`is ${what}`, async () => {
      assert.equal((await authorization(target, { ...nothing, ...secrets }))?.header, expected);
    });
  }
});
