import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { portId } from '../../src/domain/ids.ts';
import { foldPorts, noPorts, portOfUpload } from '../../src/projections/ports.ts';
import { hello, hello3, helloPort, recorded, unstable, uploadId, version } from '../support/fixed-examples.ts';

const experimental = 'trixie-acme-experimental';

describe('Ports', () => {
  it('are remembered while they are under way, and the last that ended: nothing is kept of each for ever', () => {
    const ports = noPorts();
    let n = 0;
    const fold = (event: DaemonEvent): void => foldPorts(ports, recorded(event, ++n));
    const many = 500;
    for (let each = 1; each <= many; each += 1) {
      const port = portId(uploadId(each), experimental);
      const requested = helloPort({ port, upload: uploadId(each) });
      fold(requested);
      fold({
        ...{ type: 'PortOutdated', port, source: hello, to: requested.to, ported: hello3 },
        ...{ version: version('2.11-1'), from: unstable, next: portId(uploadId(many + each), experimental) },
      });
      if (each > 1) fold({ type: 'PortUploaded', port, upload: requested.upload });
    }
    const kept = Object.values(ports).map((each) => (each instanceof Map ? each.size : each.length));
    assert.deepEqual(kept, [1, 200]);
    assert.deepEqual(
      [1, 2, many].map((each) => portOfUpload(ports, uploadId(each))?.status),
      ['requested', undefined, 'uploaded'],
    );
  });
});
