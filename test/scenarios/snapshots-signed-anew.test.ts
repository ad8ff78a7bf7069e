import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { instant } from '../../src/domain/codec.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import { acme, configured, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon } from '../support/in-memory-daemon.ts';
import { machineWithRealArchive } from '../support/machine-with-real-archive.ts';

const hour = 3_600_000;

const treeOf = async ({ engine }: Daemon, time: string): Promise<string> => {
  const made = await engine.snapshots.tree(acme, time, unstable, '192.0.2.1');
  assert.ok(isRight(made), JSON.stringify(made));
  return made.right;
};

describe('A snapshot that was made before', () => {
  it('is signed anew by the subkey that took the place of another', async (test) => {
    const start = Math.floor(Date.now() / 1000) * 1000 - 10 * hour;
    const { on, home, gnupg, archiveKey } = await machineWithRealArchive(
      test,
      [...configured, { type: 'EngineStarted' }],
      start,
    );
    const daemon = await boot(on);
    await daemon.until(() => daemon.world.publications.get(acme)?.published !== undefined);
    on.clock.advance(hour);
    const time = compactMoment(instant(on.clock.now()));
    const before = await treeOf(daemon, time);
    const ring = (name: string): string => {
      const path = join(home, name);
      const [key] = daemon.world.configuration.archiveKeys;
      gnupg.gpg(['--yes', '--output', path, '--dearmor'], key?.publicKey);
      return path;
    };
    const isGood = (tree: string, keys: string): boolean =>
      gnupg.gpgv(keys, readFileSync(join(tree, 'InRelease'), 'utf8')).good;
    assert.ok(isGood(before, ring('first.pgp')));
    assert.equal(await treeOf(daemon, time), before, 'nothing was said of the key meanwhile');

    const file = join(home, 'keys', 'archive-key.asc');
    gnupg.gpg(['--import'], readFileSync(file, 'utf8'));
    gnupg.gpg(['--quick-add-key', archiveKey.fingerprint, 'ed25519', 'sign']);
    gnupg.gpg(
      ['--no-batch', '--command-fd', '0', '--edit-key', archiveKey.fingerprint],
      'key 1\nrevkey\ny\n3\n\ny\nsave\n',
    );
    writeFileSync(file, gnupg.gpg(['--armor', '--export-secret-keys', archiveKey.fingerprint]));
    on.clock.leap(10 * hour);
    await daemon.until(() => daemon.world.configuration.archiveKeys[0]?.publicKey !== archiveKey.publicKey);
    const since = ring('second.pgp');
    assert.ok(!isGood(before, since), 'its subkey is revoked');
    assert.ok(isGood(await treeOf(daemon, time), since));
    await daemon.kill();
  });
});
