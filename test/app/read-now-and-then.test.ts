import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readNowAndThen } from '../../src/app/read-now-and-then.ts';
import type { Host } from '../../src/domain/configuration/first-run.ts';

const found: Host = { codename: 'trixie' as never, architecture: 'amd64' as never, suites: [] };

describe('What the host’s apt says, asked by who types', () => {
  it('is read once for a while, and again afterwards', async () => {
    let [now, reads] = [0, 0];
    const host = readNowAndThen(
      {
        read: async () => {
          reads += 1;
          return found;
        },
      },
      () => now,
    );
    assert.deepEqual(await Promise.all([host.read(), host.read()]), [found, found]);
    assert.equal(reads, 1);
    now = 15_000;
    await host.read();
    assert.equal(reads, 2);
  });

  it('is asked again when it could not be read', async () => {
    const answers = [Promise.reject(new Error('apt knows no source')), Promise.resolve(found)];
    const host = readNowAndThen({ read: () => answers.shift() ?? Promise.resolve(found) }, () => 0);
    await assert.rejects(host.read(), /apt knows no source/);
    assert.deepEqual(await host.read(), found);
  });
});
