import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acme, amd64, arm64, hello3, unstable } from '../support/fixed-examples.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

describe('The main road', () => {
  it('leads from an upload for amd64 and arm64 to apt', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const replies = await daemon.uploads(sourceUpload());
    assert.deepEqual(replies, ['received', 'received', 'received', 'received']);
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    const seen = on.archive.seen(acme)?.distributions.find(({ name }) => name === unstable);
    assert.deepEqual(
      seen?.holds.map(({ source, version, binaries }) => [
        source,
        version,
        binaries.map((binary) => `${binary.package}/${binary.architecture}`).sort(),
      ]),
      [['hello', hello3, ['hello-doc/all', 'hello/amd64', 'hello/arm64']]],
    );
    assert.deepEqual(
      eventsOf(on, 'BuildRequested').map(({ architecture, archAll }) => [architecture, archAll]),
      [
        [amd64, true],
        [arm64, false],
      ],
    );
    assert.deepEqual(daemon.faults, []);
    assert.deepEqual(on.incoming.names(), []);
  });
});
