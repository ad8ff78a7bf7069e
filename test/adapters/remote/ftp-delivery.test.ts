import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { deliverByFtp } from '../../../src/adapters/remote/ftp-delivery.ts';
import type { FileName } from '../../../src/domain/debian/names.ts';
import { selfSigned } from '../../support/certificates.ts';
import { openDoor } from '../ftp/open-door.ts';

describe('Files for another instance', () => {
  for (const [what, isTls] of [
    ['by TLS where that is required there, whatever its certificate', true],
    ['in plain where there is no TLS', false],
  ] as const)
    it(`go ${what}`, async (t) => {
      const { certificate, key, remove } = selfSigned();
      t.after(remove);
      const present = () => ({ cert: String(certificate), key: String(key) });
      const door = await openDoor(t, isTls ? { tls: { certificate: { present }, isRequiredOf: () => true } } : {});
      const folder = mkdtempSync(join(tmpdir(), 'ftp-delivery-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const files = ['hello.tar', 'hello.changes'].map((name) => ({
        name: name as FileName,
        path: join(folder, name),
      }));
      for (const { path } of files) writeFileSync(path, path.repeat(10_000));
      const delivered = await deliverByFtp(`127.0.0.1:${door.incoming.port}`, files);
      assert.ok(isRight(delivered), JSON.stringify(delivered));
      assert.deepEqual(
        door.received.map(({ name }) => name),
        ['hello.tar', 'hello.changes'],
      );
      assert.equal(new Set(door.received.map(({ session }) => session)).size, 1);
    });
});
