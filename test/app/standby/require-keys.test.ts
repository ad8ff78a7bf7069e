import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { requireKeys } from '../../../src/app/standby/require-keys.ts';
import { letKeysEnd } from '../../support/ending-key.ts';
import { removeFolder } from '../../support/remove-folder.ts';

it('An archive key that has ended is there, and one that is not in keys/ is named', async (test) => {
  const keysFolder = await mkdtemp(join(tmpdir(), 'mini-buildd-keys-'));
  test.after(() => removeFolder(keysFolder));
  let now = Date.now();
  const { fingerprint } = await openpgpKeyring({ keysFolder, now: () => now }).newArchiveKey([]);
  await letKeysEnd(keysFolder, now + 86_400_000);
  const keyring = openpgpKeyring({ keysFolder, now: () => now });
  await keyring.clearsign('a text\n', [fingerprint]);
  now += 2 * 86_400_000;
  await assert.rejects(keyring.clearsign('a text\n', [fingerprint]));
  await requireKeys(keyring, [fingerprint]);
  await rm(keysFolder, { recursive: true });
  const another = openpgpKeyring({ keysFolder, now: () => now });
  await assert.rejects(requireKeys(another, [fingerprint]), new RegExp(`archive-key-lost: .*${fingerprint}.*backup`));
});
