import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { Client } from 'basic-ftp';
import { growthDuring, largeFile, sha256Of } from '../../support/large-files.ts';
import { openDoor } from './open-door.ts';

const megabytes = 100;
const several = [1, 2, 3];

describe('Files of 100 MB by FTP', () => {
  it('come in several at once, byte for byte, and are never held as a whole', async (t) => {
    const door = await openDoor(t);
    const growth = await growthDuring(() =>
      Promise.all(
        several.map(async (seed) => {
          const client = new Client();
          t.after(() => client.close());
          await client.access({ host: '127.0.0.1', port: door.incoming.port, user: 'anonymous', password: 'guest' });
          await client.uploadFrom(Readable.from(largeFile(megabytes, seed)), `/incoming/hello_${seed}.orig.tar`);
        }),
      ),
    );
    const wanted = await Promise.all(several.map((seed) => sha256Of(largeFile(megabytes, seed))));
    assert.deepEqual(
      door.received.map(({ name, size, sha256 }) => [name, size, sha256]).sort(),
      several.map((seed, n) => [`hello_${seed}.orig.tar`, megabytes * 2 ** 20, wanted[n]]),
    );
    assert.ok(growth < (several.length * megabytes * 2 ** 20) / 2, `grew by ${Math.round(growth / 2 ** 20)} MiB`);
  });
});
