import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { repreproArchive } from '../../../src/adapters/reprepro/reprepro-archive.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { DistributionName } from '../../../src/domain/debian/distribution.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { type GnupgHome, gnupgHome } from '../openpgp/gnupg-home.ts';
import { distribution, test, unstable, workshop } from './workshop.ts';

const stable = 'trixie-test-stable' as DistributionName;

// Real keys, real reprepro, real gpgv.
describe('A subkey that comes in the moment in which one distribution of two changes', () => {
  let home: GnupgHome;
  let folder: string;
  before(async () => {
    home = gnupgHome();
    folder = await mkdtemp(join(tmpdir(), 'new-subkey-'));
  });
  after(async () => {
    home.close();
    await removeFolder(folder);
  });

  it('signs both, also where the daemon was started anew between, and nothing anew that has no other signatures', async () => {
    const shop = workshop(folder);
    const keysFolder = join(folder, 'keys');
    const file = join(keysFolder, 'archive-key.asc');
    const fromNow = (minutes: number): number => Math.floor(Date.now() / 1000) * 1000 + minutes * 60_000;
    const life = () => {
      const keyring = openpgpKeyring({ keysFolder, now: Date.now });
      return { keyring, archive: repreproArchive({ home: join(folder, 'repositories'), files: shop.files, keyring }) };
    };
    const { fingerprint } = await life().keyring.newArchiveKey([]);
    const old = await shop.hold({ source: 'hello', version: '1' });
    const publishes = async (version: string, minutes: number): Promise<void> => {
      const changed = distribution(unstable, [await shop.hold({ source: 'hello', version })]);
      const distributions = [changed, distribution(stable, [old])];
      const [date, signers] = [instant(fromNow(minutes)), [fingerprint]];
      await life().archive.publish(
        { repository: test, distributions, date, validUntil: null, signers },
        () => undefined,
      );
    };
    const signatures = async (name: DistributionName): Promise<number> => {
      const [facts] = await life().keyring.archiveKeys([fingerprint]);
      const ring = join(folder, 'ring.pgp');
      home.gpg(['--yes', '--output', ring, '--dearmor'], facts?.publicKey);
      const published = join(folder, 'repositories', test, 'published', 'dists', name, 'InRelease');
      return home.validSignatures(ring, await readFile(published, 'utf8')).length;
    };

    await publishes('1', 1);
    assert.deepEqual([await signatures(unstable), await signatures(stable)], [1, 1]);
    home.gpg(['--import'], readFileSync(file, 'utf8'));
    home.gpg(['--quick-add-key', fingerprint, 'rsa3072', 'sign', '1y']);
    writeFileSync(file, home.gpg(['--armor', '--export-secret-keys', fingerprint]));
    await publishes('2', 2);
    assert.deepEqual([await signatures(unstable), await signatures(stable)], [2, 2]);

    const inRelease = join(folder, 'repositories', test, 'published', 'dists', stable, 'InRelease');
    const signed = await readFile(inRelease, 'utf8');
    await publishes('3', 3);
    assert.equal(await readFile(inRelease, 'utf8'), signed);
  });
});
