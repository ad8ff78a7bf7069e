import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceId } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { type PortId, portId } from '../../src/domain/ids.ts';
import type { PortRequested } from '../../src/domain/port/events.ts';
import { type FollowedPort, foldFollowedPorts, noFollowedPorts } from '../../src/projections/followed-ports.ts';
import {
  goodSignature,
  hello3,
  helloPort,
  recorded,
  sha256,
  source,
  unstable,
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

/** Counts how many of the ports that are on their way somebody looks through. */
class CountedPending extends Map<PortId, PortRequested> {
  walked = 0;
  override *values(): MapIterator<PortRequested> {
    for (const each of super.values()) {
      this.walked += 1;
      yield each;
    }
  }
}

describe('What is on its way', () => {
  it('counts as tried when it is overtaken by that very version, and nobody looks through all to find it', () => {
    const pending = new CountedPending();
    const ports = { ...noFollowedPorts(), pending };
    let n = 0;
    const fold = (event: DaemonEvent): void => foldFollowedPorts(ports, recorded(event, ++n));
    const newer = version('2.10-4~acme13+1');
    const requests = Array.from({ length: many }, (_, at) =>
      helloPort({ port: portId(uploadId(at + 1), experimental), source: source(`hello${at}`) }),
    );
    for (const request of requests) {
      fold(request);
      fold({ type: 'PortUploaded', port: request.port, upload: request.upload });
    }
    const again = requests.map((request, at) => ({
      ...request,
      port: portId(uploadId(many + at + 1), experimental),
      version: newer,
    }));
    for (const request of again) fold(request);
    for (const { port } of again.slice(0, 2)) fold({ type: 'PortFailed', port, rule: 'r', fact: 'f', remedy: 'r' });
    for (const [at, { port, source: of, to, version: ported }] of requests.entries())
      fold({
        ...{ type: 'PortOutdated', port, source: of, to, ported, version: newer, from: unstable },
        next: portId(uploadId(2 * many + at + 1), experimental),
      });
    assert.equal(pending.walked, 0);
    const untried = [...ports.followed.values()].filter(({ isTried }) => !isTried);
    assert.deepEqual(
      untried.map(({ requested }) => requested.source),
      ['hello0', 'hello1'],
    );
    for (const { port, upload } of again.slice(2)) fold({ type: 'PortUploaded', port, upload });
    assert.deepEqual([ports.pending.size, ports.pendingAt.size], [0, 0]);
  });
});
