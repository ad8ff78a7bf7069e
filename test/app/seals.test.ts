import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { releaseVerifier } from '../../src/adapters/openpgp/release-verifier.ts';
import { startProjector } from '../../src/app/projector.ts';
import { sealMaker } from '../../src/app/seals/make-seal.ts';
import { sealChecks } from '../../src/app/seals/seal-checks.ts';
import { sealedLine } from '../../src/app/seals/sealed-line.ts';
import { teller } from '../../src/app/tell.ts';
import { checkpointText } from '../../src/domain/seal/checkpoint.ts';
import type { Because } from '../../src/ports/tell.ts';
import { type GnupgHome, gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { instanceConfigured } from '../support/fixed-examples.ts';

const setup: Because = { actor: { kind: 'administrator', name: 'setup' }, causedBy: undefined, correlation: 'setup' };

describe('A seal with real keys', () => {
  let home: GnupgHome;
  let folder: string;
  before(() => {
    home = gnupgHome();
    folder = mkdtempSync(join(tmpdir(), 'seals-'));
  });
  after(() => {
    home.close();
    rmSync(folder, { recursive: true });
  });

  it('is verified by gpgv and sha256sum alone, and by us', async () => {
    const keyring = openpgpKeyring({ keysFolder: join(folder, 'keys'), now: Date.now });
    const log = openMemoryLog();
    const tellOf = teller(log, async () => undefined);
    const key = await keyring.newArchiveKey([]);
    await tellOf({ command: 'Configure', event: instanceConfigured }, setup);
    await tellOf({ command: 'AddArchiveKey', ...key }, setup);
    for (const _ of [1, 2]) {
      const { world } = await startProjector(log, () => undefined);
      await sealMaker({ world, log, keyring, tell: tellOf, now: Date.now })('at-once');
    }
    const { world } = await startProjector(log, () => undefined);
    const last = world.seals.last?.sealed;
    assert.ok(last !== undefined);
    assert.deepEqual([last.seal, last.first, last.last], [2, 3, 3]);

    home.gpg(['--import'], key.publicKey);
    const { good, text } = home.gpgv(home.exportRing([key.fingerprint]), last.checkpoint);
    assert.ok(good);
    assert.equal(text, checkpointText(instanceConfigured.instance, last));
    const lines = (await log.readAll(undefined, 100)).map(sealedLine);
    const exported = join(folder, 'lines');
    writeFileSync(exported, `${lines.join('\n')}\n`);
    const sum = execFileSync('sh', ['-c', `sed -n '${last.first},${last.last}p' "$1" | sha256sum`, 'sh', exported]);
    assert.equal(sum.toString().split(' ')[0], /^SHA256: (.*)$/m.exec(text)?.[1]);

    const checks = sealChecks({ world, log, verifier: releaseVerifier({ now: Date.now }) });
    await checks.check();
    assert.deepEqual(checks.found(), { seal: 2, doubt: undefined });
  });

  it('holds where the clock was set back to before its key was made, and for whoever looks by that clock', async () => {
    const aYearAgo = (): number => Date.now() - 365 * 86_400_000;
    const keysFolder = join(folder, 'young-keys');
    const key = await openpgpKeyring({ keysFolder, now: Date.now }).newArchiveKey([]);
    const log = openMemoryLog();
    const tell = teller(log, async () => undefined);
    await tell({ command: 'Configure', event: instanceConfigured }, setup);
    await tell({ command: 'AddArchiveKey', ...key }, setup);
    const keyring = openpgpKeyring({ keysFolder, now: aYearAgo });
    const { world: before } = await startProjector(log, () => undefined);
    await sealMaker({ world: before, log, keyring, tell, now: aYearAgo })('at-once');
    const { world } = await startProjector(log, () => undefined);
    for (const now of [aYearAgo, Date.now]) {
      const checks = sealChecks({ world, log, verifier: releaseVerifier({ now }) });
      await checks.check();
      assert.deepEqual(checks.found(), { seal: 1, doubt: undefined });
    }
  });
});
