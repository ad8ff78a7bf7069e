import assert from 'node:assert/strict';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { signOnSettings } from '../../src/adapters/oidc/sign-on-file.ts';
import { removeFolder } from '../support/remove-folder.ts';

describe('The file that names an identity provider', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-oidc-'));
    await writeFile(join(folder, 'secret'), 'of two\n', { mode: 0o600 });
    await writeFile(join(folder, 'empty'), '\n', { mode: 0o600 });
    await writeFile(join(folder, 'open'), 'of all\n');
    await chmod(join(folder, 'open'), 0o644);
  });
  after(() => removeFolder(folder));

  const usual = {
    issuer: 'https://sso.example.org/realms/acme',
    client: 'mini-buildd',
    secret: 'secret',
    roles: { developers: 'staff', '*': 'user' },
  };
  const read = async (written: unknown) => {
    const file = join(folder, 'oidc.yaml');
    await writeFile(file, JSON.stringify(written));
    return signOnSettings(file);
  };

  it('says which one, what we are called there, and which group is what here', async () => {
    const { issuer, secret, name, scope, claim, roles } = await read(usual);
    assert.equal(issuer.href, 'https://sso.example.org/realms/acme');
    assert.deepEqual([secret, name, scope, claim], ['of two', 'sso.example.org', 'openid profile email', 'groups']);
    assert.deepEqual(
      [...roles],
      [
        ['developers', 'staff'],
        ['*', 'user'],
      ],
    );
    assert.equal((await read({ ...usual, issuer: 'http://127.0.0.1:8080' })).issuer.port, '8080');
  });

  for (const [why, wrong] of [
    [/issuer is an https: address/, { issuer: 'http://sso.example.org' }],
    [/issuer is an https: address/, { issuer: 'sso' }],
    [/roles/, { roles: { developers: 'king' } }],
    [/there is no "role"/, { role: {} }],
    [/scope has to hold openid/, { scope: 'profile' }],
    [/empty is empty/, { secret: 'empty' }],
    [/open holds a secret and is open to everybody/, { secret: 'open' }],
    [/client/, { client: undefined }],
  ] as const)
    it(`is refused with ${JSON.stringify(wrong)}`, async () => {
      await assert.rejects(read({ ...usual, ...wrong }), why);
    });
});
