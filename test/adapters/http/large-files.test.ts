import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { incomingDoor } from '../../../src/adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from '../../../src/adapters/incoming/limits.ts';
import type { ReceivedFile } from '../../../src/ports/incoming.ts';
import { growthDuring, largeFile, sha256Of } from '../../support/large-files.ts';
import { publish, serve } from './served.ts';

const megabytes = 100;
const several = [1, 2, 3, 4];
/** Half of what all of them have. */
const mostGrowth = (several.length * megabytes * 2 ** 20) / 2;

describe('Files of 100 MB by HTTP', () => {
  it('come down several at once, byte for byte, and are never held as a whole', async (test) => {
    const { home, url } = await serve(test);
    await publish(home, { 'generations/1/pool/README': 'x' });
    const pool = join(home, 'repositories/test/generations/1/pool/main/h/hello');
    await mkdir(pool, { recursive: true });
    const name = (seed: number): string => `hello_${seed}.orig.tar`;
    for (const seed of several) await pipeline(largeFile(megabytes, seed), createWriteStream(join(pool, name(seed))));
    const wanted = await Promise.all(several.map((seed) => sha256Of(largeFile(megabytes, seed))));
    let came: readonly string[] = [];
    const growth = await growthDuring(async () => {
      came = await Promise.all(
        several.map(async (seed) => {
          const answer = await fetch(`${url}/repositories/test/pool/main/h/hello/${name(seed)}`);
          assert.equal(answer.headers.get('content-length'), String(megabytes * 2 ** 20));
          return sha256Of(answer.body as AsyncIterable<Uint8Array>);
        }),
      );
    });
    assert.deepEqual(came, wanted);
    assert.ok(growth < mostGrowth, `grew by ${Math.round(growth / 2 ** 20)} MiB`);
  });

  it('come in several at once, byte for byte, and are never held as a whole', async (test) => {
    const { home } = await serve(test);
    const received: ReceivedFile[] = [];
    const incoming = await incomingDoor({
      folder: join(home, 'incoming'),
      limits: usualIncomingLimits,
      receive: async (file) => {
        received.push(file);
        return undefined;
      },
      log: { info: () => undefined, error: () => undefined },
    });
    const { url } = await serve(test, { incoming });
    const growth = await growthDuring(() =>
      Promise.all(
        several.map(async (seed) => {
          const asked = request(`${url}/mini_buildd/upload/hello_${seed}.orig.tar`, { method: 'PUT' });
          const [[answer]] = await Promise.all([
            once(asked, 'response') as Promise<[IncomingMessage]>,
            pipeline(largeFile(megabytes, seed), asked),
          ]);
          answer.resume();
          assert.equal(answer.statusCode, 201);
        }),
      ),
    );
    const wanted = await Promise.all(several.map((seed) => sha256Of(largeFile(megabytes, seed))));
    assert.deepEqual(
      received.map(({ name, size, sha256 }) => [name, size, sha256]).sort(),
      several.map((seed, n) => [`hello_${seed}.orig.tar`, megabytes * 2 ** 20, wanted[n]]),
    );
    assert.ok(growth < mostGrowth, `grew by ${Math.round(growth / 2 ** 20)} MiB`);
  });
});
