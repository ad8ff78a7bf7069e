import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { deliverByFtp, ftpDelivery } from '../../../src/adapters/remote/ftp-delivery.ts';
import type { FileName } from '../../../src/domain/debian/names.ts';
import { selfSigned } from '../../support/certificates.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { eventually, openDoor } from '../ftp/open-door.ts';

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
      t.after(() => removeFolder(folder));
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

  for (const [what, afterwards] of [
    ['says nothing after it agreed on TLS', undefined],
    ['speaks none after it agreed on it', 'no TLS at all\r\n'],
    ['hangs up after it agreed on it', 'close'],
  ] as const)
    it(`are not waited with for ever for an instance that ${what}`, async (t) => {
      let isClosed = false;
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('close', () => {
          isClosed = true;
        });
        socket.write('220 here\r\n');
        createInterface(socket).on('line', (line) => {
          if (line === 'FEAT') socket.write('211-\r\n AUTH TLS\r\n211 end\r\n');
          else if (line !== 'AUTH TLS') return;
          else if (afterwards === 'close') socket.end('234 go on\r\n');
          else socket.write(`234 go on\r\n`, () => afterwards && setImmediate(() => socket.write(afterwards)));
        });
      });
      await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
      t.after(() => server.close());
      const { port } = server.address() as AddressInfo;
      const delivered = await ftpDelivery({ handshakeMs: 500 })(`127.0.0.1:${port}`, []);
      assert.ok(isLeft(delivered));
      const { rule, fact } = delivered.left;
      assert.equal(rule, 'undeliverable');
      if (afterwards === undefined) assert.match(fact, /TLS did not come about within 0\.5 seconds/);
      await eventually('it hung up', () => isClosed);
    });
});
