import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { repreproArchive } from '../../../src/adapters/reprepro/reprepro-archive.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import type { Refusal } from '../../../src/domain/refusal.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { type GnupgHome, gnupgHome } from '../openpgp/gnupg-home.ts';
import { distribution, test, unstable, workshop } from './workshop.ts';

const day = 86_400_000;
const today = Math.floor(Date.now() / 1000) * 1000;

// Real keys, real reprepro, real gpgv, and a key that ended five days ago.
describe('An archive key that ended while the daemon was down', () => {
  let home: GnupgHome;
  let folder: string;
  before(async () => {
    home = gnupgHome();
    folder = await mkdtemp(join(tmpdir(), 'expired-key-'));
  });
  after(async () => {
    home.close();
    await removeFolder(folder);
  });

  it('leaves what apt sees as it is, says so, and signs on once it is prolonged', async () => {
    const shop = workshop(folder);
    const keysFolder = join(folder, 'keys');
    const tenDaysAgo = instant(today - 10 * day).replace(/[-:]|\.\d+Z$/g, '');
    const faked = ['--faked-system-time', tenDaysAgo];
    const fingerprint = home.makeKey('acme', 'rsa3072', faked, '5d') as Fingerprint;
    mkdirSync(keysFolder);
    writeFileSync(join(keysFolder, 'archive-key.asc'), home.gpg(['--armor', '--export-secret-keys', fingerprint]));
    const before = home.exportRing([fingerprint]);
    /** Another life of the daemon each time. */
    const publishes = async (at: number, version: string): Promise<void> => {
      const keyring = openpgpKeyring({ keysFolder, now: () => at });
      const archive = repreproArchive({ home: join(folder, 'repositories'), files: shop.files, keyring });
      const distributions = [distribution(unstable, [await shop.hold({ source: 'hello', version })])];
      const [date, signers] = [instant(at), [fingerprint]];
      await archive.publish({ repository: test, distributions, date, validUntil: null, signers }, () => undefined);
    };
    const published = (name: string): Promise<string> =>
      readFile(join(folder, 'repositories', test, 'published', 'dists', unstable, name), 'utf8');

    await publishes(today - 8 * day, '1');
    const seen = await published('InRelease');
    await assert.rejects(publishes(today, '2'), (error: object) => {
      const { rule, remedy } = 'refusal' in error ? (error.refusal as Refusal) : assert.fail(String(error));
      assert.equal(rule, 'archive-key-expired');
      assert.match(remedy, /archivekey prolong/);
      return true;
    });
    assert.equal(await published('InRelease'), seen);

    const keyring = openpgpKeyring({ keysFolder, now: () => today });
    const { publicKey } = await keyring.prolong(fingerprint, today + 365 * day);
    await publishes(today, '2');
    const renewed = await published('InRelease');
    assert.notEqual(renewed, seen);
    assert.equal(home.gpgv(before, renewed).good, false, 'who has the key from before is told that it expired');
    home.gpg(['--import'], publicKey);
    const ring = home.exportRing([fingerprint]);
    assert.ok(home.gpgv(ring, renewed).good);
    assert.ok(home.gpgv(ring, await published('Release'), await published('Release.gpg')).good);
  });
});
