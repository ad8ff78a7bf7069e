import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileAudit } from '../../../src/app/verification/audit-files.ts';
import { filesNamedIn } from '../../../src/app/verification/named-files.ts';
import type { Sha256 } from '../../../src/domain/debian/names.ts';
import { decodeEvent } from '../../../src/domain/event.ts';

const golden = (name: string) =>
  decodeEvent(JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/events', `${name}.json`), 'utf8')), name);

describe('The files that a log names', () => {
  it('are missing until they are here, or something took them away', () => {
    const held = new Map<Sha256, number>();
    const audit = fileAudit(
      (sha256) => held.get(sha256),
      () => undefined,
    );
    const received = golden('UploadReceived');
    audit.event(received, 'event 1');
    const [first, ...others] = audit.missing();
    assert.ok(first !== undefined && others.length > 0);
    held.set(first.sha256, first.size);
    assert.deepEqual(
      audit.missing().map(({ sha256 }) => sha256),
      others.map(({ sha256 }) => sha256),
    );
    audit.event({ type: 'FileWithdrawn', sha256: others[0]?.sha256 as Sha256, name: 'it' } as never, 'event 2');
    assert.equal(audit.missing().length, others.length - 1);
  });

  it('are not those that go to and come from remotes: they are gone when a build has ended', () => {
    const audit = fileAudit(
      () => undefined,
      () => undefined,
    );
    for (const name of ['BuildDispatched', 'BuildresultReceived', 'BuildrequestReceived', 'BuildresultMade']) {
      const event = golden(name);
      assert.ok(filesNamedIn(event).length > 0, `${name} names files`);
      audit.event(event, name);
    }
    assert.deepEqual(audit.missing(), []);
  });
});
