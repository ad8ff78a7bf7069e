import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceId } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { portId } from '../../src/domain/ids.ts';
import { type FollowedPort, foldFollowedPorts, noFollowedPorts } from '../../src/projections/followed-ports.ts';
import {
  goodSignature,
  hello3,
  helloPort,
  recorded,
  sha256,
  source,
  uploadId,
  version,
} from '../support/fixed-examples.ts';

const experimental = 'trixie-acme-experimental';
const many = 50;

/** Counts how many of the followed ports somebody looks through. */
class Counted extends Map<string, FollowedPort> {
  walked = 0;
  override *[Symbol.iterator](): MapIterator<[string, FollowedPort]> {
    for (const each of super.entries()) {
      this.walked += 1;
      yield each;
    }
  }
}

describe('A port whose newer version failed', () => {
  it('counts as tried, and no other; nobody looks through all to find it', () => {
    const followed = new Counted();
    const ports = { ...noFollowedPorts(), followed };
    let n = 0;
    const fold = (event: DaemonEvent): void => foldFollowedPorts(ports, recorded(event, ++n));
    for (let each = 1; each <= many; each += 1) {
      const port = portId(uploadId(each), experimental);
      const name = source(`hello${each}`);
      const url = `http://deb.example.org/hello${each}.dsc`;
      const requested = helloPort({ port, source: name, origin: { kind: 'external', url, signature: goodSignature } });
      fold(requested);
      fold({ type: 'PortUploaded', port, upload: uploadId(each) });
      fold({
        type: 'PortOvertaken',
        port,
        source: name,
        to: requested.to,
        ported: hello3,
        version: version('2.11-1'),
        archive: 'debian-trixie' as SourceId,
        url,
        sha256: sha256(url),
        next: portId(uploadId(many + each), experimental),
      });
    }
    fold({ type: 'PortFailed', port: portId(uploadId(many + 7), experimental), rule: 'r', fact: 'f', remedy: 'r' });
    fold({ type: 'PortFailed', port: portId(uploadId(999), experimental), rule: 'r', fact: 'f', remedy: 'r' });
    assert.equal(followed.walked, 0);
    assert.equal(followed.size, many);
    const tried = [...followed.values()].filter(({ isTried }) => isTried);
    assert.deepEqual(
      tried.map(({ requested }) => requested.source),
      ['hello7'],
    );
  });
});
