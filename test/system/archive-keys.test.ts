import assert from 'node:assert/strict';
import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readKey } from 'openpgp';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { repreproArchive } from '../../src/adapters/reprepro/reprepro-archive.ts';
import { oneBlock } from '../../src/domain/archive-key/key-block.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Keyring } from '../../src/ports/keyring.ts';
import { serve } from '../adapters/reprepro/served.ts';
import { distribution, test, unstable, type Workshop, workshop } from '../adapters/reprepro/workshop.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { type ClientApt, privateApt } from './support/client-apt.ts';
import { run } from './support/programs.ts';

type Key = Awaited<ReturnType<Keyring['newArchiveKey']>>;

const name = 'acme-archive-keyring';
const keyFile = '/usr/share/keyrings/acme-archive-keyring.asc';

/** The ids that apt names a key by: those of its subkeys, which sign. */
const signersOf = async ({ publicKey }: Key): Promise<readonly string[]> => {
  const { subkeys } = await readKey({ armoredKey: publicKey });
  return subkeys.map((subkey) => subkey.getKeyID().toHex().toUpperCase());
};

// Real keys, real reprepro, real apt: what machines see of a rollover.
describe('A rollover of the archive key', () => {
  let folder = '';
  let shop: Workshop;
  let keyring: Keyring;
  let served: Awaited<ReturnType<typeof serve>>;
  let second = Math.floor(Date.now() / 1000) - 60;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollover-'));
    shop = workshop(folder);
    keyring = openpgpKeyring({ keysFolder: join(folder, 'keys'), now: Date.now });
    served = await serve(archive().root(test));
  });
  after(async () => {
    await served.close();
    await removeFolder(folder);
  });
  const archive = () => repreproArchive({ home: join(folder, 'repositories'), files: shop.files, keyring });

  /** The keyring package in that version carries the keys, and they sign everything. */
  const publish = async (version: string, ...keys: readonly Key[]): Promise<void> => {
    const contents = { [keyFile]: oneBlock(keys.map(({ publicKey }) => publicKey)) };
    const held = await shop.hold({ source: name, version, binaries: [{ architecture: 'all', contents }] });
    second += 1;
    const publication = {
      repository: test,
      distributions: [distribution(unstable, [held])],
      date: instant(second * 1000),
      validUntil: null,
      signers: keys.map(({ fingerprint }) => fingerprint),
    };
    await archive().publish(publication, () => undefined);
  };

  const client = (called: string, key: Key): Promise<ClientApt> =>
    privateApt(
      join(folder, called),
      `Types: deb\nURIs: ${served.url}\nSuites: ${unstable}\nComponents: main\nSigned-By: key\n`,
      key.publicKey,
    );
  const update = ({ apt }: ClientApt): Promise<string> => apt('update', '--error-on=any');
  /** What dpkg would do, without a system of its own: the files, and the version it has. */
  const upgrade = async ({ apt, folder: root }: ClientApt, version: string): Promise<void> => {
    await apt('download', name);
    await run('dpkg-deb', ['--extract', `${name}_${version}_all.deb`, 'system'], { cwd: root });
    await copyFile(join(root, 'system', keyFile), join(root, 'key.asc'));
    const status = `Package: ${name}\nStatus: install ok installed\nMaintainer: acme\nArchitecture: all\nVersion: ${version}\n\n`;
    await writeFile(join(root, 'var/lib/dpkg/status'), status);
  };

  it('takes machines along that upgrade the keyring package, and tells the others what they lack', async () => {
    const old = await keyring.newArchiveKey([]);
    await publish('1', old);
    const [follows, sleeps] = [await client('follows', old), await client('sleeps', old)];
    for (const each of [follows, sleeps]) {
      await update(each);
      await upgrade(each, '1');
    }

    const young = await keyring.newArchiveKey([old.fingerprint]);
    await publish('2', old, young);
    const fresh = await client('fresh', young);
    for (const each of [follows, sleeps, fresh]) await update(each);
    assert.match(await follows.apt('upgrade', '--simulate'), new RegExp(`^Inst ${name} \\[1\\] \\(2 `, 'm'));
    await upgrade(follows, '2');
    await update(follows);

    await publish('3', young);
    await update(follows);
    await update(fresh);
    assert.match(await follows.apt('upgrade', '--simulate'), new RegExp(`^Inst ${name} \\[2\\] \\(3 `, 'm'));
    await assert.rejects(update(sleeps), new RegExp(`NO_PUBKEY (${(await signersOf(young)).join('|')})`));
  });
});
